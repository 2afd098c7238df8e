/* SPDX-License-Identifier: MIT */
/*
 * xen_version(cmd, arg): who the hypervisor is and what it can do. A call
 * with XENVER_version also delivers the caller's pending upcall.
 */
#pragma once

#include "features.h"
#include "xen.h"

#define XENVER_version             0  /* returns major << 16 | minor */
#define XENVER_extraversion        1  /* xen_extraversion_t */
#define XENVER_compile_info        2  /* xen_compile_info */
#define XENVER_capabilities        3  /* xen_capabilities_info_t */
#define XENVER_changeset           4  /* xen_changeset_info_t */
#define XENVER_platform_parameters 5  /* xen_platform_parameters */
#define XENVER_get_features        6  /* xen_feature_info */
#define XENVER_pagesize            7  /* returns 4096 */
#define XENVER_guest_handle        8  /* xen_domain_handle_t */
#define XENVER_commandline         9  /* xen_commandline_t */
#define XENVER_build_id            10 /* xen_build_id; returns bytes */

#ifndef __ASSEMBLER__

/* Strings, ended by NUL. */
typedef char xen_extraversion_t[16];
typedef char xen_capabilities_info_t[1024]; /* "xen-3.0-x86_64 ..." */
typedef char xen_changeset_info_t[64];
typedef char xen_commandline_t[1024];
#define XEN_EXTRAVERSION_LEN      (sizeof(xen_extraversion_t))
#define XEN_CAPABILITIES_INFO_LEN (sizeof(xen_capabilities_info_t))
#define XEN_CHANGESET_INFO_LEN    (sizeof(xen_changeset_info_t))

struct xen_compile_info {
    char compiler[64];
    char compile_by[16];
    char compile_domain[32];
    char compile_date[32];
};
ABI_SIZE(struct xen_compile_info, 144, 144);

struct xen_platform_parameters {
    xen_ulong_t virt_start; /* lowest address of the hypervisor's hole */
};
ABI_SIZE(struct xen_platform_parameters, 8, 4);

struct xen_feature_info {
    unsigned int submap_idx; /* in: word to return */
    uint32_t submap;         /* out: bit n is feature 32 * idx + n */
};
ABI_SIZE(struct xen_feature_info, 8, 8);

struct xen_build_id {
    uint32_t len;        /* in: bytes in buf */
    unsigned char buf[]; /* out */
};
ABI_SIZE(struct xen_build_id, 4, 4);

#endif /* !__ASSEMBLER__ */
