/* SPDX-License-Identifier: MIT */
/*
 * sysctl(op): what the toolstack asks of the whole host. In brackets the
 * member of xen_sysctl.u. A wrong interface_version gets -EACCES. The whole
 * of xen_sysctl is copied back. Layouts are the same in both widths.
 */
#pragma once

#include "domctl.h"
#include "physdev.h"
#include "xen.h"

#define XEN_SYSCTL_INTERFACE_VERSION      0x00000015

#define XEN_SYSCTL_readconsole            1 /* [readconsole] */
#define XEN_SYSCTL_tbuf_op                2
#define XEN_SYSCTL_physinfo               3 /* [physinfo] */
#define XEN_SYSCTL_sched_id               4 /* [sched_id] */
#define XEN_SYSCTL_perfc_op               5
#define XEN_SYSCTL_getdomaininfolist      6 /* [getdomaininfolist] */
#define XEN_SYSCTL_debug_keys             7 /* [debug_keys] */
#define XEN_SYSCTL_getcpuinfo             8 /* [getcpuinfo] */
#define XEN_SYSCTL_availheap              9 /* [availheap] */
#define XEN_SYSCTL_get_pmstat             10
#define XEN_SYSCTL_cpu_hotplug            11 /* [cpu_hotplug] */
#define XEN_SYSCTL_pm_op                  12
#define XEN_SYSCTL_page_offline_op        14
#define XEN_SYSCTL_lockprof_op            15
#define XEN_SYSCTL_cputopoinfo            16 /* [cputopoinfo] */
#define XEN_SYSCTL_numainfo               17 /* [numainfo] */
#define XEN_SYSCTL_cpupool_op             18 /* [cpupool_op] */
#define XEN_SYSCTL_scheduler_op           19 /* [scheduler_op] */
#define XEN_SYSCTL_coverage_op            20
#define XEN_SYSCTL_psr_cmt_op             21
#define XEN_SYSCTL_pcitopoinfo            22 /* [pcitopoinfo] */
#define XEN_SYSCTL_psr_alloc              23
#define XEN_SYSCTL_get_cpu_levelling_caps 25 /* [cpu_levelling_caps] */
#define XEN_SYSCTL_get_cpu_featureset     26 /* [cpu_featureset] */
#define XEN_SYSCTL_livepatch_op           27
#define XEN_SYSCTL_get_cpu_policy         29 /* [cpu_policy] */

/* xen_sysctl_physinfo.capabilities: what guests can be given. */
#define _XEN_SYSCTL_PHYSCAP_hvm                0
#define XEN_SYSCTL_PHYSCAP_hvm                 (1 << 0)
#define _XEN_SYSCTL_PHYSCAP_pv                 1
#define XEN_SYSCTL_PHYSCAP_pv                  (1 << 1)
#define _XEN_SYSCTL_PHYSCAP_directio           2 /* IOMMU */
#define XEN_SYSCTL_PHYSCAP_directio            (1 << 2)
#define _XEN_SYSCTL_PHYSCAP_hap                3
#define XEN_SYSCTL_PHYSCAP_hap                 (1 << 3)
#define _XEN_SYSCTL_PHYSCAP_shadow             4
#define XEN_SYSCTL_PHYSCAP_shadow              (1 << 4)
#define _XEN_SYSCTL_PHYSCAP_iommu_hap_pt_share 5
#define XEN_SYSCTL_PHYSCAP_iommu_hap_pt_share  (1 << 5)
#define XEN_SYSCTL_PHYSCAP_vmtrace             (1 << 6)
#define XEN_SYSCTL_PHYSCAP_vpmu                (1 << 7)
#define XEN_SYSCTL_PHYSCAP_gnttab_v1           (1 << 8)
#define XEN_SYSCTL_PHYSCAP_gnttab_v2           (1 << 9)
#define XEN_SYSCTL_PHYSCAP_MAX                 XEN_SYSCTL_PHYSCAP_gnttab_v2

/* xen_sysctl_cpu_hotplug.op */
#define XEN_SYSCTL_CPU_HOTPLUG_ONLINE      0
#define XEN_SYSCTL_CPU_HOTPLUG_OFFLINE     1
#define XEN_SYSCTL_CPU_HOTPLUG_SMT_ENABLE  2
#define XEN_SYSCTL_CPU_HOTPLUG_SMT_DISABLE 3

/* Not known, or not there, in topology answers. */
#define XEN_INVALID_CORE_ID   0xffffffff
#define XEN_INVALID_SOCKET_ID 0xffffffff
#define XEN_INVALID_NODE_ID   0xffffffff
#define XEN_INVALID_NODE_DIST 0xffffffff
#define XEN_INVALID_MEM_SZ    0xffffffff
#define XEN_INVALID_DEV       (XEN_INVALID_NODE_ID - 1)

/* xen_sysctl_cpupool_op.op; in brackets the fields used. */
#define XEN_SYSCTL_CPUPOOL_OP_CREATE     1 /* [pool, sched] */
#define XEN_SYSCTL_CPUPOOL_OP_DESTROY    2 /* [pool] */
#define XEN_SYSCTL_CPUPOOL_OP_INFO       3 /* [pool] this or the next one */
#define XEN_SYSCTL_CPUPOOL_OP_ADDCPU     4 /* [pool, cpu] */
#define XEN_SYSCTL_CPUPOOL_OP_RMCPU      5 /* [pool, cpu] */
#define XEN_SYSCTL_CPUPOOL_OP_MOVEDOMAIN 6 /* [domid, pool] */
#define XEN_SYSCTL_CPUPOOL_OP_FREEINFO   7 /* CPUs in no pool */
#define XEN_SYSCTL_CPUPOOL_PAR_ANY       0xFFFFFFFF /* choose one */

/* xen_sysctl_scheduler_op.cmd, and limits of its parameters. */
#define XEN_SYSCTL_SCHEDOP_putinfo       0
#define XEN_SYSCTL_SCHEDOP_getinfo       1
#define XEN_SYSCTL_SCHED_RATELIMIT_MIN   100    /* us */
#define XEN_SYSCTL_SCHED_RATELIMIT_MAX   500000 /* us */
#define XEN_SYSCTL_CSCHED_TSLICE_MIN     1      /* ms */
#define XEN_SYSCTL_CSCHED_TSLICE_MAX     1000   /* ms */
#define XEN_SYSCTL_CSCHED_MGR_DLY_MAX_US 100000

/* xen_sysctl_cpu_levelling_caps.caps: CPUID can be faked for PV users. */
#define XEN_SYSCTL_CPU_LEVELCAP_faulting    (1 << 0)
#define XEN_SYSCTL_CPU_LEVELCAP_ecx         (1 << 1)
#define XEN_SYSCTL_CPU_LEVELCAP_edx         (1 << 2)
#define XEN_SYSCTL_CPU_LEVELCAP_extd_ecx    (1 << 3)
#define XEN_SYSCTL_CPU_LEVELCAP_extd_edx    (1 << 4)
#define XEN_SYSCTL_CPU_LEVELCAP_xsave_eax   (1 << 5)
#define XEN_SYSCTL_CPU_LEVELCAP_thermal_ecx (1 << 6)
#define XEN_SYSCTL_CPU_LEVELCAP_l7s0_eax    (1 << 7)
#define XEN_SYSCTL_CPU_LEVELCAP_l7s0_ebx    (1 << 8)

/* xen_sysctl_cpu_featureset.index */
#define XEN_SYSCTL_cpu_featureset_raw     0
#define XEN_SYSCTL_cpu_featureset_host    1
#define XEN_SYSCTL_cpu_featureset_pv      2
#define XEN_SYSCTL_cpu_featureset_hvm     3
#define XEN_SYSCTL_cpu_featureset_pv_max  4
#define XEN_SYSCTL_cpu_featureset_hvm_max 5

/* xen_sysctl_cpu_policy.index */
#define XEN_SYSCTL_cpu_policy_raw         0
#define XEN_SYSCTL_cpu_policy_host        1
#define XEN_SYSCTL_cpu_policy_pv_max      2
#define XEN_SYSCTL_cpu_policy_hvm_max     3
#define XEN_SYSCTL_cpu_policy_pv_default  4
#define XEN_SYSCTL_cpu_policy_hvm_default 5

#ifndef __ASSEMBLER__

struct xen_sysctl_readconsole {
    uint8_t clear;       /* 1: forget what was read */
    uint8_t incremental; /* 1: start at index */
    uint8_t pad0;
    uint8_t pad1;
    uint32_t index; /* out: where to go on */
    XEN_GUEST_HANDLE_64(char) buffer;
    uint32_t count; /* bytes, in and out */
};
ABI_SIZE(struct xen_sysctl_readconsole, 24, 24);

struct xen_sysctl_physinfo {
    uint32_t threads_per_core;
    uint32_t cores_per_socket;
    uint32_t nr_cpus; /* online */
    uint32_t max_cpu_id;
    uint32_t nr_nodes; /* online */
    uint32_t max_node_id;
    uint32_t cpu_khz;
    uint32_t capabilities; /* XEN_SYSCTL_PHYSCAP_* */
    uint32_t arch_capabilities;
    uint32_t pad;
    uint64_aligned_t total_pages;
    uint64_aligned_t free_pages;
    uint64_aligned_t scrub_pages;       /* free but not yet cleared */
    uint64_aligned_t outstanding_pages; /* claimed */
    uint64_aligned_t max_mfn;
    uint32_t hw_cap[8]; /* feature words */
};
ABI_SIZE(struct xen_sysctl_physinfo, 112, 112);

struct xen_sysctl_sched_id {
    uint32_t sched_id; /* XEN_SCHEDULER_* */
};
ABI_SIZE(struct xen_sysctl_sched_id, 4, 4);

struct xen_sysctl_getdomaininfolist {
    domid_t first_domain;
    uint32_t max_domains; /* room */
    XEN_GUEST_HANDLE_64(struct xen_domctl_getdomaininfo) buffer;
    uint32_t num_domains; /* out */
};
ABI_SIZE(struct xen_sysctl_getdomaininfolist, 24, 24);

struct xen_sysctl_debug_keys {
    XEN_GUEST_HANDLE_64(const char) keys;
    uint32_t nr_keys;
};
ABI_SIZE(struct xen_sysctl_debug_keys, 16, 16);

struct xen_sysctl_cpuinfo {
    uint64_aligned_t idletime; /* ns */
};
ABI_SIZE(struct xen_sysctl_cpuinfo, 8, 8);

struct xen_sysctl_getcpuinfo {
    uint32_t max_cpus; /* room */
    XEN_GUEST_HANDLE_64(struct xen_sysctl_cpuinfo) info;
    uint32_t nr_cpus; /* out */
};
ABI_SIZE(struct xen_sysctl_getcpuinfo, 24, 24);

struct xen_sysctl_availheap {
    uint32_t min_bitwidth;        /* 0: any */
    uint32_t max_bitwidth;        /* 0: any */
    int32_t node;                 /* -1: all */
    uint64_aligned_t avail_bytes; /* out */
};
ABI_SIZE(struct xen_sysctl_availheap, 24, 24);

struct xen_sysctl_cpu_hotplug {
    uint32_t cpu;
    uint32_t op; /* XEN_SYSCTL_CPU_HOTPLUG_* */
};
ABI_SIZE(struct xen_sysctl_cpu_hotplug, 8, 8);

struct xen_sysctl_cputopo {
    uint32_t core;
    uint32_t socket;
    uint32_t node;
};
ABI_SIZE(struct xen_sysctl_cputopo, 12, 12);

struct xen_sysctl_cputopoinfo {
    uint32_t num_cpus; /* in: room; out: how many */
    XEN_GUEST_HANDLE_64(struct xen_sysctl_cputopo) cputopo;
};
ABI_SIZE(struct xen_sysctl_cputopoinfo, 16, 16);

struct xen_sysctl_meminfo {
    uint64_t memsize; /* bytes */
    uint64_t memfree; /* bytes */
};
ABI_SIZE(struct xen_sysctl_meminfo, 16, 16);

struct xen_sysctl_numainfo {
    uint32_t num_nodes; /* in: room; out: how many */
    XEN_GUEST_HANDLE_64(struct xen_sysctl_meminfo) meminfo;
    XEN_GUEST_HANDLE_64(uint32_t) distance; /* num_nodes squared */
};
ABI_SIZE(struct xen_sysctl_numainfo, 24, 24);

struct xen_sysctl_cpupool_op {
    uint32_t op; /* XEN_SYSCTL_CPUPOOL_OP_* */
    uint32_t cpupool_id;
    uint32_t sched_id; /* XEN_SCHEDULER_* */
    uint32_t domid;
    uint32_t cpu;
    uint32_t n_dom;              /* out */
    struct xenctl_bitmap cpumap; /* out */
};
ABI_SIZE(struct xen_sysctl_cpupool_op, 40, 40);

struct xen_sysctl_credit_schedule {
    uint32_t tslice_ms;
    uint32_t ratelimit_us; /* 0: none */
    uint32_t vcpu_migr_delay_us;
};
ABI_SIZE(struct xen_sysctl_credit_schedule, 12, 12);

struct xen_sysctl_credit2_schedule {
    uint32_t ratelimit_us; /* 0: none */
};
ABI_SIZE(struct xen_sysctl_credit2_schedule, 4, 4);

struct xen_sysctl_scheduler_op {
    uint32_t cpupool_id;
    uint32_t sched_id; /* XEN_SCHEDULER_* */
    uint32_t cmd;      /* XEN_SYSCTL_SCHEDOP_* */
    union {
        struct xen_sysctl_sched_arinc653 {
            XEN_GUEST_HANDLE_64(void) schedule;
        } sched_arinc653;
        struct xen_sysctl_credit_schedule sched_credit;
        struct xen_sysctl_credit2_schedule sched_credit2;
    } u;
};
ABI_SIZE(struct xen_sysctl_scheduler_op, 32, 32);

struct xen_sysctl_pcitopoinfo {
    uint32_t num_devs; /* in: entries; out: done */
    XEN_GUEST_HANDLE_64(struct physdev_pci_device) devs;
    XEN_GUEST_HANDLE_64(uint32_t) nodes; /* out */
};
ABI_SIZE(struct xen_sysctl_pcitopoinfo, 24, 24);

struct xen_sysctl_cpu_levelling_caps {
    uint32_t caps; /* XEN_SYSCTL_CPU_LEVELCAP_* */
};
ABI_SIZE(struct xen_sysctl_cpu_levelling_caps, 4, 4);

struct xen_sysctl_cpu_featureset {
    uint32_t index;       /* XEN_SYSCTL_cpu_featureset_* */
    uint32_t nr_features; /* words; in: room; out: how many */
    XEN_GUEST_HANDLE_64(uint32_t) features;
};
ABI_SIZE(struct xen_sysctl_cpu_featureset, 16, 16);

/* CPUID leaves and MSRs; no arrays: asks for the counts. */
struct xen_sysctl_cpu_policy {
    uint32_t index;     /* XEN_SYSCTL_cpu_policy_* */
    uint32_t nr_leaves; /* in: room; out: how many */
    uint32_t nr_msrs;
    uint32_t _rsvd; /* 0 */
    XEN_GUEST_HANDLE_64(struct xen_cpuid_leaf) leaves;
    XEN_GUEST_HANDLE_64(struct xen_msr_entry) msrs;
};
ABI_SIZE(struct xen_sysctl_cpu_policy, 32, 32);

struct xen_sysctl {
    uint32_t cmd;               /* XEN_SYSCTL_* */
    uint32_t interface_version; /* XEN_SYSCTL_INTERFACE_VERSION */
    union {
        struct xen_sysctl_readconsole readconsole;
        struct xen_sysctl_physinfo physinfo;
        struct xen_sysctl_cputopoinfo cputopoinfo;
        struct xen_sysctl_pcitopoinfo pcitopoinfo;
        struct xen_sysctl_numainfo numainfo;
        struct xen_sysctl_sched_id sched_id;
        struct xen_sysctl_getdomaininfolist getdomaininfolist;
        struct xen_sysctl_debug_keys debug_keys;
        struct xen_sysctl_getcpuinfo getcpuinfo;
        struct xen_sysctl_availheap availheap;
        struct xen_sysctl_cpu_hotplug cpu_hotplug;
        struct xen_sysctl_cpupool_op cpupool_op;
        struct xen_sysctl_scheduler_op scheduler_op;
        struct xen_sysctl_cpu_levelling_caps cpu_levelling_caps;
        struct xen_sysctl_cpu_featureset cpu_featureset;
        struct xen_sysctl_cpu_policy cpu_policy;
        uint8_t pad[128];
    } u;
};
ABI_SIZE(struct xen_sysctl, 136, 136);

#endif /* !__ASSEMBLER__ */
