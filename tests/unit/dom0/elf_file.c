/* SPDX-License-Identifier: MIT */
/* Makes small ELF files of PV kernels for the tests of dom0/. */
#include "dom0/elf_file.h"

#include <string.h>

#include "abi/elfnote.h"

#define HEADER_BYTES 64
#define PROGRAMS_AT  64
#define DATA_AT      2048

static void put(struct elf_file *f, size_t at, uint64_t value, size_t bytes)
{
    memcpy(f->bytes + at, &value, bytes);
}

void elf_file_init(struct elf_file *f)
{
    static const uint8_t ident[] = {0x7f, 'E', 'L', 'F', 2, 1, 1};

    memset(f, 0, sizeof(*f));
    memcpy(f->bytes, ident, sizeof(ident));
    put(f, 16, 2, 2);  /* executable */
    put(f, 18, 62, 2); /* amd64 */
    put(f, 20, 1, 4);
    put(f, 32, PROGRAMS_AT, 8);
    put(f, 52, HEADER_BYTES, 2);
    put(f, 54, sizeof(struct elf_file_program), 2);
    f->size = DATA_AT;
}

static struct elf_file_program *add(struct elf_file *f, uint32_t type,
                                    uint64_t filesz)
{
    struct elf_file_program *p = &f->programs[f->program_count++];

    *p = (struct elf_file_program){
        .type = type, .offset = f->size, .filesz = filesz};
    f->size += filesz;
    return p;
}

void elf_file_add_segment(struct elf_file *f, uint64_t paddr, uint64_t filesz,
                          uint64_t memsz)
{
    struct elf_file_program *p = add(f, PROGRAM_LOAD, filesz);

    p->paddr = paddr;
    p->memsz = memsz;
    for (uint64_t i = 0; i < filesz; i++)
        f->bytes[p->offset + i] = (uint8_t)i;
}

void elf_file_add_named(struct elf_file *f, const char *name,
                        uint32_t name_bytes, uint32_t type, const void *desc,
                        uint32_t bytes)
{
    uint32_t head[3] = {name_bytes, bytes, type};
    uint8_t *p = f->notes + f->note_bytes;

    memcpy(p, head, sizeof(head));
    memcpy(p + sizeof(head), name, name_bytes);
    p += sizeof(head) + (name_bytes + 3U) / 4 * 4;
    memcpy(p, desc, bytes);
    p += (bytes + 3U) / 4 * 4;
    f->note_bytes = (size_t)(p - f->notes);
}

void elf_file_add_note(struct elf_file *f, uint32_t type, const void *desc,
                       uint32_t bytes)
{
    elf_file_add_named(f, "Xen", 4, type, desc, bytes);
}

void elf_file_add_number(struct elf_file *f, uint32_t type, uint64_t number)
{
    elf_file_add_note(f, type, &number, sizeof(number));
}

void elf_file_put_programs(struct elf_file *f)
{
    memcpy(f->bytes + PROGRAMS_AT, f->programs,
           f->program_count * sizeof(f->programs[0]));
    put(f, 56, f->program_count, 2);
}

void elf_file_finish(struct elf_file *f)
{
    if (f->note_bytes) {
        struct elf_file_program *p = add(f, PROGRAM_NOTE, f->note_bytes);

        memcpy(f->bytes + p->offset, f->notes, f->note_bytes);
    }
    put(f, 24, f->entry, 8);
    elf_file_put_programs(f);
}

void elf_file_linux(struct elf_file *f)
{
    static const uint64_t valid[2] = {1, 1};
    static const uint32_t one = 1;

    elf_file_init(f);
    f->entry = 0x1000000;
    elf_file_add_note(f, XEN_ELFNOTE_GUEST_OS, "linux", 6);
    elf_file_add_note(f, XEN_ELFNOTE_GUEST_VERSION, "2.6", 4);
    elf_file_add_note(f, XEN_ELFNOTE_XEN_VERSION, "xen-3.0", 8);
    elf_file_add_number(f, XEN_ELFNOTE_VIRT_BASE, 0xffffffff80000000);
    elf_file_add_number(f, XEN_ELFNOTE_INIT_P2M, 0x8000000000);
    elf_file_add_number(f, XEN_ELFNOTE_ENTRY, 0xffffffff82c00180);
    elf_file_add_note(f, XEN_ELFNOTE_FEATURES, "!writable_page_tables", 21);
    elf_file_add_note(f, XEN_ELFNOTE_LOADER, "generic", 8);
    elf_file_add_note(f, XEN_ELFNOTE_L1_MFN_VALID, valid, sizeof(valid));
    elf_file_add_note(f, XEN_ELFNOTE_MOD_START_PFN, &one, sizeof(one));
    elf_file_add_number(f, XEN_ELFNOTE_PADDR_OFFSET, 0);
    elf_file_add_segment(f, 0x1000000, 5000, 0x1200000);
    elf_file_add_segment(f, 0x2200000, 3000, 0x600000);
    elf_file_add_segment(f, 0x2c00000, 1000, 0x800123);
    elf_file_finish(f);
}
