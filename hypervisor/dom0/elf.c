/* SPDX-License-Identifier: MIT */
/*
 * A PV kernel's ELF file. Layouts: System V ABI, "Object Files"; notes: ABI
 * elfnote.h.
 */
#include "dom0/elf.h"

#include "abi/elfnote.h"
#include "lib/string.h"

#define EM_X86_64 62
#define PT_LOAD   1
#define PT_NOTE   4
/* No kernel is loaded higher than this (pseudo-physical bytes). */
#define PADDR_LIMIT (1UL << 32)

struct elf_header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, phoff, shoff;
    uint32_t flags;
    uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};

struct elf_program {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

struct elf_note {
    uint32_t name_bytes, desc_bytes, type;
};

static const char *check_kind(const uint8_t *p, uint64_t size)
{
    static const uint8_t elf[4] = {0x7f, 'E', 'L', 'F'};

    if (size > 0x206 && !memcmp(p + 0x202, "HdrS", 4))
        return "dom0's kernel is a bzImage: unpack it with "
               "parvis-unpack-kernel and load the resulting ELF file";
    if (size > 2 && p[0] == 0x1f && p[1] == 0x8b)
        return "dom0's kernel is compressed by gzip: load it through GRUB, "
               "which unpacks it, or unpack it with gunzip";
    if (size < sizeof(struct elf_header) || memcmp(p, elf, 4))
        return "dom0's kernel is not an ELF file: is the first module a "
               "kernel unpacked by parvis-unpack-kernel?";
    if (p[4] == 1)
        return "dom0's kernel is a 32-bit one: Parvis runs 64-bit kernels "
               "only; use an amd64 kernel";
    if (p[4] != 2 || p[5] != 1 || p[6] != 1)
        return "dom0's kernel is a damaged ELF file: unpack it again with "
               "parvis-unpack-kernel";
    return NULL;
}

static uint64_t note_number(const uint8_t *desc, uint32_t bytes)
{
    uint64_t v = 0;

    memcpy(&v, desc, MIN(bytes, 8U));
    return v;
}

static void take_note(struct elf_kernel *k, uint32_t type, const uint8_t *desc,
                      uint32_t bytes)
{
    uint64_t number = note_number(desc, bytes);

    switch (type) {
    case XEN_ELFNOTE_ENTRY:
        k->entry_va = number;
        k->is_pv = true;
        break;
    case XEN_ELFNOTE_VIRT_BASE:
        k->virt_base = number;
        break;
    case XEN_ELFNOTE_PADDR_OFFSET:
        k->paddr_offset = number;
        break;
    case XEN_ELFNOTE_INIT_P2M:
        k->init_p2m_va = number;
        k->has_init_p2m = true;
        break;
    case XEN_ELFNOTE_HYPERCALL_PAGE:
        k->hypercall_page_va = number;
        k->has_hypercall_page = true;
        break;
    case XEN_ELFNOTE_MOD_START_PFN:
        k->mod_start_pfn = number != 0;
        break;
    case XEN_ELFNOTE_GUEST_OS:
        memcpy(k->guest_os, desc, MIN(bytes, (uint32_t)sizeof(k->guest_os)));
        k->guest_os[sizeof(k->guest_os) - 1] = '\0';
        break;
    default:
        break;
    }
}

static void read_notes(struct elf_kernel *k, const uint8_t *p, uint64_t size)
{
    while (size >= sizeof(struct elf_note)) {
        struct elf_note n;
        uint64_t name, desc, next;

        memcpy(&n, p, sizeof(n));
        name = sizeof(n);
        desc = name + ROUND_UP((uint64_t)n.name_bytes, 4UL);
        next = desc + ROUND_UP((uint64_t)n.desc_bytes, 4UL);
        if (desc + n.desc_bytes > size)
            return;
        if (n.name_bytes == 4 && !memcmp(p + name, "Xen", 4))
            take_note(k, n.type, p + desc, n.desc_bytes);
        if (next >= size)
            return;
        p += next;
        size -= next;
    }
}

static const char *take_segment(struct elf_kernel *k,
                                const struct elf_program *ph)
{
    if (k->segment_count == ELF_SEGMENTS_MAX)
        return "dom0's kernel has more than 16 segments to load: is it a "
               "kernel?";
    if (ph->memsz < ph->filesz || ph->paddr + ph->memsz < ph->paddr ||
        ph->paddr + ph->memsz > PADDR_LIMIT)
        return "dom0's kernel has a segment of an impossible size or place: "
               "unpack it again with parvis-unpack-kernel";
    k->segments[k->segment_count++] =
        (struct elf_segment){ph->offset, ph->filesz, ph->paddr, ph->memsz};
    k->paddr_end = MAX(k->paddr_end, ph->paddr + ph->memsz);
    return NULL;
}

static const char *check_addresses(struct elf_kernel *k)
{
    for (unsigned i = 0; i < k->segment_count; i++) {
        if (k->segments[i].paddr < k->paddr_offset)
            return "dom0's kernel has a segment below its PADDR_OFFSET note: "
                   "it is damaged";
        k->segments[i].paddr -= k->paddr_offset;
    }
    k->paddr_end -= k->paddr_offset;
    if ((k->virt_base | k->init_p2m_va) & ~PAGE_MASK ||
        k->entry_va < k->virt_base ||
        k->entry_va - k->virt_base >= k->paddr_end)
        return "dom0's kernel has notes that contradict its segments: it is "
               "damaged";
    if (k->has_hypercall_page &&
        (k->hypercall_page_va & ~PAGE_MASK ||
         k->hypercall_page_va < k->virt_base ||
         k->hypercall_page_va - k->virt_base >= k->paddr_end))
        return "dom0's kernel has a hypercall page outside itself: it is "
               "damaged";
    return NULL;
}

const char *elf_read_kernel(const void *image, uint64_t size,
                            struct elf_kernel *out)
{
    const uint8_t *p = image;
    struct elf_header h;
    const char *error = check_kind(p, size);

    *out = (struct elf_kernel){0};
    if (error)
        return error;
    memcpy(&h, p, sizeof(h));
    if (h.machine != EM_X86_64)
        return "dom0's kernel is for another processor: use an amd64 kernel";
    if (h.phentsize != sizeof(struct elf_program) || h.phoff > size ||
        (uint64_t)h.phnum * sizeof(struct elf_program) > size - h.phoff)
        return "dom0's kernel is a truncated or damaged ELF file: unpack it "
               "again with parvis-unpack-kernel";
    out->entry_va = h.entry;
    for (unsigned i = 0; i < h.phnum; i++) {
        struct elf_program ph;

        memcpy(&ph, p + h.phoff + i * sizeof(ph), sizeof(ph));
        if (ph.type != PT_LOAD && ph.type != PT_NOTE)
            continue;
        if (ph.offset > size || ph.filesz > size - ph.offset)
            return "dom0's kernel is a truncated ELF file: unpack it again "
                   "with parvis-unpack-kernel";
        if (ph.type == PT_NOTE)
            read_notes(out, p + ph.offset, ph.filesz);
        else
            error = take_segment(out, &ph);
        if (error)
            return error;
    }
    if (!out->is_pv)
        return "dom0's kernel has no Xen PV notes: it was built without "
               "CONFIG_XEN_PV; use a kernel that has it, like Debian's";
    if (!out->segment_count)
        return "dom0's kernel has nothing to load: unpack it again with "
               "parvis-unpack-kernel";
    return check_addresses(out);
}
