/* SPDX-License-Identifier: MIT */
/* The first page tables of a new PV domain. */
#pragma once

#include "dom0/elf.h"
#include "dom0/layout.h"
#include "dom0/memory.h"

/*
 * Write the tables that map pfn 0 to l->mapped_pages at the kernel's virtual
 * base, and the p2m where its note wants it; table pages are mapped read-only.
 * Returns the frame of the root, not yet checked.
 */
mfn_t tables_write(const struct elf_kernel *k, const struct dom0_layout *l,
                   const struct dom0_memory *m);
