/* SPDX-License-Identifier: MIT */
/* What must hold for every layout, whatever the kernel. */
#pragma once

#include "dom0/layout.h"

/*
 * NULL, or what is wrong with `l`, which layout_compute() made of the rest.
 * Counts the tables by walking the mappings, page by page.
 */
const char *layout_check(const struct elf_kernel *k, uint64_t initrd_bytes,
                         uint64_t nr_pages, const struct dom0_layout *l);
