/* SPDX-License-Identifier: MIT */
/*
 * Finding and mapping ACPI tables, each checked (length, checksum) before
 * anything but its header is looked at.
 */
#pragma once

#include "lib/types.h"

struct acpi_table {
    const uint8_t *bytes;
    uint32_t length; /* at least a header's 36 */
    void *map;       /* private: what acpi_table_close() gives back */
    size_t map_bytes;
};

/* Machine address of a valid RSDP, or 0. */
uint64_t acpi_table_find_rsdp(void);
/*
 * Map the first table with this signature; false: there is none that is
 * valid. Close it when done.
 */
MUST_CHECK bool acpi_table_open(uint64_t rsdp, const char signature[4],
                                struct acpi_table *out);
void acpi_table_close(struct acpi_table *t);

/*
 * `bytes` of firmware memory at `pa`, RAM or not, for reading. NULL: can't be
 * mapped. `map` and `map_bytes` are for firmware_unmap().
 */
const void *firmware_map(uint64_t pa, size_t bytes, void **map,
                         size_t *map_bytes);
void firmware_unmap(void *map, size_t map_bytes);

/* Little-endian fields at an offset; 0 when they lie outside the table. */
uint64_t acpi_table_get(const struct acpi_table *t, uint32_t offset,
                        unsigned bytes);
