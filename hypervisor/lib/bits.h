/* SPDX-License-Identifier: MIT */
/* Bit operations on words and on bitmaps of 64-bit words. */
#pragma once

#include "lib/atomic.h"

#define BIT(n)             (1UL << (n))
#define BITMAP_WORDS(bits) (((bits) + 63) / 64)

static inline bool bit_test(const void *map, size_t n)
{
    const uint8_t *p = map;

    return READ_ONCE(p[n / 8]) >> (n % 8) & 1;
}

static inline void bit_set(uint64_t *map, size_t n)
{
    map[n / 64] |= 1ULL << (n % 64);
}

static inline void bit_clear(uint64_t *map, size_t n)
{
    map[n / 64] &= ~(1ULL << (n % 64));
}

/* Atomic; return the bit's former value. */
static inline bool bit_test_and_set(uint64_t *map, size_t n)
{
    return atomic_or(&map[n / 64], 1ULL << (n % 64)) >> (n % 64) & 1;
}

static inline bool bit_test_and_clear(uint64_t *map, size_t n)
{
    return atomic_and(&map[n / 64], ~(1ULL << (n % 64))) >> (n % 64) & 1;
}

/* Index of the lowest set bit; x must not be 0. */
static inline unsigned bit_first(uint64_t x)
{
    return (unsigned)__builtin_ctzll(x);
}

/* Index of the highest set bit; x must not be 0. */
static inline unsigned bit_last(uint64_t x)
{
    return 63 - (unsigned)__builtin_clzll(x);
}

/* First set bit at or after `from`, or `bits` when there is none. */
static inline size_t bitmap_next(const uint64_t *map, size_t bits, size_t from)
{
    while (from < bits) {
        uint64_t w = READ_ONCE(map[from / 64]) >> (from % 64);

        if (w) {
            from += bit_first(w);
            return from < bits ? from : bits;
        }
        from = (from / 64 + 1) * 64;
    }
    return bits;
}

/* Set of CPUs by index. */
struct cpumask {
    uint64_t w[BITMAP_WORDS(CONFIG_NR_CPUS)];
};

#define CPUMASK_FOR_EACH(cpu, mask)                                   \
    for ((cpu) = (unsigned)bitmap_next((mask)->w, CONFIG_NR_CPUS, 0); \
         (cpu) < CONFIG_NR_CPUS;                                      \
         (cpu) = (unsigned)bitmap_next((mask)->w, CONFIG_NR_CPUS, (cpu) + 1))
