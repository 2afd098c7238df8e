/* SPDX-License-Identifier: MIT */
/*
 * The memory map as XENMEM_memory_map, machine_memory_map and set_memory_map
 * carry it: an array of the BIOS's own 20-byte entries.
 */
#pragma once

#include "types.h"

/* e820entry.type, after ACPI. */
#define E820_RAM      1
#define E820_RESERVED 2
#define E820_ACPI     3
#define E820_NVS      4
#define E820_UNUSABLE 5

#ifndef __ASSEMBLER__

struct e820entry {
    uint64_t addr; /* bytes */
    uint64_t size; /* bytes */
    uint32_t type; /* E820_* */
} __attribute__((packed));
ABI_SIZE(struct e820entry, 20, 20);

#endif /* !__ASSEMBLER__ */
