/* SPDX-License-Identifier: MIT */
/*
 * boot/memmap.c: the result is sorted and free of overlaps, and at every
 * address has the strongest type that any region given there has.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "boot/memmap.h"

static uint64_t rng = 0x5eed;

static uint64_t next_random(void)
{
    rng ^= rng << 13;
    rng ^= rng >> 7;
    rng ^= rng << 17;
    return rng;
}

static void test_typical(void **unused)
{
    struct mem_region map[BOOT_MEM_MAX] = {
        {0x100000, 0x7ee0000, MEM_RAM},     {0, 0x9fc00, MEM_RAM},
        {0x9fc00, 0x400, MEM_RESERVED},     {0xf0000, 0x10000, MEM_RESERVED},
        {0x7fe0000, 0x20000, MEM_ACPI},     {0xfffc0000, 0x40000, MEM_RESERVED},
        {0x100000000, 0x80000000, MEM_RAM}, {0x180000000, 0x1000, MEM_RAM},
    };
    static const struct mem_region want[] = {
        {0, 0x9fc00, MEM_RAM},
        {0x9fc00, 0x400, MEM_RESERVED},
        {0xf0000, 0x10000, MEM_RESERVED},
        {0x100000, 0x7ee0000, MEM_RAM},
        {0x7fe0000, 0x20000, MEM_ACPI},
        {0xfffc0000, 0x40000, MEM_RESERVED},
        {0x100000000, 0x80001000, MEM_RAM},
    };
    unsigned n = memmap_sanitize(map, 8, BOOT_MEM_MAX);

    (void)unused;
    assert_int_equal(n, ARRAY_COUNT(want));
    for (unsigned i = 0; i < n; i++) {
        assert_int_equal(map[i].base, want[i].base);
        assert_int_equal(map[i].size, want[i].size);
        assert_int_equal(map[i].type, want[i].type);
    }
    assert_int_equal(memmap_type(map, n, 0x9fbff), MEM_RAM);
    assert_int_equal(memmap_type(map, n, 0x9fc00), MEM_RESERVED);
    assert_int_equal(memmap_type(map, n, 0xa0000), MEM_RESERVED);
    assert_int_equal(memmap_type(map, n, 0x7fe0000), MEM_ACPI);
    assert_int_equal(memmap_type(map, n, 0x180000fff), MEM_RAM);
    assert_int_equal(memmap_type(map, n, 0x180001000), MEM_RESERVED);
    assert_int_equal(memmap_type(map, n, ~0UL), MEM_RESERVED);
}

static void test_dropped(void **unused)
{
    struct mem_region map[BOOT_MEM_MAX] = {
        {0x1000, 0, MEM_RAM},         /* empty */
        {~0xfffUL, 0x2000, MEM_RAM},  /* wraps */
        {0x2000, ~0UL, MEM_RESERVED}, /* wraps */
        {0x5000, 0x1000, MEM_RAM},
    };

    (void)unused;
    assert_int_equal(memmap_sanitize(map, 4, BOOT_MEM_MAX), 1);
    assert_int_equal(map[0].base, 0x5000);
    assert_int_equal(memmap_sanitize(map, 0, BOOT_MEM_MAX), 0);
}

/* RAM inside a reserved region, and a reserved hole in RAM. */
static void test_nested(void **unused)
{
    struct mem_region map[BOOT_MEM_MAX] = {
        {0x2000, 0x1000, MEM_RESERVED}, {0x1000, 0x9000, MEM_RAM},
        {0x4000, 0x2000, MEM_UNUSABLE}, {0x5000, 0x3000, MEM_NVS},
        {0x4800, 0x100, MEM_RAM},
    };
    unsigned n = memmap_sanitize(map, 5, BOOT_MEM_MAX);

    (void)unused;
    assert_int_equal(n, 6);
    assert_int_equal(memmap_type(map, n, 0x2fff), MEM_RESERVED);
    assert_int_equal(memmap_type(map, n, 0x3000), MEM_RAM);
    assert_int_equal(memmap_type(map, n, 0x4850), MEM_UNUSABLE);
    assert_int_equal(memmap_type(map, n, 0x5800), MEM_UNUSABLE);
    assert_int_equal(memmap_type(map, n, 0x6000), MEM_NVS);
    assert_int_equal(memmap_type(map, n, 0x8000), MEM_RAM);
    assert_int_equal(memmap_type(map, n, 0xa000), MEM_RESERVED);
}

/* What no longer fits is lost from the top, never given another type. */
static void test_no_room(void **unused)
{
    for (unsigned max = 1; max <= 8; max++) {
        struct mem_region map[BOOT_MEM_MAX];
        unsigned n;

        for (unsigned i = 0; i < 8; i++)
            map[i] = (struct mem_region){i * 0x2000, 0x1000, MEM_RAM};
        n = memmap_sanitize(map, 8, max);
        assert_int_equal(n, max);
        for (unsigned i = 0; i < n; i++) {
            assert_int_equal(map[i].base, i * 0x2000);
            assert_int_equal(map[i].size, 0x1000);
        }
    }
    (void)unused;
}

/* As many regions as there may be, all apart, and all overlapping. */
static void test_full(void **unused)
{
    struct mem_region map[BOOT_MEM_MAX];
    unsigned n;

    (void)unused;
    for (unsigned i = 0; i < BOOT_MEM_MAX; i++)
        map[i] =
            (struct mem_region){(BOOT_MEM_MAX - i) * 0x2000, 0x1000, MEM_RAM};
    n = memmap_sanitize(map, BOOT_MEM_MAX, BOOT_MEM_MAX);
    assert_int_equal(n, BOOT_MEM_MAX);
    for (unsigned i = 0; i < BOOT_MEM_MAX; i++)
        map[i] = (struct mem_region){i * 0x1000, 0x1000000 - i * 0x2000,
                                     i & 1 ? MEM_RAM : MEM_RESERVED};
    n = memmap_sanitize(map, BOOT_MEM_MAX, BOOT_MEM_MAX);
    assert_int_equal(n, 1);
    assert_int_equal(map[0].type, MEM_RESERVED);
}

/* ---- Against a map with one type per unit ---- */

#define UNITS 64
#define UNIT  0x1000UL

/* Weakest first; 0: nothing. 6 and 12 are types that we do not know. */
static unsigned rank(uint32_t type)
{
    static const uint32_t order[] = {0, MEM_RAM, MEM_ACPI, MEM_NVS};

    for (unsigned i = 0; i < ARRAY_COUNT(order); i++)
        if (type == order[i])
            return i;
    return type == MEM_UNUSABLE ? 5 : 4;
}

static void random_trial(void)
{
    static const uint32_t types[] = {
        MEM_RAM, MEM_RAM, MEM_RESERVED, MEM_ACPI, MEM_NVS, MEM_UNUSABLE, 6, 12};
    struct mem_region map[BOOT_MEM_MAX];
    unsigned ranks[UNITS] = {0}, count = next_random() % 20, n;
    uint64_t above = next_random() & 1 ? ~0UL - UNITS * UNIT + 1 - UNIT : 0;
    uint64_t end = 0;

    for (unsigned i = 0; i < count; i++) {
        unsigned first = next_random() % UNITS;
        unsigned units = next_random() % (UNITS - first + 1);
        uint32_t type = types[next_random() % ARRAY_COUNT(types)];

        map[i] = (struct mem_region){above + first * UNIT, units * UNIT, type};
        for (unsigned u = first; u < first + units; u++)
            ranks[u] = rank(type) > ranks[u] ? rank(type) : ranks[u];
    }
    n = memmap_sanitize(map, count, BOOT_MEM_MAX);
    for (unsigned i = 0; i < n; i++) {
        assert_true(map[i].size);
        assert_true(!i || map[i].base >= end);
        /* Neighbours differ. */
        assert_true(!i || map[i].base > end ||
                    rank(map[i].type) != rank(map[i - 1].type) ||
                    rank(map[i].type) == 4);
        end = map[i].base + map[i].size;
    }
    for (unsigned u = 0; u < UNITS; u++) {
        uint64_t at = above + u * UNIT + next_random() % UNIT;
        unsigned i = 0;

        while (i < n && (at < map[i].base || at - map[i].base >= map[i].size))
            i++;
        assert_int_equal(i < n ? rank(map[i].type) : 0, ranks[u]);
        assert_int_equal(memmap_type(map, n, at),
                         i < n ? map[i].type : MEM_RESERVED);
    }
}

static void test_random(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < 20000; i++)
        random_trial();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_typical), cmocka_unit_test(test_dropped),
        cmocka_unit_test(test_nested),  cmocka_unit_test(test_no_room),
        cmocka_unit_test(test_full),    cmocka_unit_test(test_random),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
