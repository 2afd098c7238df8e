/* SPDX-License-Identifier: MIT */
/* The address map of the fake machine: its parts are arrays of the test. */
#pragma once

#include <stdint.h>

#define HV_VIRT_START 0xffff800000000000UL
#define HV_VIRT_END   0xffff880000000000UL
#define HV_FIRST_SLOT 256
#define HV_LAST_SLOT  271

extern char *machine_ram;         /* address of machine byte 0 */
extern char *machine_frame_table; /* one section */
extern char *machine_m2p;

#define M2P_RO_BASE      0xffff800000000000UL
#define ENTRY_BASE       0xffff808000000000UL
#define IMAGE_BASE       0UL
#define IMAGE_PHYS       0x200000UL
#define MMIO_BASE        0xffff814000000000UL
#define MMIO_BYTES       0x40000000UL
#define FRAME_TABLE_BASE ((uintptr_t)machine_frame_table)
#define M2P_RW_BASE      ((uintptr_t)machine_m2p)
#define DIRECT_BASE      ((uintptr_t)machine_ram)
#define DIRECT_BYTES     0x0000050000000000UL
