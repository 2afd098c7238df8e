/* SPDX-License-Identifier: MIT */
/*
 * grant_table_op(cmd, args, count): one domain lets another map or copy its
 * frames. A grant is an entry in the granter's table; the number of the entry
 * is its reference. args is an array of count struct gnttab_NAME.
 */
#pragma once

#include "xen.h"

#define GNTTABOP_map_grant_ref     0
#define GNTTABOP_unmap_grant_ref   1
#define GNTTABOP_setup_table       2
#define GNTTABOP_dump_table        3
#define GNTTABOP_transfer          4
#define GNTTABOP_copy              5
#define GNTTABOP_query_size        6
#define GNTTABOP_unmap_and_replace 7
#define GNTTABOP_set_version       8
#define GNTTABOP_get_status_frames 9
#define GNTTABOP_get_version       10
#define GNTTABOP_swap_grant_ref    11
#define GNTTABOP_cache_flush       12

/* The first entries of a table belong to the tools. */
#define GNTTAB_NR_RESERVED_ENTRIES 8
#define GNTTAB_RESERVED_CONSOLE    0
#define GNTTAB_RESERVED_XENSTORE   1

/* flags of an entry: its type, */
#define GTF_invalid         0 /* no rights */
#define GTF_permit_access   1 /* domid may map or copy the frame */
#define GTF_accept_transfer 2 /* domid may give a frame */
#define GTF_transitive      3 /* version 2: another domain's grant */
#define GTF_type_mask       3
/* what the granter restricts, */
#define _GTF_readonly 2
#define GTF_readonly  (1 << _GTF_readonly)
#define _GTF_PWT      5
#define GTF_PWT       (1 << _GTF_PWT)
#define _GTF_PCD      6
#define GTF_PCD       (1 << _GTF_PCD)
#define _GTF_PAT      7
#define GTF_PAT       (1 << _GTF_PAT)
#define _GTF_sub_page 8 /* copy only, a part of the frame */
#define GTF_sub_page  (1 << _GTF_sub_page)
/* what the hypervisor reports while the grant is in use, */
#define _GTF_reading 3
#define GTF_reading  (1 << _GTF_reading)
#define _GTF_writing 4
#define GTF_writing  (1 << _GTF_writing)
/* and about a transfer. */
#define _GTF_transfer_committed 2
#define GTF_transfer_committed  (1 << _GTF_transfer_committed)
#define _GTF_transfer_completed 3
#define GTF_transfer_completed  (1 << _GTF_transfer_completed)

/* flags of a mapping */
#define _GNTMAP_device_map      0 /* for DMA: fills dev_bus_addr */
#define GNTMAP_device_map       (1 << _GNTMAP_device_map)
#define _GNTMAP_host_map        1 /* for the CPU, at host_addr */
#define GNTMAP_host_map         (1 << _GNTMAP_host_map)
#define _GNTMAP_readonly        2
#define GNTMAP_readonly         (1 << _GNTMAP_readonly)
#define _GNTMAP_application_map 3 /* user mode may use it too */
#define GNTMAP_application_map  (1 << _GNTMAP_application_map)
#define _GNTMAP_contains_pte    4 /* host_addr: machine address of the PTE */
#define GNTMAP_contains_pte     (1 << _GNTMAP_contains_pte)
#define _GNTMAP_guest_avail0    16 /* bits 16-18 go to PTE bits 9-11 */
#define GNTMAP_guest_avail_mask 0xffff0000

/* gnttab_copy.flags: the pointer holds a reference, not a frame number. */
#define _GNTCOPY_source_gref 0
#define GNTCOPY_source_gref  (1 << _GNTCOPY_source_gref)
#define _GNTCOPY_dest_gref   1
#define GNTCOPY_dest_gref    (1 << _GNTCOPY_dest_gref)

/* gnttab_cache_flush.op */
#define GNTTAB_CACHE_CLEAN       0x1
#define GNTTAB_CACHE_INVAL       0x2
#define GNTTAB_CACHE_SOURCE_GREF 0x80000000

/* status of an operation */
#define GNTST_okay              0
#define GNTST_general_error     (-1)
#define GNTST_bad_domain        (-2) /* no such domain */
#define GNTST_bad_gntref        (-3) /* reference out of range or unfit */
#define GNTST_bad_handle        (-4) /* handle out of range or unfit */
#define GNTST_bad_virt_addr     (-5) /* host_addr cannot be used */
#define GNTST_bad_dev_addr      (-6) /* dev_bus_addr does not match */
#define GNTST_no_device_space   (-7) /* IOMMU is full */
#define GNTST_permission_denied (-8)
#define GNTST_bad_page          (-9)  /* frame cannot be used */
#define GNTST_bad_copy_arg      (-10) /* copy leaves its frame */
#define GNTST_address_too_big   (-11) /* frame too high for its receiver */
#define GNTST_eagain            (-12) /* try again later */
#define GNTST_no_space          (-13) /* out of handles */

#ifndef __ASSEMBLER__

typedef uint32_t grant_ref_t;    /* index in the granter's table */
typedef uint32_t grant_handle_t; /* a mapping, in the mapper's records */
typedef uint16_t grant_status_t; /* version 2: GTF_reading, GTF_writing */

/* A table entry. The granter writes flags last. */
struct grant_entry_v1 {
    uint16_t flags; /* GTF_* */
    domid_t domid;  /* who is granted */
    uint32_t frame;
};
ABI_SIZE(struct grant_entry_v1, 8, 8);

struct grant_entry_header {
    uint16_t flags; /* GTF_* */
    domid_t domid;
};
ABI_SIZE(struct grant_entry_header, 4, 4);

union grant_entry_v2 {
    struct grant_entry_header hdr;
    struct {
        struct grant_entry_header hdr;
        uint32_t pad0;
        uint64_t frame;
    } full_page;
    struct {
        struct grant_entry_header hdr;
        uint16_t page_off; /* bytes */
        uint16_t length;   /* bytes */
        uint64_t frame;
    } sub_page;
    struct {
        struct grant_entry_header hdr;
        domid_t trans_domid;
        uint16_t pad0;
        grant_ref_t gref;
    } transitive;
    uint32_t __spacer[4];
};
ABI_SIZE(union grant_entry_v2, 16, 16);

struct gnttab_map_grant_ref {
    uint64_t host_addr; /* virtual address, or a PTE's machine one */
    uint32_t flags;     /* GNTMAP_* */
    grant_ref_t ref;
    domid_t dom;           /* granter */
    int16_t status;        /* out: GNTST_* */
    grant_handle_t handle; /* out */
    uint64_t dev_bus_addr; /* out */
};
ABI_SIZE(struct gnttab_map_grant_ref, 32, 32);

struct gnttab_unmap_grant_ref {
    uint64_t host_addr;    /* 0: leave the CPU's mapping */
    uint64_t dev_bus_addr; /* 0: leave the device's */
    grant_handle_t handle;
    int16_t status; /* out: GNTST_* */
};
ABI_SIZE(struct gnttab_unmap_grant_ref, 24, 24);

struct gnttab_setup_table {
    domid_t dom;
    uint32_t nr_frames;                     /* table frames wanted */
    int16_t status;                         /* out: GNTST_* */
    XEN_GUEST_HANDLE(xen_pfn_t) frame_list; /* out */
};
ABI_SIZE(struct gnttab_setup_table, 24, 16);

struct gnttab_dump_table {
    domid_t dom;
    int16_t status; /* out: GNTST_* */
};
ABI_SIZE(struct gnttab_dump_table, 4, 4);

struct gnttab_transfer {
    xen_pfn_t mfn;
    domid_t domid;
    grant_ref_t ref;
    int16_t status; /* out: GNTST_* */
};
ABI_SIZE(struct gnttab_transfer, 24, 16);

struct gnttab_copy {
    struct gnttab_copy_ptr {
        union {
            grant_ref_t ref;
            xen_pfn_t gmfn;
        } u; /* which: GNTCOPY_* */
        domid_t domid;
        uint16_t offset; /* bytes */
    } source, dest;
    uint16_t len;   /* bytes, within both frames */
    uint16_t flags; /* GNTCOPY_* */
    int16_t status; /* out: GNTST_* */
};
ABI_SIZE(struct gnttab_copy, 40, 24);

struct gnttab_query_size {
    domid_t dom;
    uint32_t nr_frames;     /* out */
    uint32_t max_nr_frames; /* out */
    int16_t status;         /* out: GNTST_* */
};
ABI_SIZE(struct gnttab_query_size, 16, 16);

/* Moves the PTE of new_addr over the mapping at host_addr. */
struct gnttab_unmap_and_replace {
    uint64_t host_addr;
    uint64_t new_addr;
    grant_handle_t handle;
    int16_t status; /* out: GNTST_* */
};
ABI_SIZE(struct gnttab_unmap_and_replace, 24, 24);

struct gnttab_set_version {
    uint32_t version; /* in and out: 1 or 2 */
};
ABI_SIZE(struct gnttab_set_version, 4, 4);

struct gnttab_get_status_frames {
    uint32_t nr_frames;
    domid_t dom;
    int16_t status;                        /* out: GNTST_* */
    XEN_GUEST_HANDLE(uint64_t) frame_list; /* out */
};
ABI_SIZE(struct gnttab_get_status_frames, 16, 12);

struct gnttab_get_version {
    domid_t dom;
    uint16_t pad;
    uint32_t version; /* out */
};
ABI_SIZE(struct gnttab_get_version, 8, 8);

struct gnttab_swap_grant_ref {
    grant_ref_t ref_a;
    grant_ref_t ref_b;
    int16_t status; /* out: GNTST_* */
};
ABI_SIZE(struct gnttab_swap_grant_ref, 12, 12);

struct gnttab_cache_flush {
    union {
        uint64_t dev_bus_addr;
        grant_ref_t ref;
    } a;
    uint16_t offset; /* bytes, in the grant */
    uint16_t length; /* bytes */
    uint32_t op;     /* GNTTAB_CACHE_* */
};
ABI_SIZE(struct gnttab_cache_flush, 16, 16);

#endif /* !__ASSEMBLER__ */
