/* SPDX-License-Identifier: MIT */
/*
 * Random operations on frames and page tables, one at a time, each judged by
 * the reference model, and after each: every frame's counts against the model,
 * the TLBs of the fake machine, and (every few) the recounting checker.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/types.h"
#include "machine.h"
#include "mm/check.h"
#include "mm/domain_memory.h"
#include "mm/guest_pt.h"
#include "mm/heap.h"
#include "world.h"

#define STEPS 40000

static void random_operations(void **state)
{
    const char *steps = getenv("MM_STEPS"), *seed = getenv("MM_SEED");
    unsigned count = steps ? (unsigned)atoi(steps) : STEPS;
    uint64_t free_before;

    (void)state;
    machine_init();
    /* The checker keeps its memory. */
    assert_int_equal(check_run(), 0);
    free_before = heap_free_count();
    machine_seed(seed ? (uint64_t)atoi(seed) : 1);
    world_init();
    world.judge = true;
    for (unsigned i = 0; i < count; i++) {
        unsigned dom = machine_random(WORLD_DOMAINS);

        machine_cpu = machine_random(MACHINE_CPUS);
        if (!world_step(dom, machine_random(WORLD_VCPUS)) ||
            !world_is_right() || (i % 64 == 0 && check_run())) {
            fprintf(stderr, "step %u\n", i);
            fail();
        }
    }
    fprintf(stderr, "%u operations, %u succeeded\n", world.done,
            world.succeeded);
    /* Both outcomes are common, or the test shows little. */
    assert_true(world.succeeded > world.done / 5);
    assert_true(world.succeeded < world.done * 4 / 5);
    assert_true(world_end());
    assert_int_equal(heap_free_count(), free_before - 1);
}

static uint64_t new_frame(struct domain_mm *dm)
{
    mfn_t mfn;

    assert_int_equal(domain_memory_alloc(dm, 0, 0, &mfn), 0);
    return mfn.v;
}

/*
 * A walk that is remembered ends with the tables that it went through: they
 * may come back with other entries as the same root.
 */
static void remembered_walk(void **state)
{
    static struct domain_mm dm;
    static struct vcpu_mm vm = {.dm = &dm};
    const uint64_t link = PTE_PRESENT | PTE_WRITE | PTE_USER;
    uint64_t t[6], page, other;

    (void)state;
    assert_int_equal(domain_memory_init(&dm, 9, 20), 0);
    vm.kernel_root = vm.user_root = INVALID_MFN;
    for (unsigned i = 1; i <= 5; i++)
        t[i] = new_frame(&dm);
    page = new_frame(&dm);
    other = new_frame(&dm);
    for (unsigned i = 4; i > 1; i--)
        machine_page(t[i])[0] = t[i - 1] << PAGE_SHIFT | link;
    assert_int_equal(vcpu_mm_set_kernel_root(&vm, &vm, MFN(t[4]), true), 0);
    assert_int_equal(guest_pt_update_va(&vm, 0, 9, page << PAGE_SHIFT | link),
                     0);
    assert_int_equal(machine_page(t[1])[0], page << PAGE_SHIFT | link);

    assert_int_equal(vcpu_mm_set_kernel_root(&vm, &vm, MFN(other), true), 0);
    assert_int_equal(guest_pt_pin(&vm, &dm, MFN(t[1]), 1), 0);
    assert_int_equal(frame_get_writable(MFN(t[2]), 9), 0);
    machine_page(t[2])[0] = t[5] << PAGE_SHIFT | link;
    frame_put_writable(MFN(t[2]));
    assert_int_equal(vcpu_mm_set_kernel_root(&vm, &vm, MFN(t[4]), true), 0);
    assert_int_equal(guest_pt_update_va(&vm, 0, 9, 0), 0);
    assert_int_equal(machine_page(t[1])[0], page << PAGE_SHIFT | link);

    vcpu_mm_drop_roots(&vm, &vm);
    domain_memory_relinquish(&vm, &dm);
    domain_memory_destroy(&dm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_operations),
        cmocka_unit_test(remembered_walk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
