/* SPDX-License-Identifier: MIT */
/*
 * Which device memory and ports the hypervisor keeps from dom0, which may use
 * all others (DESIGN D7).
 */
#pragma once

#include "lib/types.h"

/* May not be mapped at all: APICs and the interrupt window. */
bool platform_mmio_denied(mfn_t mfn);
/*
 * May be mapped read-only: MSI-X tables, and the HPET, which AML looks at to
 * tell whether it is there (QEMU's does). Takes LOCK_IRQ. A mapping made
 * before the table was known stays as it was.
 */
bool platform_mmio_readonly(mfn_t mfn);

#define PLATFORM_IOPORT_BITMAP_BYTES 8192
/* Fill in: a set bit denies the port. After acpi_init() and serial_init(). */
void platform_build_ioport_bitmap(uint8_t *bitmap);
