/* SPDX-License-Identifier: MIT */
/*
 * memory_op(cmd, arg): a domain's frames. Bits 6 and up of cmd must be 0.
 * An extent is 2^order frames, named by its first.
 */
#pragma once

#include "physdev.h"
#include "xen.h"

/* memory_op.cmd; in brackets the argument. */
#define XENMEM_increase_reservation       0  /* [memory_reservation] */
#define XENMEM_decrease_reservation       1  /* [memory_reservation] */
#define XENMEM_maximum_ram_page           2  /* returns the last mfn */
#define XENMEM_current_reservation        3  /* [memory_domain] frames */
#define XENMEM_maximum_reservation        4  /* [memory_domain] frames */
#define XENMEM_machphys_mfn_list          5  /* [machphys_mfn_list] */
#define XENMEM_populate_physmap           6  /* [memory_reservation] */
#define XENMEM_add_to_physmap             7  /* [add_to_physmap] */
#define XENMEM_memory_map                 9  /* [memory_map] caller's */
#define XENMEM_machine_memory_map         10 /* [memory_map] the host's */
#define XENMEM_exchange                   11 /* [memory_exchange] */
#define XENMEM_machphys_mapping           12 /* [machphys_mapping] */
#define XENMEM_set_memory_map             13 /* [foreign_memory_map] */
#define XENMEM_maximum_gpfn               14 /* [memory_domain] last pfn */
#define XENMEM_remove_from_physmap        15 /* [remove_from_physmap] */
#define XENMEM_set_pod_target             16
#define XENMEM_get_pod_target             17
#define XENMEM_get_sharing_freed_pages    18 /* returns 0 */
#define XENMEM_get_sharing_shared_pages   19 /* returns 0 */
#define XENMEM_paging_op                  20
#define XENMEM_access_op                  21
#define XENMEM_sharing_op                 22
#define XENMEM_add_to_physmap_batch       23 /* [add_to_physmap_batch] */
#define XENMEM_claim_pages                24 /* [memory_reservation] */
#define XENMEM_machphys_compat_mfn_list   25 /* [machphys_mfn_list] */
#define XENMEM_get_vnumainfo              26 /* [vnuma_topology_info] */
#define XENMEM_reserved_device_memory_map 27 /* [reserved_device_memory_map] */
#define XENMEM_acquire_resource           28 /* [mem_acquire_resource] */

/* xen_memory_reservation.mem_flags */
#define XENMEMF_address_bits(x)     (x) /* frames below 2^x bytes, 0: any */
#define XENMEMF_get_address_bits(x) ((x)&0xff)
#define XENMEMF_node(x)             (((x) + 1) << 8) /* prefer this node */
#define XENMEMF_get_node(x)         ((((x) >> 8) - 1) & 0xff)
#define XENMEMF_populate_on_demand  (1 << 16)
#define XENMEMF_exact_node_request  (1 << 17) /* this node or fail */
#define XENMEMF_vnode               (1 << 18) /* the node is a virtual one */
/* Of this node, or fail. */
#define XENMEMF_exact_node(n) (XENMEMF_node(n) | XENMEMF_exact_node_request)

/* xen_add_to_physmap.space; auto-translated guests only. */
#define XENMAPSPACE_shared_info      0
#define XENMAPSPACE_grant_table      1
#define XENMAPSPACE_gmfn             2
#define XENMAPSPACE_gmfn_range       3
#define XENMAPSPACE_gmfn_foreign     4
#define XENMAPSPACE_dev_mmio         5
#define XENMAPIDX_grant_table_status 0x80000000

/* xen_mem_acquire_resource.type, and .id for a grant table. */
#define XENMEM_resource_ioreq_server          0
#define XENMEM_resource_grant_table           1
#define XENMEM_resource_vmtrace_buf           2
#define XENMEM_resource_grant_table_id_shared 0
#define XENMEM_resource_grant_table_id_status 1

/* xen_reserved_device_memory_map.flags: of all devices. */
#define XENMEM_RDM_ALL 1

#ifndef __ASSEMBLER__

struct xen_memory_reservation {
    XEN_GUEST_HANDLE(xen_pfn_t) extent_start; /* in and out, by op */
    xen_ulong_t nr_extents;
    unsigned int extent_order;
    unsigned int mem_flags; /* XENMEMF_* */
    domid_t domid;
};
ABI_SIZE(struct xen_memory_reservation, 32, 20);

/* Give the frames of in, get new ones as out: all or none. */
struct xen_memory_exchange {
    struct xen_memory_reservation in;
    struct xen_memory_reservation out;
    xen_ulong_t nr_exchanged; /* out: extents of in; set 0 before */
};
ABI_SIZE(struct xen_memory_exchange, 72, 44);

struct xen_memory_domain {
    domid_t domid;
};
ABI_SIZE(struct xen_memory_domain, 2, 2);

/* The M2P as machine frames of 2 MiB each, for tools to map. */
struct xen_machphys_mfn_list {
    unsigned int max_extents; /* in: room in the list */
    XEN_GUEST_HANDLE(xen_pfn_t) extent_start;
    unsigned int nr_extents; /* out */
};
ABI_SIZE(struct xen_machphys_mfn_list, 24, 12);

/* The M2P in the caller's address space. */
struct xen_machphys_mapping {
    xen_ulong_t v_start;
    xen_ulong_t v_end;
    xen_ulong_t max_mfn; /* last valid index */
};
ABI_SIZE(struct xen_machphys_mapping, 24, 12);

struct xen_add_to_physmap {
    domid_t domid;
    uint16_t size;      /* frames, for gmfn_range */
    unsigned int space; /* XENMAPSPACE_* */
    xen_ulong_t idx;
    xen_pfn_t gpfn;
};
ABI_SIZE(struct xen_add_to_physmap, 24, 16);

struct xen_add_to_physmap_batch {
    domid_t domid;
    uint16_t space; /* XENMAPSPACE_* */
    uint16_t size;  /* entries */
    union xen_add_to_physmap_batch_extra {
        domid_t foreign_domid;
        uint16_t res0;
    } u;
    XEN_GUEST_HANDLE(xen_ulong_t) idxs;
    XEN_GUEST_HANDLE(xen_pfn_t) gpfns;
    XEN_GUEST_HANDLE(int) errs; /* out: 0 or a negative errno each */
};
ABI_SIZE(struct xen_add_to_physmap_batch, 32, 20);

struct xen_remove_from_physmap {
    domid_t domid;
    xen_pfn_t gpfn;
};
ABI_SIZE(struct xen_remove_from_physmap, 16, 8);

struct xen_memory_map {
    unsigned int nr_entries; /* in: room; out: entries */
    XEN_GUEST_HANDLE(struct e820entry) buffer;
};
ABI_SIZE(struct xen_memory_map, 16, 8);

struct xen_foreign_memory_map {
    domid_t domid;
    struct xen_memory_map map;
};
ABI_SIZE(struct xen_foreign_memory_map, 24, 12);

struct xen_pod_target {
    uint64_t target_pages;
    uint64_t tot_pages;
    uint64_t pod_cache_pages;
    uint64_t pod_entries;
    domid_t domid;
};
ABI_SIZE(struct xen_pod_target, 40, 36);

struct xen_reserved_device_memory {
    xen_pfn_t start_pfn;
    xen_ulong_t nr_pages;
};
ABI_SIZE(struct xen_reserved_device_memory, 16, 8);

struct xen_reserved_device_memory_map {
    uint32_t flags;          /* XENMEM_RDM_* */
    unsigned int nr_entries; /* in: room; out: entries */
    XEN_GUEST_HANDLE(struct xen_reserved_device_memory) buffer;
    union {
        struct physdev_pci_device pci;
    } dev;
};
ABI_SIZE(struct xen_reserved_device_memory_map, 24, 16);

/* Map hypervisor-owned frames, such as a grant table, into the tools. */
struct xen_mem_acquire_resource {
    domid_t domid;
    uint16_t type; /* XENMEM_resource_* */
    uint32_t id;
    uint32_t nr_frames; /* 0 with no list: out, how many there are */
    uint32_t pad;       /* 0 */
    uint64_t frame;     /* first index */
    XEN_GUEST_HANDLE(xen_pfn_t) frame_list; /* out: mfns */
};
ABI_SIZE(struct xen_mem_acquire_resource, 32, 28);

struct xen_vmemrange {
    uint64_t start; /* bytes, [start, end) */
    uint64_t end;
    unsigned int flags;
    unsigned int nid; /* virtual node */
};
ABI_SIZE(struct xen_vmemrange, 24, 24);

struct xen_vnuma_topology_info {
    domid_t domid;
    uint16_t pad;
    unsigned int nr_vnodes; /* in: room; out: how many, all three */
    unsigned int nr_vcpus;
    unsigned int nr_vmemranges;
    union {
        XEN_GUEST_HANDLE(unsigned int) h;
        uint64_t pad;
    } vdistance;
    union {
        XEN_GUEST_HANDLE(unsigned int) h;
        uint64_t pad;
    } vcpu_to_vnode;
    union {
        XEN_GUEST_HANDLE(struct xen_vmemrange) h;
        uint64_t pad;
    } vmemrange;
};
ABI_SIZE(struct xen_vnuma_topology_info, 40, 40);

#endif /* !__ASSEMBLER__ */
