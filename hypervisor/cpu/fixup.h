/* SPDX-License-Identifier: MIT */
/*
 * Faults that the hypervisor expects: a table from the faulting instruction
 * to where execution goes on instead.
 */
#pragma once

#include "lib/types.h"

/* In an asm string: a fault at label `from` continues at label `to`. */
#define FIXUP(from, to)                  \
    ".pushsection .fixup_table, \"a\"\n" \
    ".quad " #from ", " #to "\n"         \
    ".popsection\n"

struct fixup {
    uint64_t fault_rip, resume_rip;
};

/* Sort the table; once, before the first lookup. */
void fixup_init(void);
/* Where to go on after a fault at `rip`; 0: such a fault is a bug. */
uint64_t fixup_find(uint64_t rip);

/* Read or write an MSR that may not exist: false when it faulted. */
MUST_CHECK bool rdmsr_safe(uint32_t msr, uint64_t *value);
MUST_CHECK bool wrmsr_safe(uint32_t msr, uint64_t value);
