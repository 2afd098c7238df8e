/* SPDX-License-Identifier: MIT */
/*
 * Is this a kernel that Parvis could load? Read by libelf.
 *
 * Not here: loading it. The loader checks everything again, because what it
 * is given need not have come from here.
 */
#pragma once

#include "report.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kernel_elf {
    bool is_64bit;      /* x86-64; otherwise i386 */
    bool has_xen_entry; /* a Xen ENTRY note: it can boot as a PV guest */
};

/*
 * Check a hostile image: an x86-64 or i386 ELF, ET_EXEC or ET_DYN, with
 * something to load and all program headers and their contents in the file.
 * 0 and *out, or -EINVAL or -ENOMEM with a report. The image is not changed
 * (libelf merely takes no const) and should be aligned to 8 bytes. Memory
 * and time do not depend on more than the size of the image.
 */
MUST_CHECK int kernel_elf_check(uint8_t *image, size_t bytes,
                                struct kernel_elf *out, struct report *why);
