/* SPDX-License-Identifier: MIT */
/* Plain writes to page tables, made into checked updates. */
#pragma once

#include "domain/vcpu.h"

/*
 * The current vCPU's kernel wrote at `va` and faulted. True: it was a
 * page-table entry, written as asked, and RIP moved on; false: not ours.
 */
bool ptwr_emulate(struct vcpu *v, struct cpu_regs *regs, uint64_t va) MAY_YIELD;
