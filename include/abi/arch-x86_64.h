/* SPDX-License-Identifier: MIT */
/*
 * The 64-bit half of the ABI: selectors, the hypervisor's hole, the iret
 * frame and the register frame.
 *
 * Hypercall: `syscall` from guest kernel mode. rax = number; arguments in
 * rdi, rsi, rdx, r10, r8; rax = result; rcx and r11 are lost.
 * Kernel and user both run in ring 3, so flat selectors serve for both.
 */
#pragma once

#include "types.h"

#if ABI_BITS == 64

/* Flat selectors in the hypervisor's part of every GDT. */
#define FLAT_RING3_CS32  0xe023
#define FLAT_RING3_CS64  0xe033
#define FLAT_RING3_DS32  0xe02b
#define FLAT_RING3_DS64  0x0000
#define FLAT_RING3_SS32  0xe02b
#define FLAT_RING3_SS64  0xe02b

#define FLAT_KERNEL_CS32 FLAT_RING3_CS32
#define FLAT_KERNEL_CS64 FLAT_RING3_CS64
#define FLAT_KERNEL_CS   FLAT_KERNEL_CS64
#define FLAT_KERNEL_DS32 FLAT_RING3_DS32
#define FLAT_KERNEL_DS64 FLAT_RING3_DS64
#define FLAT_KERNEL_DS   FLAT_KERNEL_DS64
#define FLAT_KERNEL_SS32 FLAT_RING3_SS32
#define FLAT_KERNEL_SS64 FLAT_RING3_SS64
#define FLAT_KERNEL_SS   FLAT_KERNEL_SS64
#define FLAT_USER_CS32   FLAT_RING3_CS32
#define FLAT_USER_CS64   FLAT_RING3_CS64
#define FLAT_USER_CS     FLAT_USER_CS64
#define FLAT_USER_DS32   FLAT_RING3_DS32
#define FLAT_USER_DS64   FLAT_RING3_DS64
#define FLAT_USER_DS     FLAT_USER_DS64
#define FLAT_USER_SS32   FLAT_RING3_SS32
#define FLAT_USER_SS64   FLAT_RING3_SS64
#define FLAT_USER_SS     FLAT_USER_SS64

/* The hypervisor's hole [start, end), and in it the read-only M2P. */
#define __HYPERVISOR_VIRT_START 0xFFFF800000000000
#define __HYPERVISOR_VIRT_END   0xFFFF880000000000
#define __MACH2PHYS_VIRT_START  0xFFFF800000000000
#define __MACH2PHYS_VIRT_END    0xFFFF804000000000
#define HYPERVISOR_VIRT_START   __HYPERVISOR_VIRT_START
#define HYPERVISOR_VIRT_END     __HYPERVISOR_VIRT_END
#define MACH2PHYS_VIRT_START    __MACH2PHYS_VIRT_START
#define MACH2PHYS_VIRT_END      __MACH2PHYS_VIRT_END
/* Room in the M2P; XENMEM_machphys_mapping tells what is used. */
#define MACH2PHYS_NR_ENTRIES ((MACH2PHYS_VIRT_END - MACH2PHYS_VIRT_START) >> 3)

/* set_segment_base(which, base) */
#define SEGBASE_FS          0
#define SEGBASE_GS_USER     1 /* loaded on the way to user mode */
#define SEGBASE_GS_KERNEL   2 /* in force now */
#define SEGBASE_GS_USER_SEL 3 /* bits 15:0 of base: user mode's GS selector */

/* iret_context.flags: rcx and r11 of the frame are not restored. */
#define _VGCF_in_syscall 8
#define VGCF_in_syscall  (1 << _VGCF_in_syscall)
#define VGCF_IN_SYSCALL  VGCF_in_syscall

#ifndef __ASSEMBLER__

/* hypercall iret: what lies at the guest's rsp, lowest address first. */
struct iret_context {
    uint64_t rax;
    uint64_t r11;
    uint64_t rcx;
    uint64_t flags; /* VGCF_in_syscall or 0 */
    uint64_t rip;
    uint64_t cs;     /* RPL 3: to user mode, else to kernel mode */
    uint64_t rflags; /* IF set: unmask upcalls */
    uint64_t rsp;
    uint64_t ss;
};
ABI_SIZE(struct iret_context, 72, 72);

/* Registers of a vCPU, in a vcpu_guest_context. */
struct cpu_user_regs {
    uint64_t r15;
    uint64_t r14;
    uint64_t r13;
    uint64_t r12;
    uint64_t rbp;
    uint64_t rbx;
    uint64_t r11;
    uint64_t r10;
    uint64_t r9;
    uint64_t r8;
    uint64_t rax;
    uint64_t rcx;
    uint64_t rdx;
    uint64_t rsi;
    uint64_t rdi;
    uint32_t error_code;   /* hypervisor's own */
    uint32_t entry_vector; /* hypervisor's own */
    uint64_t rip;
    uint16_t cs;
    uint16_t _pad0[1];
    uint8_t saved_upcall_mask; /* 1: upcalls were masked */
    uint8_t _pad1[3];
    uint64_t rflags;
    uint64_t rsp;
    uint16_t ss;
    uint16_t _pad2[3];
    uint16_t es;
    uint16_t _pad3[3];
    uint16_t ds;
    uint16_t _pad4[3];
    uint16_t fs;
    uint16_t _pad5[3];
    uint16_t gs;
    uint16_t _pad6[3];
};
ABI_SIZE(struct cpu_user_regs, 200, 200);

struct arch_vcpu_info {
    xen_ulong_t cr2; /* faulting address of the last page fault */
    xen_ulong_t pad;
};
ABI_SIZE(struct arch_vcpu_info, 16, 16);

typedef xen_ulong_t xen_callback_t; /* address of an entry point */

/* A page-table root as cr3 carries it. */
#define xen_pfn_to_cr3(pfn) ((xen_ulong_t)(pfn) << 12)
#define xen_cr3_to_pfn(cr3) ((xen_ulong_t)(cr3) >> 12)

#endif /* !__ASSEMBLER__ */
#endif /* ABI_BITS == 64 */
