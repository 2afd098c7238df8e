/* SPDX-License-Identifier: MIT */
/* Prints registers and the calls on a hypervisor stack, with names. */
#pragma once

#include "cpu/regs.h"
#include "lib/types.h"

/* Registers of a trap or a guest, and this CPU's control registers. */
void debug_dump_regs(const struct cpu_regs *regs);
/* Who called whom, from a trap in the hypervisor; NULL: from the caller on. */
void debug_backtrace(const struct cpu_regs *regs);
