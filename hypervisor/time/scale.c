/* SPDX-License-Identifier: MIT */
/* Time arithmetic: ratios as shift and multiplier. */
#include "time/scale.h"

uint64_t scale_muldiv(uint64_t a, uint64_t b, uint64_t c)
{
    unsigned __int128 rest = (unsigned __int128)a * b;
    uint64_t quotient = 0;

    /* The quotient has more than 64 bits (or c is 0). */
    if ((uint64_t)(rest >> 64) >= c)
        return ~0ULL;
    /* Long division: the compiler would call a library for `rest / c`. */
    for (int bit = 63; bit >= 0; bit--) {
        unsigned __int128 part = (unsigned __int128)c << bit;

        if (rest >= part) {
            rest -= part;
            quotient |= 1ULL << bit;
        }
    }
    return quotient;
}

struct scale scale_from_ratio(uint64_t num, uint64_t den)
{
    int shift = 0;

    /* Bring the ratio into [1/2, 1), so that all bits of `mul` count. */
    while (num >= den && shift < 31) {
        if (den >> 63)
            num >>= 1;
        else
            den <<= 1;
        shift++;
    }
    while (num < den - num && shift > -31) {
        if (num >> 63)
            den >>= 1;
        else
            num <<= 1;
        shift--;
    }
    return (struct scale){
        .mul = (uint32_t)scale_muldiv(num, 1ULL << 32, den),
        .shift = (int8_t)shift,
    };
}

uint64_t scale_roundest(uint64_t value, uint64_t slack)
{
    for (uint64_t unit = 1000000000; unit > 1; unit /= 10) {
        uint64_t below = value / unit * unit;
        uint64_t near =
            value - below < unit - (value - below) ? below : below + unit;

        if (near && (near > value ? near - value : value - near) <= slack)
            return near;
    }
    return value;
}
