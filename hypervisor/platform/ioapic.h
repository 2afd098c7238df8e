/* SPDX-License-Identifier: MIT */
/*
 * The IO-APICs: their pins by global system interrupt (GSI).
 *
 * Locking: each call locks the register pair itself; who changes what is told
 * to one pin must be serialised by the caller (platform/irq.c).
 */
#pragma once

#include "lib/types.h"

/* After acpi_init() and apic_init(): map all, mask every pin. */
void ioapic_init(void);
/* GSIs in use are below this; some below it may have no pin. */
unsigned ioapic_gsi_count(void);
bool ioapic_has_gsi(unsigned gsi);

/* Deliver `vector` to APIC id `dest` (below 256); the pin is left masked. */
void ioapic_route(unsigned gsi, uint8_t vector, uint32_t dest, bool is_level,
                  bool is_active_low);
void ioapic_mask(unsigned gsi);
void ioapic_unmask(unsigned gsi);

/* Is there an IO-APIC at machine address `pa`, and in which order? */
bool ioapic_find(uint64_t pa, unsigned *idx);
unsigned ioapic_count(void);
uint64_t ioapic_address(unsigned idx);
/* A register as dom0 may read it: id, version, arbitration, pins. -EINVAL. */
MUST_CHECK int ioapic_read(unsigned idx, uint32_t reg, uint32_t *value);
/* The GSI whose entry's low half register `reg` is; false: it is none. */
bool ioapic_register_gsi(unsigned idx, uint32_t reg, unsigned *gsi);

/* Fields of the low half of an entry, as in an MSI's data. */
#define IOAPIC_ACTIVE_LOW (1U << 13)
#define IOAPIC_LEVEL      (1U << 15)
#define IOAPIC_MASKED     (1U << 16)
