/* SPDX-License-Identifier: MIT */
/*
 * dom0/layout.c: no two parts overlap, all are mapped that must be, and the
 * tables are as many as a walk needs; for many kernels, initrds and sizes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "dom0/layout.h"
#include "dom0/layout_check.h"

#define LINUX_BASE 0xffffffff80000000UL
#define MIB_PAGES  256UL

static const struct elf_kernel linux_kernel = {
    .paddr_end = 0x3400123,
    .virt_base = LINUX_BASE,
    .has_init_p2m = true,
    .init_p2m_va = 0x8000000000,
    .mod_start_pfn = true,
};

static void check(const struct elf_kernel *k, uint64_t initrd_bytes,
                  uint64_t nr_pages)
{
    struct dom0_layout l, again;
    const char *wrong;

    if (layout_compute(k, initrd_bytes, nr_pages, &l)) {
        wrong = layout_check(k, initrd_bytes, nr_pages, &l);
        if (wrong)
            fail_msg("base %#lx end %#lx initrd %#lx pages %#lx: %s",
                     k->virt_base, k->paddr_end, initrd_bytes, nr_pages, wrong);
        /* It needs no less. */
        if (!k->has_init_p2m || l.p2m_pages == (l.end_pfn * 8 + 4095) / 4096)
            assert_false(
                layout_compute(k, initrd_bytes, l.end_pfn - 1, &again) &&
                again.end_pfn == l.end_pfn);
    } else if (l.end_pfn) {
        assert_true(l.end_pfn > nr_pages);
    } else {
        /* Only for lack of addresses: there is about as much to map. */
        assert_true(k->virt_base &&
                    k->paddr_end + initrd_bytes + nr_pages * 9 + (8 << 20) >
                        -k->virt_base);
    }
}

static void test_many(void **unused)
{
    static const uint64_t ends[] = {1,          PAGE_SIZE,  0x3400123,
                                    0x10000000, 0x1fe00000, 0x40000000};
    static const uint64_t bases[] = {0, 0x40000000, 0xffff880000000000,
                                     0xffffffff00000000, LINUX_BASE};
    static const uint64_t initrds[] = {0, 1, 4096, 30000001, 300000000};
    static const uint64_t sizes[] = {1,    16,   100,  128,   511,      512,
                                     1024, 4096, 7919, 65536, 1UL << 21};

    (void)unused;
    for (unsigned e = 0; e < ARRAY_COUNT(ends); e++)
        for (unsigned b = 0; b < ARRAY_COUNT(bases); b++)
            for (unsigned i = 0; i < ARRAY_COUNT(initrds); i++)
                for (unsigned s = 0; s < ARRAY_COUNT(sizes); s++)
                    for (unsigned how = 0; how < 4; how++) {
                        struct elf_kernel k = linux_kernel;

                        k.paddr_end = ends[e];
                        k.virt_base = bases[b];
                        k.mod_start_pfn = how & 1;
                        k.has_init_p2m = how & 2;
                        k.init_p2m_va = 0x8000000000;
                        check(&k, initrds[i], sizes[s] * MIB_PAGES);
                    }
}

static void test_linux(void **unused)
{
    struct dom0_layout l;

    (void)unused;
    assert_true(layout_compute(&linux_kernel, 5000, 512 * MIB_PAGES, &l));
    assert_int_equal(l.start_info_pfn, 0x3401);
    assert_int_equal(l.tables_pfn, 0x3402);
    /* 52 MiB of kernel: an L4, an L3, an L2 and an L1 for each 2 MiB. */
    assert_int_equal(l.mapped_pages, 0x3800);
    assert_int_equal(l.tables, 3 + 0x3800 / 512);
    assert_int_equal(l.stack_pfn, 0x3402 + l.tables);
    assert_int_equal(l.initrd_pfn, 0x3800);
    assert_int_equal(l.initrd_pages, 2);
    assert_int_equal(l.p2m_pfn, 0x3802);
    assert_int_equal(l.p2m_pages, 256);
    assert_int_equal(l.p2m_tables, 3);
    assert_int_equal(l.end_pfn, 0x3802 + 256 + 3);
}

static void test_does_not_fit(void **unused)
{
    struct dom0_layout l;

    (void)unused;
    assert_false(layout_compute(&linux_kernel, 0, 32 * MIB_PAGES, &l));
    assert_true(l.end_pfn > 0x3400 && l.end_pfn < 64 * MIB_PAGES);
    assert_false(layout_compute(&linux_kernel, 1UL << 31, 512 * MIB_PAGES, &l));
    assert_true(l.end_pfn > 2048 * MIB_PAGES);
}

/* Tables at the edges of what they reach. */
static void test_tables(void **unused)
{
    (void)unused;
    assert_int_equal(layout_tables(0, 1, 1), 1);
    assert_int_equal(layout_tables(0, 512, 1), 1);
    assert_int_equal(layout_tables(0, 513, 1), 2);
    assert_int_equal(layout_tables(511 * PAGE_SIZE, 1, 1), 1);
    assert_int_equal(layout_tables(511 * PAGE_SIZE, 2, 1), 2);
    assert_int_equal(layout_tables(0x3fffffff & PAGE_MASK, 2, 2), 2);
    assert_int_equal(layout_tables(LINUX_BASE, 512 * 1024, 3), 1);
    assert_int_equal(layout_tables(LINUX_BASE, 512 * 1024, 2), 2);
    assert_int_equal(layout_tables(LINUX_BASE, 512 * 1024, 1), 1024);
}

/*
 * Mistake: nothing looked where the notes put the mappings. Effect: a base
 * near the top wrapped, and the search for the number of tables did not end; a
 * p2m in the kernel's slot took the kernel's mapping away. Check: refused,
 * with no size named.
 */
static void test_impossible_places(void **unused)
{
    static const struct {
        uint64_t base, p2m;
    } bad[] = {
        {0xfffffffffffff000, 0x8000000000},        /* wraps */
        {0xfffffffffe000000, 0x8000000000},        /* wraps, too */
        {0xffff800000000000, 0x8000000000},        /* the hypervisor's */
        {0xffff87ffffc00000, 0x8000000000},        /* in part */
        {0x7fffffc00000, 0x8000000000},            /* leaves the lower half */
        {0x800000000000, 0x8000000000},            /* not canonical */
        {LINUX_BASE, LINUX_BASE},                  /* the same slot */
        {LINUX_BASE, 0xffffff8000000000},          /* likewise */
        {LINUX_BASE, 0xfffffffffffff000},          /* wraps */
        {LINUX_BASE, 0xffff830000000000},          /* the hypervisor's */
        {LINUX_BASE, 0x7ffffffff000},              /* leaves the lower half */
        {0x8000000000 - 0x400000, 0x8000000000},   /* the mapping goes on */
        {0x8000000000, 0x8000000000 - 2 * 0x1000}, /* the p2m goes on */
    };
    struct elf_kernel k = linux_kernel;
    struct dom0_layout l;

    (void)unused;
    for (unsigned i = 0; i < ARRAY_COUNT(bad); i++) {
        k.virt_base = bad[i].base;
        k.init_p2m_va = bad[i].p2m;
        assert_false(layout_compute(&k, 0, 512 * MIB_PAGES, &l));
        assert_int_equal(l.end_pfn, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_linux),
        cmocka_unit_test(test_does_not_fit),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_impossible_places),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
