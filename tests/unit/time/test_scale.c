/* SPDX-License-Identifier: MIT */
/* Time arithmetic against 128-bit division, which the hypervisor lacks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "time/scale.h"

#define GIGA 1000000000UL

static uint64_t random64(void)
{
    uint64_t v = 0;

    for (unsigned i = 0; i < 5; i++)
        v = v << 15 ^ (uint64_t)rand();
    return v >> (rand() % 64);
}

static void muldiv_is_exact(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 20000; i++) {
        uint64_t a = random64(), b = random64(), c = random64() | 1;
        unsigned __int128 q = (unsigned __int128)a * b / c;

        assert_int_equal(scale_muldiv(a, b, c), q >> 64 ? ~0UL : (uint64_t)q);
    }
    assert_int_equal(scale_muldiv(1, 1, 0), ~0UL);
    assert_int_equal(scale_muldiv(~0UL, ~0UL, ~0UL), ~0UL);
}

static void check_ratio(uint64_t num, uint64_t den)
{
    struct scale s = scale_from_ratio(num, den);

    assert_true(s.mul >= 1U << 31 || num < den >> 31);
    for (unsigned i = 0; i < 200; i++) {
        uint64_t in = random64() >> 16;
        unsigned __int128 exact = (unsigned __int128)in * num / den;
        uint64_t out;

        if (exact >> 62)
            continue;
        /* A right shift loses whole input ticks, but only so many. */
        out = scale_apply(s, in);
        assert_true(out <= exact);
        assert_true(exact - out <=
                    (exact >> 31) + 2 + (s.shift < 0 ? num / den + 1 : 0));
    }
}

static void ratios_are_close_and_never_fast(void **state)
{
    static const uint64_t hz[] = {100000000,  999999999,  GIGA,
                                  1000000001, 2596142000, 5000000000,
                                  3579545,    62500000,   19999999999};

    (void)state;
    for (unsigned i = 0; i < ARRAY_COUNT(hz); i++) {
        check_ratio(GIGA, hz[i]);
        check_ratio(hz[i], GIGA);
    }
}

static void powers_of_two_are_exact(void **state)
{
    (void)state;
    for (int shift = -20; shift <= 20; shift++) {
        uint64_t num = shift > 0 ? GIGA << shift : GIGA;
        uint64_t den = shift < 0 ? GIGA << -shift : GIGA;
        struct scale s = scale_from_ratio(num, den);

        for (unsigned i = 0; i < 100; i++) {
            uint64_t in = random64() >> 24;

            /* Inputs that the result can show in full. */
            if (shift < 0)
                in &= ~0UL << -shift;
            assert_int_equal(scale_apply(s, in),
                             shift < 0 ? in >> -shift : in << shift);
        }
    }
}

static void one_gigahertz_is_nanoseconds(void **state)
{
    struct scale s = scale_from_ratio(GIGA, GIGA);

    (void)state;
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t in = random64() >> 1;

        assert_int_equal(scale_apply(s, in), in);
    }
}

static void larger_in_is_never_smaller_out(void **state)
{
    struct scale s = scale_from_ratio(GIGA, 2596142000);

    (void)state;
    for (unsigned i = 0; i < 10000; i++) {
        uint64_t in = random64() >> 2;

        assert_true(scale_apply(s, in) <= scale_apply(s, in + 1));
    }
}

static void roundest_number(void **state)
{
    (void)state;
    assert_int_equal(scale_roundest(1000000003, 10), GIGA);
    assert_int_equal(scale_roundest(999999996, 10), GIGA);
    assert_int_equal(scale_roundest(2596142345, 3000), 2596140000);
    assert_int_equal(scale_roundest(2596142345, 100), 2596142300);
    assert_int_equal(scale_roundest(2596142345, 0), 2596142345);
    assert_int_equal(scale_roundest(15, 2), 15);
    assert_int_equal(scale_roundest(1249999999, 1), 1250000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(muldiv_is_exact),
        cmocka_unit_test(ratios_are_close_and_never_fast),
        cmocka_unit_test(powers_of_two_are_exact),
        cmocka_unit_test(one_gigahertz_is_nanoseconds),
        cmocka_unit_test(larger_in_is_never_smaller_out),
        cmocka_unit_test(roundest_number),
    };

    srand(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
