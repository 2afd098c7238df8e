/* SPDX-License-Identifier: MIT */
/* Vector to handler: what entry.S calls. */
#pragma once

#include "cpu/regs.h"
#include "lib/types.h"

void traps_syscall(struct cpu_regs *regs);
void traps_sysenter(struct cpu_regs *regs);
void traps_handle(struct cpu_regs *regs);
void traps_nested_ist(struct cpu_regs *regs);
/* Settle all pending work; true: SYSRET may be used. */
bool exit_prepare(struct cpu_regs *regs);

/* Labels of entry.S. */
extern char exit_iret[], vcpu_first_entry[];
