/* SPDX-License-Identifier: MIT */
/*
 * What both widths of an x86 PV guest share: descriptor tables, traps, the
 * whole state of a vCPU, and the machine-dependent part of shared_info.
 */
#pragma once

#include "arch-x86_32.h"
#include "arch-x86_64.h"
#include "types.h"

/* GDT pages from this one on are the hypervisor's; the rest are the guest's. */
#define FIRST_RESERVED_GDT_PAGE  14
#define FIRST_RESERVED_GDT_BYTE  (FIRST_RESERVED_GDT_PAGE * 4096)
#define FIRST_RESERVED_GDT_ENTRY (FIRST_RESERVED_GDT_BYTE / 8)

/* vCPUs that have a vcpu_info in shared_info. */
#define XEN_LEGACY_MAX_VCPUS 32

/* vcpu_guest_context.flags */
#define _VGCF_i387_valid               0 /* fpu_ctxt holds FXSAVE data */
#define VGCF_i387_valid                (1 << _VGCF_i387_valid)
#define VGCF_I387_VALID                VGCF_i387_valid
#define _VGCF_in_kernel                2 /* starts in guest kernel mode */
#define VGCF_in_kernel                 (1 << _VGCF_in_kernel)
#define VGCF_IN_KERNEL                 VGCF_in_kernel
#define _VGCF_failsafe_disables_events 3 /* failsafe entry masks upcalls */
#define VGCF_failsafe_disables_events  (1 << _VGCF_failsafe_disables_events)
#define _VGCF_syscall_disables_events  4 /* syscall entry masks upcalls */
#define VGCF_syscall_disables_events   (1 << _VGCF_syscall_disables_events)
#define _VGCF_online                   5 /* vCPU is up */
#define VGCF_online                    (1 << _VGCF_online)

/* Put before cpuid: the hypervisor answers in place of the processor. */
#ifdef __ASSEMBLER__
#define XEN_EMULATE_PREFIX .byte 0x0f, 0x0b, 0x78, 0x65, 0x6e;
#define XEN_CPUID          XEN_EMULATE_PREFIX cpuid
#else
#define XEN_EMULATE_PREFIX ".byte 0x0f, 0x0b, 0x78, 0x65, 0x6e; "
#define XEN_CPUID          XEN_EMULATE_PREFIX "cpuid"
#endif

#ifndef __ASSEMBLER__

/* set_trap_table takes an array of these, ended by one with address 0. */
struct trap_info {
    uint8_t vector; /* 0-255 */
    uint8_t flags;  /* bits 1:0 DPL for int n; bit 2: mask upcalls */
    uint16_t cs;
    xen_ulong_t address; /* entry point */
};
ABI_SIZE(struct trap_info, 16, 8);

#define TI_GET_DPL(ti)      ((ti)->flags & 3)
#define TI_GET_IF(ti)       ((ti)->flags & 4)
#define TI_SET_DPL(ti, dpl) ((ti)->flags |= (dpl))
#define TI_SET_IF(ti, mask) ((ti)->flags |= ((!!(mask)) << 2))

/* State of a vCPU: VCPUOP_initialise, domctl set/getvcpucontext. */
struct vcpu_guest_context {
    struct {
        char x[512];
    } fpu_ctxt;        /* FXSAVE image */
    xen_ulong_t flags; /* VGCF_* */
    struct cpu_user_regs user_regs;
    struct trap_info trap_ctxt[256];
    xen_ulong_t ldt_base; /* virtual address, page aligned */
    xen_ulong_t ldt_ents;
    xen_ulong_t gdt_frames[16]; /* mfns; the first 14 can be used */
    xen_ulong_t gdt_ents;
    xen_ulong_t kernel_ss; /* stack for entries from user mode */
    xen_ulong_t kernel_sp;
    xen_ulong_t ctrlreg[8]; /* [3] kernel root; 64-bit: [1] user root */
    xen_ulong_t debugreg[8];
#if ABI_BITS == 32
    xen_ulong_t event_callback_cs;
    xen_ulong_t event_callback_eip;
    xen_ulong_t failsafe_callback_cs;
    xen_ulong_t failsafe_callback_eip;
#else
    xen_ulong_t event_callback_eip;
    xen_ulong_t failsafe_callback_eip;
    xen_ulong_t syscall_callback_eip;
#endif
    xen_ulong_t vm_assist; /* bit n: VMASST_TYPE n */
#if ABI_BITS == 64
    uint64_t fs_base;
    uint64_t gs_base_kernel; /* GS base while in kernel mode */
    uint64_t gs_base_user;   /* GS base while in user mode */
#endif
};
ABI_SIZE(struct vcpu_guest_context, 5168, 2800);

/* Tail of shared_info: the guest's p2m, as the tools find it. */
struct arch_shared_info {
    xen_ulong_t max_pfn;                  /* entries in the guest's p2m */
    xen_pfn_t pfn_to_mfn_frame_list_list; /* p2m tree; ~0: use p2m_vaddr */
    xen_ulong_t nmi_reason;               /* XEN_NMIREASON_* */
    xen_ulong_t p2m_cr3;        /* root that maps p2m_vaddr; 0: unused */
    xen_ulong_t p2m_vaddr;      /* linear p2m list */
    xen_ulong_t p2m_generation; /* odd while the mapping changes */
#if ABI_BITS == 32
    uint32_t wc_sec_hi; /* high half of wall-clock seconds */
#endif
};
ABI_SIZE(struct arch_shared_info, 48, 28);

/* One CPUID leaf as a table entry. */
#define XEN_CPUID_NO_SUBLEAF 0xffffffff /* leaf has no subleaves */
struct xen_cpuid_leaf {
    uint32_t leaf;
    uint32_t subleaf;
    uint32_t a;
    uint32_t b;
    uint32_t c;
    uint32_t d;
};
ABI_SIZE(struct xen_cpuid_leaf, 24, 24);

/* One MSR as a table entry. */
struct xen_msr_entry {
    uint32_t idx;
    uint32_t flags; /* 0 */
    uint64_t val;
};
ABI_SIZE(struct xen_msr_entry, 16, 16);

/* Machine-dependent half of createdomain and getdomaininfo. */
struct xen_arch_domainconfig {
    uint32_t emulation_flags; /* XEN_X86_EMU_*; 0 for a PV guest */
    uint32_t misc_flags;      /* XEN_X86_MSR_RELAXED or 0 */
};
ABI_SIZE(struct xen_arch_domainconfig, 8, 8);

#endif /* !__ASSEMBLER__ */

/* xen_arch_domainconfig.emulation_flags: devices of a full machine. */
#define _XEN_X86_EMU_LAPIC    0
#define XEN_X86_EMU_LAPIC     (1 << _XEN_X86_EMU_LAPIC)
#define _XEN_X86_EMU_HPET     1
#define XEN_X86_EMU_HPET      (1 << _XEN_X86_EMU_HPET)
#define _XEN_X86_EMU_PM       2
#define XEN_X86_EMU_PM        (1 << _XEN_X86_EMU_PM)
#define _XEN_X86_EMU_RTC      3
#define XEN_X86_EMU_RTC       (1 << _XEN_X86_EMU_RTC)
#define _XEN_X86_EMU_IOAPIC   4
#define XEN_X86_EMU_IOAPIC    (1 << _XEN_X86_EMU_IOAPIC)
#define _XEN_X86_EMU_PIC      5
#define XEN_X86_EMU_PIC       (1 << _XEN_X86_EMU_PIC)
#define _XEN_X86_EMU_VGA      6
#define XEN_X86_EMU_VGA       (1 << _XEN_X86_EMU_VGA)
#define _XEN_X86_EMU_IOMMU    7
#define XEN_X86_EMU_IOMMU     (1 << _XEN_X86_EMU_IOMMU)
#define _XEN_X86_EMU_PIT      8
#define XEN_X86_EMU_PIT       (1 << _XEN_X86_EMU_PIT)
#define _XEN_X86_EMU_USE_PIRQ 9
#define XEN_X86_EMU_USE_PIRQ  (1 << _XEN_X86_EMU_USE_PIRQ)
#define _XEN_X86_EMU_VPCI     10
#define XEN_X86_EMU_VPCI      (1 << _XEN_X86_EMU_VPCI)
#define XEN_X86_EMU_ALL       0x7ff

/* misc_flags: unknown MSRs read as 0 and ignore writes instead of #GP. */
#define XEN_X86_MSR_RELAXED    (1 << 0)
#define XEN_X86_MISC_FLAGS_MAX XEN_X86_MSR_RELAXED
