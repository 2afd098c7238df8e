/* SPDX-License-Identifier: MIT */
/*
 * Time arithmetic without division on the fast path: a ratio as a shift and a
 * 32-bit multiplier, in the form of the guest ABI's clock page, so that guests
 * and hypervisor compute the same nanosecond from the same TSC. Pure logic.
 */
#pragma once

#include "lib/types.h"

/* out = ((in << shift) * mul) >> 32; a negative shift shifts right. */
struct scale {
    uint32_t mul;
    int8_t shift;
};

/*
 * Multiplies by num/den, both nonzero, with a relative error below 2^-31 and
 * never upwards; exact when num/den is a power of two between 2^-31 and 2^31.
 */
struct scale scale_from_ratio(uint64_t num, uint64_t den);

static inline uint64_t scale_apply(struct scale s, uint64_t in)
{
    in = s.shift < 0 ? in >> -s.shift : in << s.shift;
    return (uint64_t)((unsigned __int128)in * s.mul >> 32);
}

/* a * b / c, rounded down, with the product in full; ~0 when it overflows. */
uint64_t scale_muldiv(uint64_t a, uint64_t b, uint64_t c);

/*
 * The roundest number in [value - slack, value + slack]: the one that is a
 * multiple of the largest power of ten; the nearest of several.
 */
uint64_t scale_roundest(uint64_t value, uint64_t slack);
