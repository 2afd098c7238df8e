/* SPDX-License-Identifier: MIT */
/*
 * Per-CPU timers on a simulated clock, APIC timer and IPIs: each fires once,
 * in order, on its CPU, not early; the hardware is never armed too late.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cpu/regs.h"
#include "lib/assert.h"
#include "lib/spinlock.h"
#include "lib/upcall.h"
#include "platform/apic.h"
#include "time/clock.h"
#include "time/timer.h"

#define CPUS   4
#define TIMERS 64

unsigned fake_cpu;
struct vcpu *fake_current[CONFIG_NR_CPUS];
struct stack_top fake_stack_top;

static uint64_t now;
static uint64_t armed[CPUS]; /* 0: not */
static bool ipi[CPUS];
static unsigned armings;

void panic(const char *fmt, ...)
{
    fail_msg("panic: %s", fmt);
    abort();
}

void spin_lock(struct spinlock *l)
{
    assert_int_equal(l->next, 0);
    l->next = 1;
}

void spin_lock_nested(struct spinlock *l)
{
    spin_lock(l);
}

void spin_unlock(struct spinlock *l)
{
    assert_int_equal(l->next, 1);
    l->next = 0;
}

void upcall_spin_relax(void)
{
    fail();
}

uint64_t clock_now_ns(void)
{
    return now;
}

void apic_timer_set(uint64_t deadline_ns)
{
    armed[fake_cpu] = deadline_ns;
    armings++;
}

void apic_ipi(unsigned cpu, uint8_t vector)
{
    assert_int_equal(vector, VECTOR_TIMER);
    assert_int_not_equal(cpu, fake_cpu);
    ipi[cpu] = true;
}

/* Interrupts that are due at `now`. */
static void deliver(void)
{
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        while (ipi[cpu] || (armed[cpu] && armed[cpu] <= now)) {
            if (armed[cpu] && armed[cpu] <= now)
                armed[cpu] = 0;
            ipi[cpu] = false;
            fake_cpu = cpu;
            timer_interrupt();
        }
    }
    fake_cpu = 0;
}

static void advance(uint64_t to)
{
    for (;;) {
        uint64_t next = to;

        deliver();
        for (unsigned cpu = 0; cpu < CPUS; cpu++)
            if (armed[cpu] && armed[cpu] < next)
                next = armed[cpu];
        if (next >= to)
            break;
        now = next;
    }
    now = to;
    deliver();
}

struct event {
    struct timer timer;
    uint64_t due; /* 0: must not fire */
    unsigned cpu, fired;
    uint64_t again_ns; /* set it again so much later, 0: don't */
};

static struct event events[TIMERS];

static void fire(void *data)
{
    struct event *e = data;

    assert_int_not_equal(e->due, 0);
    assert_int_equal(fake_cpu, e->cpu);
    /* Not early, and no later than the interrupt that was due. */
    assert_true(e->due <= now);
    assert_false(timer_is_set(&e->timer));
    e->fired++;
    e->due = 0;
    if (e->again_ns) {
        e->due = now + e->again_ns;
        timer_set(&e->timer, e->due);
    }
}

static void set(struct event *e, uint64_t due)
{
    e->due = due ? due : 1;
    timer_set(&e->timer, due);
}

static int set_up(void **state)
{
    (void)state;
    memset(armed, 0, sizeof(armed));
    memset(ipi, 0, sizeof(ipi));
    memset(events, 0, sizeof(events));
    now = 1000;
    for (unsigned i = 0; i < TIMERS; i++) {
        events[i].cpu = i % CPUS;
        timer_init(&events[i].timer, fire, &events[i], i % CPUS);
    }
    for (fake_cpu = 0; fake_cpu < CPUS; fake_cpu++)
        timer_init_cpu();
    fake_cpu = 0;
    return 0;
}

/* Leave the queues, which outlive a test, empty. */
static int tear_down(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TIMERS; i++)
        timer_stop(&events[i].timer);
    advance(now + 1000000);
    return 0;
}

static void each_fires_once_where_it_should(void **state)
{
    (void)state;
    for (unsigned i = 0; i < TIMERS; i++)
        set(&events[i], 2000 + (uint64_t)rand() % 10000);
    advance(20000);
    for (unsigned i = 0; i < TIMERS; i++)
        assert_int_equal(events[i].fired, 1);
}

static void the_past_fires_at_once(void **state)
{
    (void)state;
    set(&events[0], 5);
    set(&events[1], 0);
    assert_int_equal(events[0].fired, 0);
    deliver();
    assert_int_equal(events[0].fired, 1);
    assert_int_equal(events[1].fired, 1);
}

static void a_stopped_one_does_not_fire(void **state)
{
    (void)state;
    set(&events[0], 2000);
    set(&events[1], 2000);
    timer_stop(&events[0].timer);
    timer_stop(&events[1].timer);
    events[0].due = events[1].due = 0;
    assert_false(timer_is_set(&events[0].timer));
    advance(3000);
    assert_int_equal(events[0].fired + events[1].fired, 0);
}

static void later_costs_no_arming(void **state)
{
    unsigned before;

    (void)state;
    set(&events[0], 2000);
    before = armings;
    set(&events[0], 5000);
    set(&events[4], 6000);
    assert_int_equal(armings, before);
    advance(4999);
    assert_int_equal(events[0].fired, 0);
    advance(5000);
    assert_int_equal(events[0].fired, 1);
}

static void a_moved_one_fires_there(void **state)
{
    (void)state;
    set(&events[0], 2000);
    timer_migrate(&events[0].timer, 3);
    events[0].cpu = 3;
    timer_migrate(&events[1].timer, 2);
    events[1].cpu = 2;
    set(&events[1], 2500);
    advance(3000);
    assert_int_equal(events[0].fired, 1);
    assert_int_equal(events[1].fired, 1);
}

static void one_that_sets_itself_again_goes_on(void **state)
{
    (void)state;
    events[0].again_ns = 100;
    set(&events[0], 2000);
    advance(3000);
    assert_int_equal(events[0].fired, 11);
    events[0].again_ns = 0;
    advance(3100);
}

static void fire_past(void *data)
{
    struct event *e = data;

    e->fired++;
    timer_set(&e->timer, 1);
}

/* A callback that always asks for the past fires once an interrupt only. */
static void the_past_again_does_not_hang(void **state)
{
    (void)state;
    timer_init(&events[0].timer, fire_past, &events[0], 0);
    timer_set(&events[0].timer, 1);
    for (unsigned i = 1; i <= 10; i++) {
        timer_interrupt();
        assert_int_equal(events[0].fired, i);
        now += 2;
    }
    timer_stop(&events[0].timer);
}

static void random_operations(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 50000; i++) {
        struct event *e = &events[(unsigned)rand() % TIMERS];
        unsigned what = (unsigned)rand() % 8;

        fake_cpu = (unsigned)rand() % CPUS;
        if (what < 4) {
            set(e, now + (uint64_t)rand() % 2000);
        } else if (what < 5) {
            timer_stop(&e->timer);
            e->due = 0;
        } else if (what < 6) {
            e->cpu = (unsigned)rand() % CPUS;
            timer_migrate(&e->timer, e->cpu);
        } else {
            advance(now + (uint64_t)rand() % 300);
            for (unsigned j = 0; j < TIMERS; j++)
                assert_true(!events[j].due || events[j].due > now);
        }
    }
    fake_cpu = 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(each_fires_once_where_it_should),
        TEST(the_past_fires_at_once),
        TEST(a_stopped_one_does_not_fire),
        TEST(later_costs_no_arming),
        TEST(a_moved_one_fires_there),
        TEST(one_that_sets_itself_again_goes_on),
        TEST(the_past_again_does_not_hang),
        TEST(random_operations),
    };

    srand(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
