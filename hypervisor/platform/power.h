/* SPDX-License-Identifier: MIT */
/* Reboot, power off, halt. Each stops the other CPUs first. */
#pragma once

#include "lib/types.h"

/* After acpi_init(). */
void power_init(void);
NORETURN void power_reboot(void);
NORETURN void power_halt(void);
/* This CPU does nothing any more (VECTOR_IPI_STOP). */
NORETURN void power_stop_cpu(void);
/* Stop all other CPUs; returns when they stopped, or after a while. */
void power_stop_others(void);

/*
 * Enter ACPI state S5 with the values that dom0's ACPI interpreter found: of
 * the PM1 control registers, or with `is_extended` sleep types. Only returns
 * when it can't be done: -EOPNOTSUPP: another state, or the machine has no
 * such registers; -EINVAL: values that don't fit in them.
 */
MUST_CHECK int power_enter_sleep(unsigned state, uint16_t value_a,
                                 uint16_t value_b, bool is_extended);
