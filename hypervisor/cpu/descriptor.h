/* SPDX-License-Identifier: MIT */
/*
 * Segment descriptors that a 64-bit guest may have in its GDT or LDT. Pure.
 */
#pragma once

#include "lib/types.h"

/*
 * Make `*desc` safe for a guest: DPL is raised to 3, the accessed bit set.
 * False: it is a present system descriptor (gate, TSS, LDT), or 16-byte
 * continuation of one, that no guest may have. A descriptor that is not
 * present is fine as it is.
 */
MUST_CHECK bool descriptor_fix(uint64_t *desc);
