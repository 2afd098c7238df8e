/* SPDX-License-Identifier: MIT */
/*
 * domctl(op): what the toolstack does to one domain. In brackets the member
 * of xen_domctl.u; [] has none. A wrong interface_version gets -EACCES. The
 * whole of xen_domctl is copied back. Layouts are the same in both widths.
 */
#pragma once

#include "event_channel.h"
#include "grant_table.h"
#include "memory.h"
#include "xen.h"

#define XEN_DOMCTL_INTERFACE_VERSION       0x00000015

#define XEN_DOMCTL_createdomain            1  /* [createdomain] */
#define XEN_DOMCTL_destroydomain           2  /* [] */
#define XEN_DOMCTL_pausedomain             3  /* [] */
#define XEN_DOMCTL_unpausedomain           4  /* [] */
#define XEN_DOMCTL_getdomaininfo           5  /* [getdomaininfo] */
#define XEN_DOMCTL_setvcpuaffinity         9  /* [vcpuaffinity] */
#define XEN_DOMCTL_shadow_op               10 /* [shadow_op] */
#define XEN_DOMCTL_max_mem                 11 /* [max_mem] */
#define XEN_DOMCTL_setvcpucontext          12 /* [vcpucontext] */
#define XEN_DOMCTL_getvcpucontext          13 /* [vcpucontext] */
#define XEN_DOMCTL_getvcpuinfo             14 /* [getvcpuinfo] */
#define XEN_DOMCTL_max_vcpus               15 /* [max_vcpus] */
#define XEN_DOMCTL_scheduler_op            16 /* [scheduler_op] */
#define XEN_DOMCTL_setdomainhandle         17 /* [setdomainhandle] */
#define XEN_DOMCTL_setdebugging            18 /* [setdebugging] */
#define XEN_DOMCTL_irq_permission          19 /* [irq_permission] */
#define XEN_DOMCTL_iomem_permission        20 /* [iomem_permission] */
#define XEN_DOMCTL_ioport_permission       21 /* [ioport_permission] */
#define XEN_DOMCTL_hypercall_init          22 /* [hypercall_init] */
#define XEN_DOMCTL_settimeoffset           24 /* [settimeoffset] */
#define XEN_DOMCTL_getvcpuaffinity         25 /* [vcpuaffinity] */
#define XEN_DOMCTL_real_mode_area          26
#define XEN_DOMCTL_resumedomain            27 /* [] */
#define XEN_DOMCTL_sendtrigger             28 /* [sendtrigger] */
#define XEN_DOMCTL_subscribe               29 /* [subscribe] */
#define XEN_DOMCTL_gethvmcontext           33
#define XEN_DOMCTL_sethvmcontext           34
#define XEN_DOMCTL_set_address_size        35 /* [address_size] */
#define XEN_DOMCTL_get_address_size        36 /* [address_size] */
#define XEN_DOMCTL_assign_device           37 /* [assign_device] */
#define XEN_DOMCTL_bind_pt_irq             38
#define XEN_DOMCTL_memory_mapping          39 /* [memory_mapping] */
#define XEN_DOMCTL_ioport_mapping          40
#define XEN_DOMCTL_set_ext_vcpucontext     42 /* [ext_vcpucontext] */
#define XEN_DOMCTL_get_ext_vcpucontext     43 /* [ext_vcpucontext] */
#define XEN_DOMCTL_set_opt_feature         44
#define XEN_DOMCTL_test_assign_device      45 /* [assign_device] */
#define XEN_DOMCTL_set_target              46 /* [set_target] */
#define XEN_DOMCTL_deassign_device         47 /* [assign_device] */
#define XEN_DOMCTL_unbind_pt_irq           48
#define XEN_DOMCTL_get_device_group        50 /* [get_device_group] */
#define XEN_DOMCTL_debug_op                54 /* [debug_op] */
#define XEN_DOMCTL_gethvmcontext_partial   55
#define XEN_DOMCTL_vm_event_op             56
#define XEN_DOMCTL_mem_sharing_op          57
#define XEN_DOMCTL_gettscinfo              59 /* [tsc_info] */
#define XEN_DOMCTL_settscinfo              60 /* [tsc_info] */
#define XEN_DOMCTL_getpageframeinfo3       61 /* [getpageframeinfo3] */
#define XEN_DOMCTL_setvcpuextstate         62 /* [vcpuextstate] */
#define XEN_DOMCTL_getvcpuextstate         63 /* [vcpuextstate] */
#define XEN_DOMCTL_set_access_required     64
#define XEN_DOMCTL_audit_p2m               65
#define XEN_DOMCTL_set_virq_handler        66 /* [set_virq_handler] */
#define XEN_DOMCTL_set_broken_page_p2m     67
#define XEN_DOMCTL_setnodeaffinity         68 /* [nodeaffinity] */
#define XEN_DOMCTL_getnodeaffinity         69 /* [nodeaffinity] */
#define XEN_DOMCTL_cacheflush              71
#define XEN_DOMCTL_get_vcpu_msrs           72 /* [vcpu_msrs] */
#define XEN_DOMCTL_set_vcpu_msrs           73 /* [vcpu_msrs] */
#define XEN_DOMCTL_setvnumainfo            74 /* [vnuma] */
#define XEN_DOMCTL_psr_cmt_op              75
#define XEN_DOMCTL_monitor_op              77
#define XEN_DOMCTL_psr_alloc               78
#define XEN_DOMCTL_soft_reset              79 /* [] */
#define XEN_DOMCTL_vuart_op                81
#define XEN_DOMCTL_get_cpu_policy          82 /* [cpu_policy] */
#define XEN_DOMCTL_set_cpu_policy          83 /* [cpu_policy] */
#define XEN_DOMCTL_vmtrace_op              84
#define XEN_DOMCTL_get_paging_mempool_size 85 /* [paging_mempool] */
#define XEN_DOMCTL_set_paging_mempool_size 86 /* [paging_mempool] */
#define XEN_DOMCTL_gdbsx_guestmemio        1000
#define XEN_DOMCTL_gdbsx_pausevcpu         1001
#define XEN_DOMCTL_gdbsx_unpausevcpu       1002
#define XEN_DOMCTL_gdbsx_domstatus         1003

/* xen_domctl_createdomain.flags */
#define _XEN_DOMCTL_CDF_hvm          0
#define XEN_DOMCTL_CDF_hvm           (1 << _XEN_DOMCTL_CDF_hvm)
#define _XEN_DOMCTL_CDF_hap          1
#define XEN_DOMCTL_CDF_hap           (1 << _XEN_DOMCTL_CDF_hap)
#define _XEN_DOMCTL_CDF_s3_integrity 2
#define XEN_DOMCTL_CDF_s3_integrity  (1 << _XEN_DOMCTL_CDF_s3_integrity)
#define _XEN_DOMCTL_CDF_oos_off      3
#define XEN_DOMCTL_CDF_oos_off       (1 << _XEN_DOMCTL_CDF_oos_off)
#define _XEN_DOMCTL_CDF_xs_domain    4 /* it runs the store */
#define XEN_DOMCTL_CDF_xs_domain     (1 << _XEN_DOMCTL_CDF_xs_domain)
#define _XEN_DOMCTL_CDF_iommu        5 /* it may get devices */
#define XEN_DOMCTL_CDF_iommu         (1 << _XEN_DOMCTL_CDF_iommu)
#define _XEN_DOMCTL_CDF_nested_virt  6
#define XEN_DOMCTL_CDF_nested_virt   (1 << _XEN_DOMCTL_CDF_nested_virt)
#define XEN_DOMCTL_CDF_vpmu          (1 << 7)
#define XEN_DOMCTL_CDF_MAX           XEN_DOMCTL_CDF_vpmu

/* xen_domctl_createdomain.iommu_opts */
#define _XEN_DOMCTL_IOMMU_no_sharept 0
#define XEN_DOMCTL_IOMMU_no_sharept  (1 << _XEN_DOMCTL_IOMMU_no_sharept)
#define XEN_DOMCTL_IOMMU_MAX         XEN_DOMCTL_IOMMU_no_sharept

/* xen_domctl_createdomain.grant_opts: highest version, 1 or 2. */
#define XEN_DOMCTL_GRANT_version_mask 0xf
#define XEN_DOMCTL_GRANT_version(v)   ((v)&XEN_DOMCTL_GRANT_version_mask)

/* xen_domctl_getdomaininfo.flags */
#define _XEN_DOMINF_dying        0 /* being destroyed */
#define XEN_DOMINF_dying         (1 << _XEN_DOMINF_dying)
#define _XEN_DOMINF_hvm_guest    1
#define XEN_DOMINF_hvm_guest     (1 << _XEN_DOMINF_hvm_guest)
#define _XEN_DOMINF_shutdown     2 /* has ended; the code says why */
#define XEN_DOMINF_shutdown      (1 << _XEN_DOMINF_shutdown)
#define _XEN_DOMINF_paused       3 /* by the tools */
#define XEN_DOMINF_paused        (1 << _XEN_DOMINF_paused)
#define _XEN_DOMINF_blocked      4 /* every vCPU waits for an event */
#define XEN_DOMINF_blocked       (1 << _XEN_DOMINF_blocked)
#define _XEN_DOMINF_running      5 /* a vCPU has a CPU */
#define XEN_DOMINF_running       (1 << _XEN_DOMINF_running)
#define _XEN_DOMINF_debugged     6
#define XEN_DOMINF_debugged      (1 << _XEN_DOMINF_debugged)
#define _XEN_DOMINF_xs_domain    7
#define XEN_DOMINF_xs_domain     (1 << _XEN_DOMINF_xs_domain)
#define _XEN_DOMINF_hap          8
#define XEN_DOMINF_hap           (1 << _XEN_DOMINF_hap)
#define XEN_DOMINF_shutdownmask  255 /* SHUTDOWN_* from bit 16 */
#define XEN_DOMINF_shutdownshift 16

/* xen_domctl_getdomaininfo.max_vcpu_id of a domain without vCPUs. */
#define XEN_INVALID_MAX_VCPU_ID 0xffffffff

/* getpageframeinfo3: the type of a page, in bits 31:28. */
#define XEN_DOMCTL_PFINFO_LTAB_SHIFT    28
#define XEN_DOMCTL_PFINFO_NOTAB         0x00000000 /* no page table */
#define XEN_DOMCTL_PFINFO_L1TAB         0x10000000
#define XEN_DOMCTL_PFINFO_L2TAB         0x20000000
#define XEN_DOMCTL_PFINFO_L3TAB         0x30000000
#define XEN_DOMCTL_PFINFO_L4TAB         0x40000000
#define XEN_DOMCTL_PFINFO_LTABTYPE_MASK 0x70000000
#define XEN_DOMCTL_PFINFO_LPINTAB       0x80000000 /* and it is pinned */
#define XEN_DOMCTL_PFINFO_BROKEN        0xd0000000 /* bad memory */
#define XEN_DOMCTL_PFINFO_XALLOC        0xe0000000 /* no content to send */
#define XEN_DOMCTL_PFINFO_XTAB          0xf0000000 /* no such page */
#define XEN_DOMCTL_PFINFO_LTAB_MASK     0xf0000000

/* xen_domctl_shadow_op.op */
#define XEN_DOMCTL_SHADOW_OP_OFF             0
#define XEN_DOMCTL_SHADOW_OP_ENABLE_TEST     1
#define XEN_DOMCTL_SHADOW_OP_ENABLE_LOGDIRTY 2
#define XEN_DOMCTL_SHADOW_OP_CLEAN           11 /* read and clear the bitmap */
#define XEN_DOMCTL_SHADOW_OP_PEEK            12 /* read the bitmap */
#define XEN_DOMCTL_SHADOW_OP_GET_ALLOCATION  30
#define XEN_DOMCTL_SHADOW_OP_SET_ALLOCATION  31
#define XEN_DOMCTL_SHADOW_OP_ENABLE          32

/* xen_domctl_shadow_op.mode: of ENABLE, and of CLEAN and PEEK. */
#define XEN_DOMCTL_SHADOW_ENABLE_REFCOUNT  (1 << 1)
#define XEN_DOMCTL_SHADOW_ENABLE_LOG_DIRTY (1 << 2)
#define XEN_DOMCTL_SHADOW_ENABLE_TRANSLATE (1 << 3)
#define XEN_DOMCTL_SHADOW_ENABLE_EXTERNAL  (1 << 4)
#define XEN_DOMCTL_SHADOW_LOGDIRTY_FINAL   (1 << 0) /* the last round */

/* xen_domctl_vcpuaffinity.flags */
#define _XEN_VCPUAFFINITY_HARD  0 /* may run only there */
#define XEN_VCPUAFFINITY_HARD   (1 << _XEN_VCPUAFFINITY_HARD)
#define _XEN_VCPUAFFINITY_SOFT  1 /* runs best there */
#define XEN_VCPUAFFINITY_SOFT   (1 << _XEN_VCPUAFFINITY_SOFT)
#define _XEN_VCPUAFFINITY_FORCE 2 /* over SCHEDOP_pin_override */
#define XEN_VCPUAFFINITY_FORCE  (1 << _XEN_VCPUAFFINITY_FORCE)

/* Schedulers, and xen_domctl_scheduler_op.cmd. */
#define XEN_SCHEDULER_CREDIT           5
#define XEN_SCHEDULER_CREDIT2          6
#define XEN_SCHEDULER_ARINC653         7
#define XEN_SCHEDULER_RTDS             8
#define XEN_SCHEDULER_NULL             9

#define XEN_DOMCTL_SCHEDOP_putinfo     0
#define XEN_DOMCTL_SCHEDOP_getinfo     1
#define XEN_DOMCTL_SCHEDOP_putvcpuinfo 2
#define XEN_DOMCTL_SCHEDOP_getvcpuinfo 3

/* xen_domctl_sched_rtds.flags: may run past its budget. */
#define _XEN_DOMCTL_SCHEDRT_extra 0
#define XEN_DOMCTL_SCHEDRT_extra  (1 << _XEN_DOMCTL_SCHEDRT_extra)

/* xen_domctl_sendtrigger.trigger */
#define XEN_DOMCTL_SENDTRIGGER_NMI   0
#define XEN_DOMCTL_SENDTRIGGER_RESET 1
#define XEN_DOMCTL_SENDTRIGGER_INIT  2
#define XEN_DOMCTL_SENDTRIGGER_POWER 3
#define XEN_DOMCTL_SENDTRIGGER_SLEEP 4

/* xen_domctl_assign_device.dev and .flags */
#define XEN_DOMCTL_DEV_PCI         0
#define XEN_DOMCTL_DEV_DT          1
#define XEN_DOMCTL_DEV_RDM_RELAXED 1

/* xen_domctl_memory_mapping.add_mapping */
#define DPCI_REMOVE_MAPPING 0
#define DPCI_ADD_MAPPING    1

/* xen_domctl_debug_op.op */
#define XEN_DOMCTL_DEBUG_OP_SINGLE_STEP_OFF 0
#define XEN_DOMCTL_DEBUG_OP_SINGLE_STEP_ON  1

#ifndef __ASSEMBLER__

struct xen_domctl_createdomain {
    uint32_t ssidref;
    xen_domain_handle_t handle; /* UUID */
    uint32_t flags;             /* XEN_DOMCTL_CDF_* */
    uint32_t iommu_opts;        /* XEN_DOMCTL_IOMMU_* */
    uint32_t max_vcpus;
    uint32_t max_evtchn_port;
    int32_t max_grant_frames; /* negative: the default, both */
    int32_t max_maptrack_frames;
    uint32_t grant_opts;   /* XEN_DOMCTL_GRANT_version() */
    uint32_t vmtrace_size; /* bytes */
    uint32_t cpupool_id;
    struct xen_arch_domainconfig arch;
};
ABI_SIZE(struct xen_domctl_createdomain, 64, 64);

struct xen_domctl_getdomaininfo {
    domid_t domain;
    uint16_t pad1;
    uint32_t flags;                     /* XEN_DOMINF_* */
    uint64_aligned_t tot_pages;         /* frames owned */
    uint64_aligned_t max_pages;         /* frames it may own */
    uint64_aligned_t outstanding_pages; /* claimed, not yet owned */
    uint64_aligned_t shr_pages;
    uint64_aligned_t paged_pages;
    uint64_aligned_t shared_info_frame; /* mfn */
    uint64_aligned_t cpu_time;          /* ns, of all vCPUs */
    uint32_t nr_online_vcpus;
    uint32_t max_vcpu_id;
    uint32_t ssidref;
    xen_domain_handle_t handle; /* UUID */
    uint32_t cpupool;
    uint8_t gpaddr_bits; /* width of a guest physical address */
    uint8_t pad2[7];
    struct xen_arch_domainconfig arch_config;
};
ABI_SIZE(struct xen_domctl_getdomaininfo, 112, 112);

struct xen_domctl_getpageframeinfo3 {
    uint64_aligned_t num;
    XEN_GUEST_HANDLE_64(xen_pfn_t) array; /* in: mfn; out: its type */
};
ABI_SIZE(struct xen_domctl_getpageframeinfo3, 16, 16);

struct xen_domctl_shadow_op_stats {
    uint32_t fault_count;
    uint32_t dirty_count;
};
ABI_SIZE(struct xen_domctl_shadow_op_stats, 8, 8);

struct xen_domctl_shadow_op {
    uint32_t op; /* XEN_DOMCTL_SHADOW_OP_* */
    uint32_t mode;
    uint32_t mb; /* allocation, MiB */
    XEN_GUEST_HANDLE_64(uint8_t) dirty_bitmap;
    uint64_aligned_t pages; /* bits in the bitmap, in and out */
    struct xen_domctl_shadow_op_stats stats;
};
ABI_SIZE(struct xen_domctl_shadow_op, 40, 40);

struct xen_domctl_max_mem {
    uint64_aligned_t max_memkb; /* KiB */
};
ABI_SIZE(struct xen_domctl_max_mem, 8, 8);

struct xen_domctl_vcpucontext {
    uint32_t vcpu;
    XEN_GUEST_HANDLE_64(struct vcpu_guest_context) ctxt;
};
ABI_SIZE(struct xen_domctl_vcpucontext, 16, 16);

struct xen_domctl_getvcpuinfo {
    uint32_t vcpu;
    uint8_t online;
    uint8_t blocked;
    uint8_t running;
    uint64_aligned_t cpu_time; /* ns */
    uint32_t cpu;              /* where it runs, or ran last */
};
ABI_SIZE(struct xen_domctl_getvcpuinfo, 24, 24);

struct xen_domctl_nodeaffinity {
    struct xenctl_bitmap nodemap;
};
ABI_SIZE(struct xen_domctl_nodeaffinity, 16, 16);

struct xen_domctl_vcpuaffinity {
    uint32_t vcpu;
    uint32_t flags;                   /* XEN_VCPUAFFINITY_* */
    struct xenctl_bitmap cpumap_hard; /* out: in force now */
    struct xenctl_bitmap cpumap_soft;
};
ABI_SIZE(struct xen_domctl_vcpuaffinity, 40, 40);

struct xen_domctl_max_vcpus {
    uint32_t max;
};
ABI_SIZE(struct xen_domctl_max_vcpus, 4, 4);

struct xen_domctl_sched_credit {
    uint16_t weight;
    uint16_t cap; /* percent of a CPU, 0: none */
};
ABI_SIZE(struct xen_domctl_sched_credit, 4, 4);

struct xen_domctl_sched_credit2 {
    uint16_t weight;
    uint16_t cap; /* percent of a CPU, 0: none */
};
ABI_SIZE(struct xen_domctl_sched_credit2, 4, 4);

struct xen_domctl_sched_rtds {
    uint32_t period; /* us */
    uint32_t budget; /* us */
    uint32_t flags;  /* XEN_DOMCTL_SCHEDRT_* */
};
ABI_SIZE(struct xen_domctl_sched_rtds, 12, 12);

struct xen_domctl_schedparam_vcpu {
    union {
        struct xen_domctl_sched_credit credit;
        struct xen_domctl_sched_credit2 credit2;
        struct xen_domctl_sched_rtds rtds;
    } u;
    uint32_t vcpuid;
};
ABI_SIZE(struct xen_domctl_schedparam_vcpu, 16, 16);

struct xen_domctl_scheduler_op {
    uint32_t sched_id; /* XEN_SCHEDULER_* */
    uint32_t cmd;      /* XEN_DOMCTL_SCHEDOP_* */
    union {
        struct xen_domctl_sched_credit credit;
        struct xen_domctl_sched_credit2 credit2;
        struct xen_domctl_sched_rtds rtds;
        struct {
            XEN_GUEST_HANDLE_64(struct xen_domctl_schedparam_vcpu) vcpus;
            uint32_t nr_vcpus; /* in: entries; out: done */
            uint32_t padding;
        } v;
    } u;
};
ABI_SIZE(struct xen_domctl_scheduler_op, 24, 24);

struct xen_domctl_setdomainhandle {
    xen_domain_handle_t handle;
};
ABI_SIZE(struct xen_domctl_setdomainhandle, 16, 16);

struct xen_domctl_setdebugging {
    uint8_t enable;
};
ABI_SIZE(struct xen_domctl_setdebugging, 1, 1);

struct xen_domctl_irq_permission {
    uint32_t pirq;
    uint8_t allow_access;
    uint8_t pad[3];
};
ABI_SIZE(struct xen_domctl_irq_permission, 8, 8);

struct xen_domctl_iomem_permission {
    uint64_aligned_t first_mfn;
    uint64_aligned_t nr_mfns;
    uint8_t allow_access;
};
ABI_SIZE(struct xen_domctl_iomem_permission, 24, 24);

struct xen_domctl_ioport_permission {
    uint32_t first_port;
    uint32_t nr_ports;
    uint8_t allow_access;
};
ABI_SIZE(struct xen_domctl_ioport_permission, 12, 12);

struct xen_domctl_hypercall_init {
    uint64_aligned_t gmfn; /* page to fill with call stubs */
};
ABI_SIZE(struct xen_domctl_hypercall_init, 8, 8);

struct xen_domctl_settimeoffset {
    int64_aligned_t time_offset_seconds;
};
ABI_SIZE(struct xen_domctl_settimeoffset, 8, 8);

struct xen_domctl_address_size {
    uint32_t size; /* 32 or 64 */
};
ABI_SIZE(struct xen_domctl_address_size, 4, 4);

struct xen_domctl_sendtrigger {
    uint32_t trigger; /* XEN_DOMCTL_SENDTRIGGER_* */
    uint32_t vcpu;
};
ABI_SIZE(struct xen_domctl_sendtrigger, 8, 8);

struct xen_domctl_assign_device {
    uint32_t dev;   /* XEN_DOMCTL_DEV_* */
    uint32_t flags; /* XEN_DOMCTL_DEV_RDM_RELAXED */
    union {
        struct {
            uint32_t machine_sbdf; /* segment << 16 | bus << 8 | devfn */
        } pci;
        struct {
            uint32_t size;
            XEN_GUEST_HANDLE_64(char) path;
        } dt;
    } u;
};
ABI_SIZE(struct xen_domctl_assign_device, 24, 24);

struct xen_domctl_get_device_group {
    uint32_t machine_sbdf;
    uint32_t max_sdevs; /* room */
    uint32_t num_sdevs; /* out */
    XEN_GUEST_HANDLE_64(uint32_t) sdev_array;
};
ABI_SIZE(struct xen_domctl_get_device_group, 24, 24);

struct xen_domctl_memory_mapping {
    uint64_aligned_t first_gfn;
    uint64_aligned_t first_mfn;
    uint64_aligned_t nr_mfns;
    uint32_t add_mapping; /* DPCI_* */
    uint32_t padding;
};
ABI_SIZE(struct xen_domctl_memory_mapping, 32, 32);

/* Machine-check state of a vCPU, as saved. */
struct hvm_vmce_vcpu {
    uint64_t caps;
    uint64_t mci_ctl2_bank0;
    uint64_t mci_ctl2_bank1;
    uint64_t mcg_ext_ctl;
};
ABI_SIZE(struct hvm_vmce_vcpu, 32, 32);

struct xen_domctl_ext_vcpucontext {
    uint32_t vcpu;
    uint32_t size; /* bytes in use, from vcpu on; set: in */
    uint64_aligned_t syscall32_callback_eip;
    uint64_aligned_t sysenter_callback_eip;
    uint16_t syscall32_callback_cs;
    uint16_t sysenter_callback_cs;
    uint8_t syscall32_disables_events;
    uint8_t sysenter_disables_events;
    union {
        uint64_aligned_t mcg_cap;
        struct hvm_vmce_vcpu vmce;
    };
};
ABI_SIZE(struct xen_domctl_ext_vcpucontext, 64, 64);

struct xen_domctl_set_target {
    domid_t target;
};
ABI_SIZE(struct xen_domctl_set_target, 2, 2);

/* CPUID leaves and MSRs; counts 0 and no arrays: asks for the counts. */
struct xen_domctl_cpu_policy {
    uint32_t nr_leaves; /* in: entries; out: used */
    uint32_t nr_msrs;
    XEN_GUEST_HANDLE_64(struct xen_cpuid_leaf) leaves;
    XEN_GUEST_HANDLE_64(struct xen_msr_entry) msrs;
    uint32_t err_leaf; /* out, set: what was refused, or ~0 */
    uint32_t err_subleaf;
    uint32_t err_msr;
};
ABI_SIZE(struct xen_domctl_cpu_policy, 40, 40);

struct xen_domctl_subscribe {
    uint32_t port; /* told when the domain suspends */
};
ABI_SIZE(struct xen_domctl_subscribe, 4, 4);

struct xen_domctl_debug_op {
    uint32_t op; /* XEN_DOMCTL_DEBUG_OP_* */
    uint32_t vcpu;
};
ABI_SIZE(struct xen_domctl_debug_op, 8, 8);

struct xen_domctl_tsc_info {
    uint32_t tsc_mode; /* 0 default, 1 emulate, 2 native */
    uint32_t gtsc_khz;
    uint32_t incarnation; /* restores so far */
    uint32_t pad;
    uint64_aligned_t elapsed_nsec;
};
ABI_SIZE(struct xen_domctl_tsc_info, 24, 24);

struct xen_domctl_set_virq_handler {
    uint32_t virq; /* VIRQ_*, a global one */
};
ABI_SIZE(struct xen_domctl_set_virq_handler, 4, 4);

/* size 0 and no buffer: asks for mask and size. */
struct xen_domctl_vcpuextstate {
    uint32_t vcpu;
    uint64_aligned_t xfeature_mask;       /* XCR0 bits ever allowed */
    uint64_aligned_t size;                /* bytes */
    XEN_GUEST_HANDLE_64(uint64_t) buffer; /* XCR0, the same mask, XSAVE */
};
ABI_SIZE(struct xen_domctl_vcpuextstate, 32, 32);

struct xen_domctl_paging_mempool {
    uint64_aligned_t size; /* bytes */
};
ABI_SIZE(struct xen_domctl_paging_mempool, 8, 8);

struct xen_domctl_vcpu_msr {
    uint32_t index;
    uint32_t reserved; /* 0 */
    uint64_aligned_t value;
};
ABI_SIZE(struct xen_domctl_vcpu_msr, 16, 16);

struct xen_domctl_vcpu_msrs {
    uint32_t vcpu;
    uint32_t msr_count; /* in: entries; out: used */
    XEN_GUEST_HANDLE_64(struct xen_domctl_vcpu_msr) msrs;
};
ABI_SIZE(struct xen_domctl_vcpu_msrs, 16, 16);

struct xen_domctl_vnuma {
    uint32_t nr_vnodes;
    uint32_t nr_vmemranges;
    uint32_t nr_vcpus;
    uint32_t pad;
    XEN_GUEST_HANDLE_64(unsigned int) vdistance; /* vnodes squared */
    XEN_GUEST_HANDLE_64(unsigned int) vcpu_to_vnode;
    XEN_GUEST_HANDLE_64(unsigned int) vnode_to_pnode;
    XEN_GUEST_HANDLE_64(struct xen_vmemrange) vmemrange;
};
ABI_SIZE(struct xen_domctl_vnuma, 48, 48);

struct xen_domctl {
    uint32_t cmd;               /* XEN_DOMCTL_* */
    uint32_t interface_version; /* XEN_DOMCTL_INTERFACE_VERSION */
    domid_t domain;             /* createdomain: 0 or invalid, choose one */
    uint16_t _pad[3];
    union {
        struct xen_domctl_createdomain createdomain;
        struct xen_domctl_getdomaininfo getdomaininfo;
        struct xen_domctl_getpageframeinfo3 getpageframeinfo3;
        struct xen_domctl_nodeaffinity nodeaffinity;
        struct xen_domctl_vcpuaffinity vcpuaffinity;
        struct xen_domctl_shadow_op shadow_op;
        struct xen_domctl_max_mem max_mem;
        struct xen_domctl_vcpucontext vcpucontext;
        struct xen_domctl_getvcpuinfo getvcpuinfo;
        struct xen_domctl_max_vcpus max_vcpus;
        struct xen_domctl_scheduler_op scheduler_op;
        struct xen_domctl_setdomainhandle setdomainhandle;
        struct xen_domctl_setdebugging setdebugging;
        struct xen_domctl_irq_permission irq_permission;
        struct xen_domctl_iomem_permission iomem_permission;
        struct xen_domctl_ioport_permission ioport_permission;
        struct xen_domctl_hypercall_init hypercall_init;
        struct xen_domctl_settimeoffset settimeoffset;
        struct xen_domctl_tsc_info tsc_info;
        struct xen_domctl_address_size address_size;
        struct xen_domctl_sendtrigger sendtrigger;
        struct xen_domctl_get_device_group get_device_group;
        struct xen_domctl_assign_device assign_device;
        struct xen_domctl_memory_mapping memory_mapping;
        struct xen_domctl_ext_vcpucontext ext_vcpucontext;
        struct xen_domctl_set_target set_target;
        struct xen_domctl_subscribe subscribe;
        struct xen_domctl_debug_op debug_op;
        struct xen_domctl_cpu_policy cpu_policy;
        struct xen_domctl_vcpuextstate vcpuextstate;
        struct xen_domctl_vcpu_msrs vcpu_msrs;
        struct xen_domctl_set_virq_handler set_virq_handler;
        struct xen_domctl_vnuma vnuma;
        struct xen_domctl_paging_mempool paging_mempool;
        uint8_t pad[128];
    } u;
};
ABI_SIZE(struct xen_domctl, 144, 144);

#endif /* !__ASSEMBLER__ */
