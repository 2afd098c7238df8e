/* SPDX-License-Identifier: MIT */
/*
 * A PV kernel's ELF file: what to load where, and its Xen notes. Pure logic
 * on bytes; nothing in the file is trusted.
 */
#pragma once

#include "lib/types.h"

#define ELF_SEGMENTS_MAX 16

struct elf_segment {
    uint64_t offset, file_bytes; /* in the file */
    uint64_t paddr, mem_bytes;   /* pseudo-physical; the rest is zero */
};

struct elf_kernel {
    struct elf_segment segments[ELF_SEGMENTS_MAX];
    unsigned segment_count;
    uint64_t paddr_end; /* end of the highest segment */
    uint64_t entry_va;  /* note ENTRY, else the ELF header's */
    uint64_t virt_base; /* virtual address of pseudo-physical 0 */
    uint64_t paddr_offset;
    bool has_init_p2m; /* the p2m goes to a mapping of its own */
    uint64_t init_p2m_va;
    bool has_hypercall_page;
    uint64_t hypercall_page_va;
    bool mod_start_pfn; /* takes an initrd that is not mapped */
    bool is_pv;         /* has an ENTRY note */
    char guest_os[16];
};

/*
 * Read the ELF file of `size` bytes at `image`. NULL, or one line that says
 * what is wrong with it and what to do.
 */
MUST_CHECK const char *elf_read_kernel(const void *image, uint64_t size,
                                       struct elf_kernel *out);
