/* SPDX-License-Identifier: MIT */
/*
 * Types the whole ABI is written in, and the rule for the two widths.
 *
 * include/abi/ is the ABI of Xen 4.17 for x86 PV, in our own words: numbers,
 * layouts and names are those of the field (libxen-dev); tests/abi/compare
 * holds every one of them against /usr/include/xen.
 *
 * Width: ABI_BITS is 64 or 32 and follows the compiler's target. The layout
 * of a 32-bit guest is what these headers give under -m32. Three things
 * depend on it and nothing else: xen_ulong_t (a guest's long), a guest handle
 * (a guest's pointer), and the alignment of uint64_t (4 on i386). A field
 * that must look the same in both is uint64_aligned_t or
 * XEN_GUEST_HANDLE_64(); domctl and sysctl use only those.
 * A 64-bit build that also serves 32-bit guests includes compat.h, which
 * tests/abi/make-compat writes from these same headers: each struct whose
 * layout depends on the width appears there as struct compat_NAME.
 *
 * Rules for every file here: nothing is included from outside; no integer
 * suffixes, so that constants work in assembly too (C is under
 * !__ASSEMBLER__); ABI_SIZE() after each struct whose size both sides must
 * agree on.
 */
#pragma once

#if defined(__x86_64__)
#define ABI_BITS 64
#elif defined(__i386__)
#define ABI_BITS 32
#else
#error "the ABI is x86 only"
#endif

#ifndef __ASSEMBLER__

/* The same types as <stdint.h>: C11 lets both declare them. */
typedef __INT8_TYPE__ int8_t;
typedef __INT16_TYPE__ int16_t;
typedef __INT32_TYPE__ int32_t;
typedef __INT64_TYPE__ int64_t;
typedef __UINT8_TYPE__ uint8_t;
typedef __UINT16_TYPE__ uint16_t;
typedef __UINT32_TYPE__ uint32_t;
typedef __UINT64_TYPE__ uint64_t;

/* 8-byte aligned in both widths. */
typedef int64_t int64_aligned_t __attribute__((aligned(8)));
typedef uint64_t uint64_aligned_t __attribute__((aligned(8)));

typedef unsigned long xen_ulong_t; /* a guest's long: ABI_BITS wide */
typedef unsigned long xen_pfn_t;   /* frame number: pfn, gfn or mfn */
#define PRI_xen_ulong "lx"
#define PRI_xen_pfn   "lx"
#define PRIu_xen_pfn  "lu"

typedef uint16_t domid_t;                /* domain id, see DOMID_* */
typedef uint8_t xen_domain_handle_t[16]; /* a domain's UUID */

/*
 * A guest handle is a guest virtual address kept as a plain integer, so that
 * it cannot be dereferenced by mistake; its argument only documents what lies
 * there. The _64 form is 8 bytes wide in both widths.
 */
#define XEN_GUEST_HANDLE(type)         xen_ulong_t
#define XEN_GUEST_HANDLE_64(type)      uint64_aligned_t
#define set_xen_guest_handle(hnd, ptr) ((hnd) = (xen_ulong_t)(ptr))

/* Size of a struct in bytes, in the 64-bit and in the 32-bit ABI. */
#define ABI_SIZE(type, size64, size32)                                     \
    _Static_assert(sizeof(type) == (ABI_BITS == 64 ? (size64) : (size32)), \
                   "ABI size of " #type)

#endif /* !__ASSEMBLER__ */
