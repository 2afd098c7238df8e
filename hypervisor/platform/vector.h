/* SPDX-License-Identifier: MIT */
/*
 * Which vector on which CPU belongs to which interrupt. Each CPU has its own
 * set, so there are some 170 device interrupts for each CPU.
 */
#pragma once

#include "lib/types.h"

#define VECTOR_NONE 0xffff

/* After apic_init(). -ENOMEM. */
MUST_CHECK int vector_init(void);
/*
 * `count` (a power of two, up to 32) vectors in a row, aligned to count, on
 * the online CPU with the most of them free; vector + i means pirq + i. The
 * caller holds irq_lock. -ENOSPC.
 */
MUST_CHECK int vector_alloc(unsigned pirq, unsigned count, unsigned *cpu,
                            uint8_t *vector);
void vector_free(unsigned cpu, uint8_t vector, unsigned count);
/* Lock-free, for the interrupt's handler: the pirq, or VECTOR_NONE. */
unsigned vector_lookup(unsigned cpu, uint8_t vector);
