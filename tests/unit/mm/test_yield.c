/* SPDX-License-Identifier: MIT */
/*
 * The same random operations by all vCPUs of all domains at once: at each
 * yield point another one goes on, and now and then an operation is told to
 * abandon. The recounting checker must agree at every yield point, and no TLB
 * may hold what it must not; at the end nothing remains.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/errno.h"
#include "lib/types.h"
#include "machine.h"
#include "mm/check.h"
#include "mm/heap.h"
#include "world.h"

#define THREADS (WORLD_DOMAINS * WORLD_VCPUS)
#define STEPS   6000 /* of each vCPU */

static struct {
    pthread_mutex_t lock;
    pthread_cond_t wake[THREADS + 1]; /* the last: the test itself */
    unsigned turn;
    bool ended[THREADS + 1];
    unsigned steps;
    unsigned yields, abandons;
    bool failed;
} run = {.lock = PTHREAD_MUTEX_INITIALIZER};

static __thread unsigned self;

/* Somebody else goes on; returns when it is our turn again. */
static void pass(unsigned to)
{
    pthread_mutex_lock(&run.lock);
    run.turn = to;
    pthread_cond_signal(&run.wake[to]);
    while (run.turn != self && !run.ended[self])
        pthread_cond_wait(&run.wake[self], &run.lock);
    pthread_mutex_unlock(&run.lock);
    machine_cpu = self % MACHINE_CPUS;
}

static unsigned other(void)
{
    unsigned i = machine_random(THREADS);

    for (unsigned n = 0; n < THREADS; n++)
        if (!run.ended[(i + n) % THREADS])
            return (i + n) % THREADS;
    return THREADS;
}

static void judge(void)
{
    world_note();
    if (machine_tlb_is_unsafe() || (machine_random(16) == 0 && check_run()))
        run.failed = true;
}

static int on_yield(void)
{
    run.yields++;
    judge();
    if (!run.failed && self < THREADS && machine_random(4) == 0)
        pass(other());
    if (machine_random(200) && !run.failed)
        return 0;
    run.abandons++;
    return -ECANCELED;
}

static void *vcpu(void *arg)
{
    self = (unsigned)(uintptr_t)arg;
    pthread_mutex_lock(&run.lock);
    while (run.turn != self)
        pthread_cond_wait(&run.wake[self], &run.lock);
    pthread_mutex_unlock(&run.lock);
    machine_cpu = self % MACHINE_CPUS;
    for (unsigned i = 0; i < run.steps && !run.failed; i++) {
        world_step(self / WORLD_VCPUS, self % WORLD_VCPUS);
        judge();
        if (machine_random(8) == 0)
            pass(other());
    }
    run.ended[self] = true;
    pass(other());
    return NULL;
}

static void everybody_at_once(void **state)
{
    const char *steps = getenv("MM_STEPS"), *seed = getenv("MM_SEED");
    pthread_t threads[THREADS];
    uint64_t free_before;

    (void)state;
    run.steps = steps ? (unsigned)atoi(steps) : STEPS;
    machine_init();
    assert_int_equal(check_run(), 0);
    free_before = heap_free_count();
    machine_seed(seed ? (uint64_t)atoi(seed) : 1);
    world_init();
    self = THREADS;
    run.turn = THREADS;
    machine_on_yield = on_yield;
    for (unsigned i = 0; i <= THREADS; i++)
        pthread_cond_init(&run.wake[i], NULL);
    for (unsigned i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, vcpu, (void *)(uintptr_t)i);
    pass(0);
    for (unsigned i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    fprintf(stderr, "%u operations, %u succeeded, %u yields, %u abandoned\n",
            world.done, world.succeeded, run.yields, run.abandons);
    assert_false(run.failed);
    assert_int_equal(check_run(), 0);
    assert_true(run.yields > world.done / 4);
    assert_true(world_end());
    assert_int_equal(heap_free_count(), free_before - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(everybody_at_once)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
