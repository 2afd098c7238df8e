/* SPDX-License-Identifier: MIT */
/* The end after a bug of ours; panic() itself is declared in lib/assert.h. */
#pragma once

#include "cpu/regs.h"
#include "lib/types.h"

/* As panic(), with the registers of the fault that led here. */
NORETURN void panic_at(const struct cpu_regs *regs, const char *fmt, ...)
    PRINTF_LIKE(2, 3);

/*
 * Some CPU panicked: the NMI handler and VECTOR_IPI_STOP ask this, and call
 * panic_stop_cpu() if so.
 */
bool panic_is_active(void);
/* This CPU does nothing any more. */
NORETURN void panic_stop_cpu(void);

/*
 * Reboot after 5 seconds, or halt with parameter noreboot; says which. Also
 * for the crash of dom0. The other CPUs should be stopped before.
 */
NORETURN void panic_end(void);
/* Wait 5 seconds, with or without a clock, and reboot. */
NORETURN void panic_reboot(void);
