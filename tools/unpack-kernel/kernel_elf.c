/* SPDX-License-Identifier: MIT */
/*
 * Checking a kernel's ELF by libelf: see kernel_elf.h.
 *
 * Headers may describe overlapping things, so what a file can make us do is
 * not bounded by its size alone. Three limits bound it: PROGRAM_HEADERS_MAX,
 * NOTE_BYTES_MAX over all notes together, and no extended section numbering,
 * for which libelf would set aside memory several times the file's size.
 * Each is far over what any kernel has.
 */
#include "kernel_elf.h"

#include <errno.h>
#include <gelf.h>
#include <libelf.h>
#include <string.h>

enum {
    PROGRAM_HEADERS_MAX = 256,
    NOTE_BYTES_MAX = 1 << 20,

    XEN_NOTE_ENTRY = 1, /* XEN_ELFNOTE_ENTRY of Xen's elfnote.h */
};

#define XEN_NOTE_NAME "Xen" /* its NUL is part of the name in the note */

#define HINT          "the kernel is damaged or of another kind, use another"

/* A range of the file that holds notes. */
struct note_range {
    uint64_t offset;
    uint64_t bytes;
    uint64_t align;
};

static bool is_within(uint64_t offset, uint64_t bytes, size_t file_bytes)
{
    return offset <= file_bytes && bytes <= file_bytes - offset;
}

/* Is it an address, 32 or 64 bits wide? (Zero is a valid entry.) */
static bool is_entry_note(const GElf_Nhdr *note, const char *name)
{
    return note->n_type == XEN_NOTE_ENTRY &&
           note->n_namesz == sizeof(XEN_NOTE_NAME) &&
           memcmp(name, XEN_NOTE_NAME, sizeof(XEN_NOTE_NAME)) == 0 &&
           (note->n_descsz == 4 || note->n_descsz == 8);
}

/*
 * Look for the entry note in a range that lies within the file; a range with
 * malformed notes counts up to the first of them.
 */
static bool has_entry_note(Elf *elf, const struct note_range *range)
{
    Elf_Type type = range->align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR;
    Elf_Data *data =
        elf_getdata_rawchunk(elf, (int64_t)range->offset, range->bytes, type);
    size_t at = 0, next, name, desc;
    GElf_Nhdr note;

    if (data == NULL)
        return false;
    while ((next = gelf_getnote(data, at, &note, &name, &desc)) > 0) {
        if (is_entry_note(&note, (const char *)data->d_buf + name))
            return true;
        at = next;
    }
    return false;
}

/* Take a range's size off the budget, if it is still there. */
static bool may_read(const struct note_range *range, size_t *budget)
{
    if (range->bytes > *budget)
        return false;
    *budget -= range->bytes;
    return true;
}

/* The fixed header, but for the sizes of the tables. */
static int check_ident(Elf *elf, const uint8_t *image, GElf_Ehdr *header,
                       struct report *why)
{
    if (elf_kind(elf) != ELF_K_ELF || gelf_getehdr(elf, header) == NULL)
        return report_fail(
            why, EINVAL, "cannot use the kernel: it is not an ELF file; " HINT);
    if (image[EI_DATA] != ELFDATA2LSB ||
        !((image[EI_CLASS] == ELFCLASS64 && header->e_machine == EM_X86_64) ||
          (image[EI_CLASS] == ELFCLASS32 && header->e_machine == EM_386)))
        return report_fail(why, EINVAL,
                           "cannot use the kernel: it is an ELF file for "
                           "machine %u, class %u, neither 64-bit x86-64 nor "
                           "32-bit i386; use an x86 kernel",
                           header->e_machine, image[EI_CLASS]);
    if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
        return report_fail(why, EINVAL,
                           "cannot use the kernel: its ELF type is %u, "
                           "neither EXEC nor DYN; give a linked kernel",
                           header->e_type);
    return 0;
}

/*
 * The table of program headers. Asked of the header itself: libelf is content
 * with the part of a table that lies in the file.
 */
static int check_table(Elf *elf, const GElf_Ehdr *header, size_t bytes,
                       struct report *why)
{
    size_t entry_bytes = gelf_fsize(elf, ELF_T_PHDR, 1, EV_CURRENT);

    if (header->e_phnum == 0 || header->e_phnum > PROGRAM_HEADERS_MAX)
        return report_fail(why, EINVAL,
                           "cannot use the kernel: it has %u program "
                           "headers, not from 1 to %d; " HINT,
                           header->e_phnum, PROGRAM_HEADERS_MAX);
    if (header->e_phentsize != entry_bytes)
        return report_fail(why, EINVAL,
                           "cannot use the kernel: its program headers have "
                           "%u bytes each, not %zu; " HINT,
                           header->e_phentsize, entry_bytes);
    if (!is_within(header->e_phoff, header->e_phnum * entry_bytes, bytes))
        return report_fail(why, EINVAL,
                           "cannot use the kernel: its program headers lie "
                           "outside the file; " HINT);
    return 0;
}

/* All segments, and the notes in them. */
static int check_segments(Elf *elf, const GElf_Ehdr *header, size_t bytes,
                          size_t *note_budget, bool *has_xen_entry,
                          struct report *why)
{
    bool has_load = false;

    for (int i = 0; i < header->e_phnum; i++) {
        GElf_Phdr segment;
        struct note_range notes;

        if (gelf_getphdr(elf, i, &segment) == NULL ||
            !is_within(segment.p_offset, segment.p_filesz, bytes))
            return report_fail(why, EINVAL,
                               "cannot use the kernel: the contents of "
                               "program header %d lie outside the file; " HINT,
                               i);
        if (segment.p_type == PT_LOAD && segment.p_filesz > segment.p_memsz)
            return report_fail(why, EINVAL,
                               "cannot use the kernel: program header %d has "
                               "more in the file than in memory; " HINT,
                               i);
        has_load = has_load || segment.p_type == PT_LOAD;

        notes = (struct note_range){segment.p_offset, segment.p_filesz,
                                    segment.p_align};
        if (segment.p_type == PT_NOTE && !*has_xen_entry &&
            may_read(&notes, note_budget))
            *has_xen_entry = has_entry_note(elf, &notes);
    }
    if (!has_load)
        return report_fail(why, EINVAL,
                           "cannot use the kernel: no program header has "
                           "anything to load; " HINT);
    return 0;
}

/* Sections are no part of what is loaded: a bad one is only passed over. */
static bool sections_have_entry(Elf *elf, size_t bytes, size_t *note_budget)
{
    Elf_Scn *section = NULL;

    while ((section = elf_nextscn(elf, section)) != NULL) {
        GElf_Shdr header;
        struct note_range notes;

        if (gelf_getshdr(section, &header) == NULL ||
            header.sh_type != SHT_NOTE ||
            !is_within(header.sh_offset, header.sh_size, bytes))
            continue;
        notes = (struct note_range){header.sh_offset, header.sh_size,
                                    header.sh_addralign};
        if (may_read(&notes, note_budget) && has_entry_note(elf, &notes))
            return true;
    }
    return false;
}

/*
 * More than 65,279 sections? Asked before libelf sees the file. The fields
 * of a header that is cut short, or that is no ELF's, do not matter here.
 */
static bool has_extended_numbering(const uint8_t *image, size_t bytes)
{
    Elf64_Ehdr wide;
    Elf32_Ehdr narrow;

    if (bytes >= sizeof(wide) && image[EI_CLASS] == ELFCLASS64) {
        memcpy(&wide, image, sizeof(wide));
        return wide.e_shnum == 0 && wide.e_shoff != 0;
    }
    if (bytes >= sizeof(narrow)) {
        memcpy(&narrow, image, sizeof(narrow));
        return narrow.e_shnum == 0 && narrow.e_shoff != 0;
    }
    return false;
}

int kernel_elf_check(uint8_t *image, size_t bytes, struct kernel_elf *out,
                     struct report *why)
{
    size_t note_budget = NOTE_BYTES_MAX;
    bool has_xen_entry = false;
    GElf_Ehdr header;
    Elf *elf;
    int rc;

    if (has_extended_numbering(image, bytes))
        return report_fail(why, EINVAL,
                           "cannot use the kernel: its ELF has a table of "
                           "uncounted sections; strip it");

    if (elf_version(EV_CURRENT) == EV_NONE)
        return report_fail(why, EINVAL,
                           "cannot use the kernel: this libelf is too old; "
                           "install a newer one");
    elf = elf_memory((char *)image, bytes);
    if (elf == NULL)
        return report_fail(why, EINVAL, "cannot use the kernel: %s; " HINT,
                           elf_errmsg(-1));

    rc = check_ident(elf, image, &header, why);
    if (rc == 0)
        rc = check_table(elf, &header, bytes, why);
    if (rc == 0)
        rc = check_segments(elf, &header, bytes, &note_budget, &has_xen_entry,
                            why);
    if (rc == 0) {
        if (!has_xen_entry)
            has_xen_entry = sections_have_entry(elf, bytes, &note_budget);
        *out = (struct kernel_elf){
            .is_64bit = header.e_machine == EM_X86_64,
            .has_xen_entry = has_xen_entry,
        };
    }
    elf_end(elf);
    return rc;
}
