/* SPDX-License-Identifier: MIT */
/*
 * The allocator and the boot memory map: random use against a map of who has
 * which frame, and by cases.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cpu/layout.h"
#include "lib/boot_info.h"
#include "lib/types.h"
#include "machine.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "mm/map.h"
#include "mm/memory_map.h"

#define BLOCKS 64

static uint8_t taken[MACHINE_FRAMES]; /* number of the block that has it */
static struct block {
    mfn_t mfn;
    unsigned order;
    bool used;
} blocks[BLOCKS];

static void take(unsigned b)
{
    unsigned order = machine_random(5);
    /* RAM starts at 1 MiB: this width leaves the lower half of it. */
    unsigned bits = machine_random(4) ? HEAP_BITS_ANY : 21;

    if (heap_take(order, bits, 0, &blocks[b].mfn))
        return;
    assert_int_equal(blocks[b].mfn.v % (1UL << order), 0);
    for (uint64_t i = 0; i < 1UL << order; i++) {
        uint64_t mfn = blocks[b].mfn.v + i;

        assert_true(memory_map_is_ram(MFN(mfn)));
        assert_true(bits == HEAP_BITS_ANY || mfn < 1UL << (21 - PAGE_SHIFT));
        assert_int_equal(taken[mfn - MACHINE_FIRST], 0);
        taken[mfn - MACHINE_FIRST] = (uint8_t)(b + 1);
    }
    blocks[b].order = order;
    blocks[b].used = true;
}

static void give(unsigned b)
{
    for (uint64_t i = 0; i < 1UL << blocks[b].order; i++) {
        uint64_t f = blocks[b].mfn.v + i - MACHINE_FIRST;

        assert_int_equal(taken[f], b + 1);
        taken[f] = 0;
    }
    heap_give(blocks[b].mfn, blocks[b].order, TLB_STAMP_NONE);
    blocks[b].used = false;
}

static void blocks_at_random(void **state)
{
    uint64_t all = heap_free_count();

    (void)state;
    machine_seed(7);
    for (unsigned i = 0; i < 20000; i++) {
        unsigned b = machine_random(BLOCKS), out = 0;

        if (blocks[b].used)
            give(b);
        else
            take(b);
        for (unsigned f = 0; f < MACHINE_FRAMES; f++)
            out += taken[f] != 0;
        assert_int_equal(heap_free_count(), all - out);
        if (i % 16 == 0)
            assert_true(heap_check());
    }
    for (unsigned b = 0; b < BLOCKS; b++)
        if (blocks[b].used)
            give(b);
    assert_true(heap_check());
    assert_int_equal(heap_free_count(), all);
}

static void objects_at_random(void **state)
{
    static struct {
        uint8_t *p;
        size_t bytes;
    } o[100];
    uint64_t all = heap_free_count();

    (void)state;
    for (unsigned i = 0; i < 20000; i++) {
        unsigned n = machine_random(ARRAY_COUNT(o));

        if (o[n].p) {
            for (size_t j = 0; j < o[n].bytes; j++)
                assert_int_equal(o[n].p[j], n);
            heap_free(o[n].p);
            o[n].p = NULL;
            continue;
        }
        o[n].bytes =
            machine_random(8) ? machine_random(300) : machine_random(10000);
        o[n].p = heap_alloc(o[n].bytes);
        if (!o[n].p)
            continue;
        for (size_t j = 0; j < o[n].bytes; j++)
            assert_int_equal(o[n].p[j], 0);
        memset(o[n].p, (int)n, o[n].bytes);
    }
    for (unsigned n = 0; n < ARRAY_COUNT(o); n++)
        heap_free(o[n].p);
    assert_true(heap_check());
    assert_int_equal(heap_free_count(), all);
}

static void limits(void **state)
{
    uint64_t claim = 0, all = heap_free_count();
    mfn_t mfn;

    (void)state;
    assert_null(heap_alloc(3UL << 20));
    assert_int_not_equal(heap_take(0, PAGE_SHIFT, 0, &mfn), 0);
    assert_int_not_equal(heap_take(0, 3, 0, &mfn), 0);
    assert_int_not_equal(heap_take(HEAP_ORDER_MAX + 1, 64, 0, &mfn), 0);
    assert_int_not_equal(heap_take(0, HEAP_BITS_ANY, all, &mfn), 0);
    assert_int_not_equal(heap_claim(&claim, all + 1), 0);
    assert_int_equal(heap_claim(&claim, all), 0);
    assert_int_equal(heap_claimed_by_others(&claim), 0);
    assert_int_equal(heap_claimed_by_others(&(uint64_t){0}), all);
    heap_claim_use(&claim, 5);
    assert_int_equal(claim, all - 5);
    assert_int_equal(heap_claim(&claim, 0), 0);
    assert_int_equal(heap_claimed_by_others(&(uint64_t){0}), 0);
}

/*
 * A block leaves after a flush by the CPUs that ran a guest and did not flush
 * since any of its frames came back; others are left alone.
 */
static void flushed_before_reuse(void **state)
{
    tlb_stamp_t stamp;
    mfn_t block;

    (void)state;
    for (unsigned late = 0; late < 2; late++) {
        assert_int_equal(heap_take(1, HEAP_BITS_ANY, 0, &block), 0);
        machine_cpu = 1;
        tlb_load_root(PADDR(0x1000));
        machine_cpu = 2;
        tlb_load_root(virt_to_paddr(map_root));
        machine_cpu = 0;
        stamp = tlb_stamp_now();
        heap_give(MFN(block.v + late), 0, stamp);
        heap_give(MFN(block.v + !late), 0, TLB_STAMP_NONE);
        memset(machine_flushes, 0, sizeof(machine_flushes));
        assert_int_equal(heap_take(1, HEAP_BITS_ANY, 0, &block), 0);
        assert_int_equal(machine_flushes[1], 1);
        assert_int_equal(machine_flushes[2], 0);
        heap_give(block, 1, stamp);
        assert_int_equal(heap_take(1, HEAP_BITS_ANY, 0, &block), 0);
        assert_int_equal(machine_flushes[1], 1);
        heap_give(block, 1, TLB_STAMP_NONE);
    }
}

/* ---- The boot memory map ---- */

static struct boot_info map_of(const struct mem_region *m, unsigned n)
{
    struct boot_info info = {.map_count = n};

    memcpy(info.map, m, n * sizeof(*m));
    return info;
}

static void ranges_of_boot_memory(void **state)
{
    const struct mem_region m[] = {
        {0, 0x9fc00, MEM_RAM},
        {0x9fc00, 0x400, MEM_RESERVED},
        {0x100000, 0x7ee0000 - 0x800, MEM_RAM},
        {0x100000000, 0x1000800, MEM_RAM},
    };
    struct boot_info info = map_of(m, ARRAY_COUNT(m));
    static struct mem_ranges r;
    uint64_t pa;

    (void)state;
    info.module_count = 1;
    info.modules[0].start = 0x500010;
    info.modules[0].end = 0x600010;
    memory_map_free_ranges(&info, 0x301234, &r);
    assert_int_equal(r.count, 4);
    assert_int_equal(r.range[0].start, 0x100000);
    assert_int_equal(r.range[0].end, 0x200000);
    assert_int_equal(r.range[1].start, 0x302000);
    assert_int_equal(r.range[1].end, 0x500000);
    assert_int_equal(r.range[2].start, 0x601000);
    assert_int_equal(r.range[2].end, 0x7fdf000);
    assert_int_equal(r.range[3].start, 0x100000000);
    assert_int_equal(r.range[3].end, 0x101000000);

    pa = memory_map_take(&r, 0x1000, 0x1000, 0x100000000);
    assert_int_equal(pa, 0x7fde000);
    pa = memory_map_take(&r, 0x200000, 0x200000, ~0UL);
    assert_int_equal(pa, 0x100e00000);
    pa = memory_map_take(&r, 0x3000, 0x1000, 0x400000);
    assert_int_equal(pa, 0x3fd000);
    assert_int_equal(memory_map_take(&r, 1UL << 32, 0x1000, ~0UL), 0);
    assert_int_equal(memory_map_take(&r, 0x1000, 0x1000, 0x100000), 0);
}

/* Whatever is taken out, what remains is what a bitmap says. */
static void excluding_at_random(void **state)
{
    static struct mem_ranges r;
    bool free[256];

    (void)state;
    for (unsigned round = 0; round < 300; round++) {
        r = (struct mem_ranges){.range = {{0, 256}}, .count = 1};
        memset(free, 1, sizeof(free));
        for (unsigned i = 0; i < 12; i++) {
            unsigned start = machine_random(256), n = machine_random(40), k = 0;

            memory_map_exclude(&r, start, start + n);
            for (unsigned f = start; f < start + n && f < 256; f++)
                free[f] = false;
            for (unsigned f = 0; f < 256; f++) {
                while (k < r.count && r.range[k].end <= f)
                    k++;
                assert_int_equal(free[f], k < r.count && r.range[k].start <= f);
            }
        }
    }
}

static int setup(void **state)
{
    (void)state;
    machine_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_at_random),
        cmocka_unit_test(objects_at_random),
        cmocka_unit_test(limits),
        cmocka_unit_test(flushed_before_reuse),
        cmocka_unit_test(ranges_of_boot_memory),
        cmocka_unit_test(excluding_at_random),
    };

    return cmocka_run_group_tests(tests, setup, NULL);
}
