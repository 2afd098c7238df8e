/* SPDX-License-Identifier: MIT */
/*
 * cpu/descriptor.c over all patterns of type, S, DPL, P, AVL, L, D and G, and
 * random bases and limits: a guest keeps no present system descriptor, and no
 * present segment of a privilege but its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cpu/descriptor.h"

/* SDM vol. 3A, figure 3-8, by bit of the whole descriptor. */
#define TYPE_SHIFT 40
#define DPL_SHIFT  45
#define ACCESSED   (1UL << 40)
#define IS_SEGMENT (1UL << 44)
#define PRESENT    (1UL << 47)
#define DPL3       (3UL << DPL_SHIFT)
/* All that is neither base nor limit: type to P, and AVL to G. */
#define ATTRIBUTES 0x00f0ff0000000000UL

static uint64_t rng = 0x5eed;

static uint64_t next_random(void)
{
    rng ^= rng << 13;
    rng ^= rng >> 7;
    rng ^= rng << 17;
    return rng;
}

static void check(uint64_t desc)
{
    uint64_t fixed = desc;
    bool ok = descriptor_fix(&fixed);

    if (!(desc & PRESENT)) {
        assert_true(ok);
        assert_int_equal(fixed, desc);
    } else if (!(desc & IS_SEGMENT)) {
        assert_false(ok);
        assert_int_equal(fixed, desc);
    } else {
        assert_true(ok);
        assert_int_equal(fixed, desc | DPL3 | ACCESSED);
    }
    /* What was made safe stays as it is. */
    if (ok) {
        uint64_t again = fixed;

        assert_true(descriptor_fix(&again));
        assert_int_equal(again, fixed);
    }
}

static void test_all_attributes(void **unused)
{
    (void)unused;
    for (unsigned bits = 0; bits < 4096; bits++) {
        uint64_t attributes =
            (uint64_t)(bits & 0xff) << 40 | (uint64_t)(bits >> 8) << 52;

        check(attributes);
        for (unsigned i = 0; i < 16; i++)
            check(attributes | (next_random() & ~ATTRIBUTES));
    }
}

static void test_known(void **unused)
{
    uint64_t null = 0, code = 0x00af9a000000ffff, data = 0x00cf92000000ffff;
    uint64_t conforming = 0x00af9e000000ffff;
    uint64_t tss = 0x0000890000000067, gate = 0x00008e0000100000;
    uint64_t call = 0x0000ec0000100000, ldt = 0x000082000000ffff;

    (void)unused;
    assert_true(descriptor_fix(&null));
    assert_int_equal(null, 0);
    assert_true(descriptor_fix(&code));
    assert_int_equal(code, 0x00affb000000ffff);
    assert_true(descriptor_fix(&data));
    assert_int_equal(data, 0x00cff3000000ffff);
    assert_true(descriptor_fix(&conforming));
    assert_int_equal(conforming, 0x00afff000000ffff);
    assert_false(descriptor_fix(&tss));
    assert_false(descriptor_fix(&gate));
    assert_false(descriptor_fix(&call));
    assert_false(descriptor_fix(&ldt));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_attributes),
        cmocka_unit_test(test_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
