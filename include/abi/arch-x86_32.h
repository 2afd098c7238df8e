/* SPDX-License-Identifier: MIT */
/*
 * The 32-bit half of the ABI: selectors, the hypervisor's hole and the
 * register frame of a PAE guest, whose kernel runs in ring 1.
 *
 * Hypercall: `int $0x82`. eax = number; arguments in ebx, ecx, edx, esi, edi;
 * eax = result; the argument registers may be lost.
 * The iret frame is the processor's own, with eax below it.
 */
#pragma once

#include "types.h"

/* Flat selectors in the hypervisor's part of every GDT. */
#define FLAT_RING1_CS 0xe019
#define FLAT_RING1_DS 0xe021
#define FLAT_RING1_SS 0xe021
#define FLAT_RING3_CS 0xe02b
#define FLAT_RING3_DS 0xe033
#define FLAT_RING3_SS 0xe033

/* The hypervisor's hole (up to 4 GiB), and in it the read-only M2P. */
#define __HYPERVISOR_VIRT_START_PAE 0xF5800000
#define __MACH2PHYS_VIRT_START_PAE  0xF5800000
#define __MACH2PHYS_VIRT_END_PAE    0xF6800000
#define HYPERVISOR_VIRT_START_PAE   __HYPERVISOR_VIRT_START_PAE
#define MACH2PHYS_VIRT_START_PAE    __MACH2PHYS_VIRT_START_PAE
#define MACH2PHYS_VIRT_END_PAE      __MACH2PHYS_VIRT_END_PAE

/* What follows exists in the 64-bit ABI under the same names. */
#if ABI_BITS == 32

#define FLAT_KERNEL_CS          FLAT_RING1_CS
#define FLAT_KERNEL_DS          FLAT_RING1_DS
#define FLAT_KERNEL_SS          FLAT_RING1_SS
#define FLAT_USER_CS            FLAT_RING3_CS
#define FLAT_USER_DS            FLAT_RING3_DS
#define FLAT_USER_SS            FLAT_RING3_SS

#define __HYPERVISOR_VIRT_START __HYPERVISOR_VIRT_START_PAE
#define __MACH2PHYS_VIRT_START  __MACH2PHYS_VIRT_START_PAE
#define __MACH2PHYS_VIRT_END    __MACH2PHYS_VIRT_END_PAE
#define HYPERVISOR_VIRT_START   __HYPERVISOR_VIRT_START
#define MACH2PHYS_VIRT_START    __MACH2PHYS_VIRT_START
#define MACH2PHYS_VIRT_END      __MACH2PHYS_VIRT_END
/* Room in the M2P; XENMEM_machphys_mapping tells what is used. */
#define MACH2PHYS_NR_ENTRIES ((MACH2PHYS_VIRT_END - MACH2PHYS_VIRT_START) >> 2)

#ifndef __ASSEMBLER__

/* Registers of a vCPU, in a vcpu_guest_context. */
struct cpu_user_regs {
    uint32_t ebx;
    uint32_t ecx;
    uint32_t edx;
    uint32_t esi;
    uint32_t edi;
    uint32_t ebp;
    uint32_t eax;
    uint16_t error_code;   /* hypervisor's own */
    uint16_t entry_vector; /* hypervisor's own */
    uint32_t eip;
    uint16_t cs;
    uint8_t saved_upcall_mask; /* 1: upcalls were masked */
    uint8_t _pad0;
    uint32_t eflags;
    uint32_t esp;
    uint16_t ss;
    uint16_t _pad1;
    uint16_t es;
    uint16_t _pad2;
    uint16_t ds;
    uint16_t _pad3;
    uint16_t fs;
    uint16_t _pad4;
    uint16_t gs;
    uint16_t _pad5;
};
ABI_SIZE(struct cpu_user_regs, 68, 68);

struct arch_vcpu_info {
    xen_ulong_t cr2; /* faulting address of the last page fault */
    xen_ulong_t pad[5];
};
ABI_SIZE(struct arch_vcpu_info, 24, 24);

struct xen_callback {
    xen_ulong_t cs;
    xen_ulong_t eip;
};
typedef struct xen_callback xen_callback_t; /* an entry point */

/*
 * A page-table root as cr3 carries it: the frame number rotated left by 12,
 * so that frames above 4 GiB fit (VMASST_TYPE_pae_extended_cr3).
 */
#define xen_pfn_to_cr3(pfn) (((uint32_t)(pfn) << 12) | ((uint32_t)(pfn) >> 20))
#define xen_cr3_to_pfn(cr3) (((uint32_t)(cr3) >> 12) | ((uint32_t)(cr3) << 20))

#endif /* !__ASSEMBLER__ */
#endif /* ABI_BITS == 32 */
