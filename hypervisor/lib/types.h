/* SPDX-License-Identifier: MIT */
/*
 * Basic types and annotations that every room uses.
 *
 * Machine addresses are distinct types so that a frame number, a guest
 * pseudo-physical frame number and a byte address cannot be mixed up; at -O2
 * they cost nothing.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/config.h"

/* Machine frame number, pseudo-physical frame number, machine byte address. */
typedef struct {
    uint64_t v;
} mfn_t;
typedef struct {
    uint64_t v;
} pfn_t;
typedef struct {
    uint64_t v;
} paddr_t;

#define MFN(x)      ((mfn_t){(x)})
#define PFN(x)      ((pfn_t){(x)})
#define PADDR(x)    ((paddr_t){(x)})
#define INVALID_MFN MFN(~0ULL)

#define PAGE_SHIFT  12
#define PAGE_SIZE   (1UL << PAGE_SHIFT)
#define PAGE_MASK   (~(PAGE_SIZE - 1))

static inline bool mfn_eq(mfn_t a, mfn_t b)
{
    return a.v == b.v;
}

static inline paddr_t mfn_to_paddr(mfn_t mfn)
{
    return PADDR(mfn.v << PAGE_SHIFT);
}

static inline mfn_t paddr_to_mfn(paddr_t pa)
{
    return MFN(pa.v >> PAGE_SHIFT);
}

/* The caller must look at the result. */
#define MUST_CHECK __attribute__((warn_unused_result))
/*
 * The function may let other vCPUs run before it returns: no spinlock held, no
 * guest-access window open, not on an IST stack, no per-CPU pointer kept.
 */
#define MAY_YIELD
#define NORETURN          __attribute__((noreturn))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define UNUSED            __attribute__((unused))
#define ALWAYS_INLINE     inline __attribute__((always_inline))
#define NOINLINE          __attribute__((noinline))
#define PAGE_ALIGNED      __attribute__((aligned(4096)))
#define CACHE_ALIGNED     __attribute__((aligned(64)))
#define SECTION(s)        __attribute__((section(s), used))
/* Code and data of the boot only; given back to the allocator afterwards. */
#define INIT_TEXT __attribute__((section(".init.text"), noinline, cold))
#define INIT_DATA __attribute__((section(".init.data")))

#ifdef __CHECKER__
#define __guest __attribute__((noderef, address_space(1)))
#else
#define __guest
#endif

#define likely(x)      __builtin_expect(!!(x), 1)
#define unlikely(x)    __builtin_expect(!!(x), 0)
#define ARRAY_COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define CONTAINER_OF(p, type, member) \
    ((type *)((char *)(p)-offsetof(type, member)))
#define MIN(a, b)        ((a) < (b) ? (a) : (b))
#define MAX(a, b)        ((a) > (b) ? (a) : (b))
#define ROUND_UP(x, a)   (((x) + (a)-1) / (a) * (a))
#define ROUND_DOWN(x, a) ((x) / (a) * (a))

#define READ_ONCE(x)     (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))
