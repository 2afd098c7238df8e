/* SPDX-License-Identifier: MIT */
/*
 * The core of the guest ABI: hypercall numbers, page-table requests, virtual
 * interrupts, domain ids, shared_info and start_info.
 *
 * Not here: what a guest of one width has alone (arch-x86_64.h, arch-x86_32.h)
 * and the operations of each hypercall family (a header of that name).
 */
#pragma once

#include "arch-x86.h"
#include "types.h"

/* Hypercall numbers. */
#define __HYPERVISOR_set_trap_table                0
#define __HYPERVISOR_mmu_update                    1
#define __HYPERVISOR_set_gdt                       2
#define __HYPERVISOR_stack_switch                  3
#define __HYPERVISOR_set_callbacks                 4
#define __HYPERVISOR_fpu_taskswitch                5
#define __HYPERVISOR_sched_op_compat               6 /* before 3.1.1 */
#define __HYPERVISOR_platform_op                   7
#define __HYPERVISOR_set_debugreg                  8
#define __HYPERVISOR_get_debugreg                  9
#define __HYPERVISOR_update_descriptor             10
#define __HYPERVISOR_memory_op                     12
#define __HYPERVISOR_multicall                     13
#define __HYPERVISOR_update_va_mapping             14
#define __HYPERVISOR_set_timer_op                  15
#define __HYPERVISOR_event_channel_op_compat       16 /* before 3.2.2 */
#define __HYPERVISOR_xen_version                   17
#define __HYPERVISOR_console_io                    18
#define __HYPERVISOR_physdev_op_compat             19 /* before 3.2.2 */
#define __HYPERVISOR_grant_table_op                20
#define __HYPERVISOR_vm_assist                     21
#define __HYPERVISOR_update_va_mapping_otherdomain 22
#define __HYPERVISOR_iret                          23
#define __HYPERVISOR_vcpu_op                       24
#define __HYPERVISOR_set_segment_base              25 /* 64-bit guests */
#define __HYPERVISOR_mmuext_op                     26
#define __HYPERVISOR_xsm_op                        27
#define __HYPERVISOR_nmi_op                        28
#define __HYPERVISOR_sched_op                      29
#define __HYPERVISOR_callback_op                   30
#define __HYPERVISOR_xenoprof_op                   31
#define __HYPERVISOR_event_channel_op              32
#define __HYPERVISOR_physdev_op                    33
#define __HYPERVISOR_hvm_op                        34
#define __HYPERVISOR_sysctl                        35
#define __HYPERVISOR_domctl                        36
#define __HYPERVISOR_kexec_op                      37
#define __HYPERVISOR_tmem_op                       38
#define __HYPERVISOR_argo_op                       39
#define __HYPERVISOR_xenpmu_op                     40
#define __HYPERVISOR_dm_op                         41
#define __HYPERVISOR_hypfs_op                      42
#define __HYPERVISOR_arch_0                        48
#define __HYPERVISOR_arch_1                        49
#define __HYPERVISOR_arch_2                        50
#define __HYPERVISOR_arch_3                        51
#define __HYPERVISOR_arch_4                        52
#define __HYPERVISOR_arch_5                        53
#define __HYPERVISOR_arch_6                        54
#define __HYPERVISOR_arch_7                        55
#define __HYPERVISOR_mca                           __HYPERVISOR_arch_0

/*
 * Virtual interrupts. V: one binding per vCPU, fixed to it. G: one binding in
 * the domain, made on vCPU 0, may be moved. 0: the control domain's.
 */
#define VIRQ_TIMER      0  /* V   the vCPU's timer has expired */
#define VIRQ_DEBUG      1  /* V   asked to dump its state */
#define VIRQ_CONSOLE    2  /* G 0 input for console_io read */
#define VIRQ_DOM_EXC    3  /* G 0 a domain shut down or is gone */
#define VIRQ_TBUF       4  /* G 0 trace records are waiting */
#define VIRQ_DEBUGGER   6  /* G 0 a domain stopped for its debugger */
#define VIRQ_XENOPROF   7  /* V   profiling sample */
#define VIRQ_CON_RING   8  /* G 0 the console log has grown */
#define VIRQ_PCPU_STATE 9  /* G 0 a CPU went on or off line */
#define VIRQ_MEM_EVENT  10 /* G 0 memory event */
#define VIRQ_ARGO       11 /* G   argo message */
#define VIRQ_ENOMEM     12 /* G 0 free memory is low */
#define VIRQ_XENPMU     13 /* V   performance counter */
#define VIRQ_ARCH_0     16
#define VIRQ_ARCH_1     17
#define VIRQ_ARCH_2     18
#define VIRQ_ARCH_3     19
#define VIRQ_ARCH_4     20
#define VIRQ_ARCH_5     21
#define VIRQ_ARCH_6     22
#define VIRQ_ARCH_7     23
#define VIRQ_MCA        VIRQ_ARCH_0
#define NR_VIRQS        24

/* Domain ids: real ones are below DOMID_FIRST_RESERVED. */
#define DOMID_FIRST_RESERVED 0x7FF0
#define DOMID_SELF           0x7FF0 /* the caller */
#define DOMID_IO             0x7FF1 /* owner of frames that are no RAM */
#define DOMID_XEN            0x7FF2 /* owner of the hypervisor's pages */
#define DOMID_COW            0x7FF3
#define DOMID_INVALID        0x7FF4
#define DOMID_IDLE           0x7FFF
#define DOMID_MASK           0x7FFF

/* mmu_update: low two bits of mmu_update.ptr. */
#define MMU_NORMAL_PT_UPDATE       0 /* write the entry, checked */
#define MMU_MACHPHYS_UPDATE        1 /* set the M2P entry of ptr's frame */
#define MMU_PT_UPDATE_PRESERVE_AD  2 /* as 0, keeping A and D bits */
#define MMU_PT_UPDATE_NO_TRANSLATE 3 /* as 0, val is never translated */

/* mmuext_op.cmd; in brackets the argument. */
#define MMUEXT_PIN_L1_TABLE       0 /* [mfn] */
#define MMUEXT_PIN_L2_TABLE       1 /* [mfn] */
#define MMUEXT_PIN_L3_TABLE       2 /* [mfn] */
#define MMUEXT_PIN_L4_TABLE       3 /* [mfn] */
#define MMUEXT_UNPIN_TABLE        4 /* [mfn] */
#define MMUEXT_NEW_BASEPTR        5 /* [mfn] kernel root */
#define MMUEXT_TLB_FLUSH_LOCAL    6
#define MMUEXT_INVLPG_LOCAL       7 /* [linear_addr] */
#define MMUEXT_TLB_FLUSH_MULTI    8 /* [vcpumask] */
#define MMUEXT_INVLPG_MULTI       9 /* [linear_addr, vcpumask] */
#define MMUEXT_TLB_FLUSH_ALL      10
#define MMUEXT_INVLPG_ALL         11 /* [linear_addr] */
#define MMUEXT_FLUSH_CACHE        12
#define MMUEXT_SET_LDT            13 /* [linear_addr, nr_ents] */
#define MMUEXT_NEW_USER_BASEPTR   15 /* [mfn] user root, 0: none; 64-bit */
#define MMUEXT_CLEAR_PAGE         16 /* [mfn] */
#define MMUEXT_COPY_PAGE          17 /* [mfn, src_mfn] */
#define MMUEXT_FLUSH_CACHE_GLOBAL 18
#define MMUEXT_MARK_SUPER         19 /* [mfn] */
#define MMUEXT_UNMARK_SUPER       20 /* [mfn] */

/*
 * update_va_mapping flags: what to flush in bits 1:0, and where. With
 * UVMF_MULTI the rest of the word is the address of a vCPU bitmap.
 */
#define UVMF_NONE           0
#define UVMF_TLB_FLUSH      1
#define UVMF_INVLPG         2
#define UVMF_FLUSHTYPE_MASK 3
#define UVMF_MULTI          0
#define UVMF_LOCAL          0
#define UVMF_ALL            4

/* console_io(cmd, count, buffer) */
#define CONSOLEIO_write 0
#define CONSOLEIO_read  1 /* returns bytes read */

/* vm_assist(cmd, type) */
#define VMASST_CMD_enable                0
#define VMASST_CMD_disable               1

#define VMASST_TYPE_4gb_segments         0  /* 32-bit: limits may be 4 GiB */
#define VMASST_TYPE_4gb_segments_notify  1  /* 32-bit: trap 15 on such use */
#define VMASST_TYPE_writable_pagetables  2  /* emulate writes to L1 tables */
#define VMASST_TYPE_pae_extended_cr3     3  /* 32-bit: roots above 4 GiB */
#define VMASST_TYPE_architectural_iopl   4  /* IOPL lives in EFLAGS */
#define VMASST_TYPE_runstate_update_flag 5  /* XEN_RUNSTATE_UPDATE is used */
#define VMASST_TYPE_m2p_strict           32 /* 64-bit: no M2P in user mode */

/* vcpu_time_info.flags */
#define XEN_PVCLOCK_TSC_STABLE_BIT (1 << 0) /* one clock for all vCPUs */
#define XEN_PVCLOCK_GUEST_STOPPED  (1 << 1) /* the guest was paused */

/* start_info.flags */
#define SIF_PRIVILEGED      (1 << 0)
#define SIF_INITDOMAIN      (1 << 1)
#define SIF_MULTIBOOT_MOD   (1 << 2)    /* mod_start: multiboot-like list */
#define SIF_MOD_START_PFN   (1 << 3)    /* mod_start is a pfn */
#define SIF_VIRT_P2M_4TOOLS (1 << 4)    /* tools can read the linear p2m */
#define SIF_PM_MASK         (0xFF << 8) /* power management options */

#define MAX_GUEST_CMDLINE   1024 /* bytes, with the final NUL */

/* dom0_vga_console_info.video_type */
#define XEN_VGATYPE_TEXT_MODE_3 0x03
#define XEN_VGATYPE_VESA_LFB    0x23
#define XEN_VGATYPE_EFI_LFB     0x70

#ifndef __ASSEMBLER__

/* One request of mmu_update(reqs, count, done, foreign domain). */
struct mmu_update {
    uint64_t ptr; /* machine address | MMU_* */
    uint64_t val; /* new entry, or pfn for MMU_MACHPHYS_UPDATE */
};
ABI_SIZE(struct mmu_update, 16, 16);

/* One request of mmuext_op(ops, count, done, foreign domain). */
struct mmuext_op {
    unsigned int cmd; /* MMUEXT_* */
    union {
        xen_pfn_t mfn;
        xen_ulong_t linear_addr;
    } arg1;
    union {
        unsigned int nr_ents;
        XEN_GUEST_HANDLE(const void) vcpumask; /* one bit per vCPU */
        xen_pfn_t src_mfn;
    } arg2;
};
ABI_SIZE(struct mmuext_op, 24, 12);

/* One call of multicall(calls, count). */
struct multicall_entry {
    xen_ulong_t op;     /* __HYPERVISOR_* */
    xen_ulong_t result; /* out */
    xen_ulong_t args[6];
};
ABI_SIZE(struct multicall_entry, 64, 32);

/*
 * A vCPU's clock: system time in ns =
 * system_time + (((tsc - tsc_timestamp) << tsc_shift) * mul >> 32).
 */
struct vcpu_time_info {
    uint32_t version; /* odd while being written */
    uint32_t pad0;
    uint64_t tsc_timestamp;
    uint64_t system_time;       /* ns since the hypervisor started */
    uint32_t tsc_to_system_mul; /* 32-bit fraction */
    int8_t tsc_shift;           /* negative: shift right */
    uint8_t flags;              /* XEN_PVCLOCK_* */
    uint8_t pad1[2];
};
ABI_SIZE(struct vcpu_time_info, 32, 32);

struct vcpu_info {
    uint8_t evtchn_upcall_pending;  /* 1: an upcall is due */
    uint8_t evtchn_upcall_mask;     /* 1: no upcalls; inverse of a virtual IF */
    xen_ulong_t evtchn_pending_sel; /* words of evtchn_pending with news */
    struct arch_vcpu_info arch;
    struct vcpu_time_info time;
};
ABI_SIZE(struct vcpu_info, 64, 64);

/* The page that a domain shares with the hypervisor. */
struct shared_info {
    struct vcpu_info vcpu_info[XEN_LEGACY_MAX_VCPUS];
    xen_ulong_t evtchn_pending[ABI_BITS]; /* bit per port */
    xen_ulong_t evtchn_mask[ABI_BITS];    /* bit per port; 1: no upcall */
    uint32_t wc_version; /* odd while the wall clock is written */
    uint32_t wc_sec;     /* Unix time at system time 0 */
    uint32_t wc_nsec;
#if ABI_BITS == 64
    uint32_t wc_sec_hi; /* 32-bit guests have it in arch */
#endif
    struct arch_shared_info arch;
};
ABI_SIZE(struct shared_info, 3136, 2344);

/* What a guest kernel is given at its start, through rsi (esi). */
struct start_info {
    char magic[32];          /* "xen-3.0-x86_64" or "xen-3.0-x86_32p" */
    xen_ulong_t nr_pages;    /* frames the domain owns */
    xen_ulong_t shared_info; /* machine address */
    uint32_t flags;          /* SIF_* */
    xen_pfn_t store_mfn;     /* xenstore ring */
    uint32_t store_evtchn;   /* its port; 0 in dom0 */
    union {
        struct {
            xen_pfn_t mfn; /* console ring */
            uint32_t evtchn;
        } domU;
        struct {
            uint32_t info_off;  /* of dom0_vga_console_info, from start_info */
            uint32_t info_size; /* bytes; 0: none */
        } dom0;
    } console;
    /* From here on only at boot, not at resume. */
    xen_ulong_t pt_base; /* virtual address of the root table */
    xen_ulong_t nr_pt_frames;
    xen_ulong_t mfn_list;  /* virtual address of the p2m */
    xen_ulong_t mod_start; /* initrd: virtual address or pfn (flags) */
    xen_ulong_t mod_len;   /* bytes */
    int8_t cmd_line[MAX_GUEST_CMDLINE];
    xen_ulong_t first_p2m_pfn; /* frames of p2m and page tables */
    xen_ulong_t nr_p2m_frames;
};
ABI_SIZE(struct start_info, 1168, 1112);

/* One module with SIF_MULTIBOOT_MOD; the list ends with mod_start 0. */
struct xen_multiboot_mod_list {
    uint32_t mod_start; /* offsets from the start of the list */
    uint32_t mod_end;   /* last byte */
    uint32_t cmdline;
    uint32_t pad; /* 0 */
};
ABI_SIZE(struct xen_multiboot_mod_list, 16, 16);

/* The screen that dom0 inherits. */
struct dom0_vga_console_info {
    uint8_t video_type; /* XEN_VGATYPE_* */
    union {
        struct {
            uint16_t font_height; /* pixels */
            uint16_t cursor_x;    /* characters */
            uint16_t cursor_y;
            uint16_t rows;
            uint16_t columns;
        } text_mode_3;
        struct {
            uint16_t width; /* pixels */
            uint16_t height;
            uint16_t bytes_per_line;
            uint16_t bits_per_pixel;
            uint32_t lfb_base; /* physical address, low half */
            uint32_t lfb_size; /* 64 KiB units */
            uint8_t red_pos;   /* bits within a pixel */
            uint8_t red_size;
            uint8_t green_pos;
            uint8_t green_size;
            uint8_t blue_pos;
            uint8_t blue_size;
            uint8_t rsvd_pos;
            uint8_t rsvd_size;
            uint32_t gbl_caps;   /* VBE 4F00h capabilities */
            uint16_t mode_attrs; /* VBE 4F01h attributes */
            uint16_t pad;
            uint32_t ext_lfb_base; /* physical address, high half */
        } vesa_lfb;
    } u;
};
ABI_SIZE(struct dom0_vga_console_info, 40, 40);
#define xen_vga_console_info dom0_vga_console_info

/* A bitmap of CPUs or nodes, bit 0 of byte 0 first. */
struct xenctl_bitmap {
    XEN_GUEST_HANDLE_64(uint8_t) bitmap;
    uint32_t nr_bits;
};
ABI_SIZE(struct xenctl_bitmap, 16, 16);

#endif /* !__ASSEMBLER__ */
