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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_operations)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
