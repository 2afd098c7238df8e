/* SPDX-License-Identifier: MIT */
/*
 * The room sched on a simulated machine: the real queues and the real policy,
 * with clock, timers, IPIs and the switch of stacks played here. Shares by
 * weight over minutes of virtual time, within 0.5 %; blocking, waking,
 * pausing, affinity.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "abi/vcpu.h"
#include "cpu/percpu.h"
#include "domain/domain.h"
#include "domain/vcpu.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/upcall.h"
#include "mm/heap.h"
#include "platform/apic.h"
#include "sched/private.h"
#include "sched/sched.h"
#include "time/clock.h"

#define MS        1000000UL
#define SECOND    (1000 * MS)
#define CPUS_MAX  8
#define VCPUS_MAX 16
#define NEVER     (~0UL)

unsigned fake_cpu, cpu_count;
struct vcpu *fake_current[CONFIG_NR_CPUS];
struct stack_top fake_stack_top;
struct cpumask cpu_online;
struct domain *dom0, *idle_domain;

static struct domain idle, guest;
static struct vcpu *idle_vcpus[CONFIG_NR_CPUS], *guest_vcpus[VCPUS_MAX];
static struct vcpu_info infos[VCPUS_MAX];
static uint64_t now, ran[VCPUS_MAX], since[CPUS_MAX];
static bool ipi[CPUS_MAX];
static unsigned ipi_count;

void panic(const char *fmt, ...)
{
    fail_msg("panic: %s", fmt);
    abort();
}

/* ---- The machine ---- */

void spin_lock(struct spinlock *l)
{
    assert_int_equal(l->next, 0);
    l->next = 1;
}

bool spin_trylock(struct spinlock *l)
{
    if (l->next)
        return false;
    l->next = 1;
    return true;
}

void spin_unlock(struct spinlock *l)
{
    assert_int_equal(l->next, 1);
    l->next = 0;
}

unsigned spin_held_count(void)
{
    return 0;
}

void upcall_spin_relax(void)
{
}

uint64_t clock_now_ns(void)
{
    return now;
}

void *heap_alloc(size_t bytes)
{
    void *p = NULL;

    assert_int_equal(posix_memalign(&p, 64, bytes), 0);
    return memset(p, 0, bytes);
}

void heap_free(void *p)
{
    free(p);
}

void timer_init(struct timer *t, void (*fire)(void *), void *data, unsigned cpu)
{
    *t = (struct timer){.fire = fire, .data = data, .cpu = cpu};
}

void timer_set(struct timer *t, uint64_t deadline_ns)
{
    t->deadline_ns = deadline_ns;
    t->is_queued = true;
}

bool timer_is_set(const struct timer *t)
{
    return t->is_queued;
}

void apic_ipi(unsigned cpu, uint8_t vector)
{
    assert_int_equal(vector, VECTOR_IPI_WAKE);
    assert_int_not_equal(cpu, fake_cpu);
    ipi[cpu] = true;
    ipi_count++;
}

void upcall_switch_out(struct vcpu *v)
{
    assert_ptr_equal(v, current_vcpu());
}

void upcall_switch_in(struct vcpu *v)
{
    assert_ptr_equal(v, current_vcpu());
    assert_int_equal(v->top->cpu, fake_cpu);
}

void time_switch_in(struct vcpu *v)
{
    (void)v;
}

void time_boundary_work(struct vcpu *v)
{
    (void)v;
}

void time_set_runstate(struct vcpu *v, int state, uint64_t now_ns)
{
    (void)now_ns;
    v->time.runstate.state = state;
}

struct vcpu *domain_vcpu(const struct domain *d, uint64_t id)
{
    return id < d->max_vcpus ? d->vcpus[id] : NULL;
}

/* In place of stacks: a saved pointer names the vCPU itself. */
void sched_switch(uintptr_t *save_sp, uintptr_t load_sp)
{
    *save_sp = (uintptr_t)current_vcpu();
    fake_current[fake_cpu] = (struct vcpu *)load_sp;
}

void sched_switch_first(uintptr_t load_sp)
{
    (void)load_sp;
    abort();
}

void sched_begin_guest(void)
{
}

void sched_begin_thread(void)
{
}

static struct vcpu *vcpu_new(struct domain *d, unsigned id)
{
    char *stack = heap_alloc(8192);
    struct vcpu *v = heap_alloc(sizeof(*v));

    v->domain = d;
    v->id = id;
    v->top = (struct stack_top *)(stack + 4096);
    v->top->vcpu = v;
    v->sched.is_at_boundary = true;
    v->sched.is_idle = d == idle_domain;
    v->event.info = &infos[id % VCPUS_MAX];
    sched_vcpu_init(v);
    v->sched.saved_sp = (uintptr_t)v;
    return v;
}

struct vcpu *vcpu_create(struct domain *d, unsigned id)
{
    return d->vcpus[id] = vcpu_new(d, id);
}

static void vcpu_delete(struct vcpu *v)
{
    free((char *)v->top - 4096);
    free(v);
}

static void machine_start(unsigned cpus)
{
    now = SECOND;
    cpu_count = cpus;
    for (fake_cpu = 0; fake_cpu < cpus; fake_cpu++) {
        bit_set(cpu_online.w, fake_cpu);
        fake_current[fake_cpu] = sched_idle_vcpu_create(fake_cpu);
        sched_queues[fake_cpu]->charged_ns = now;
        since[fake_cpu] = now;
        sched_schedule();
    }
    fake_cpu = 0;
}

static int set_up(void **state)
{
    (void)state;
    memset(&idle, 0, sizeof(idle));
    memset(&guest, 0, sizeof(guest));
    memset(&cpu_online, 0, sizeof(cpu_online));
    memset(infos, 0, sizeof(infos));
    memset(ran, 0, sizeof(ran));
    memset(ipi, 0, sizeof(ipi));
    memset(guest_vcpus, 0, sizeof(guest_vcpus));
    memset(sched_queues, 0, CONFIG_NR_CPUS * sizeof(sched_queues[0]));
    ipi_count = 0;
    idle.id = DOMID_IDLE_ID;
    idle.state = guest.state = DOMAIN_RUNNING;
    idle.sched_weight = guest.sched_weight = 256;
    idle.max_vcpus = CONFIG_NR_CPUS;
    idle.vcpus = idle_vcpus;
    guest.vcpus = guest_vcpus;
    idle_domain = &idle;
    return 0;
}

static void account(unsigned cpu)
{
    const struct vcpu *v = fake_current[cpu];

    if (v->domain == &guest)
        ran[v->id] += now - since[cpu];
    since[cpu] = now;
}

/* The interrupt of `cpu` and its way back to the boundary. */
static bool settle_cpu(unsigned cpu)
{
    struct vcpu *v;
    bool did = ipi[cpu];

    fake_cpu = cpu;
    ipi[cpu] = false;
    v = current_vcpu();
    if (v->sched.is_idle ? did || v->work
                         : v->work & (VCPU_WORK_RESCHED | VCPU_WORK_STOP)) {
        account(cpu);
        v->work &= ~(VCPU_WORK_STOP | VCPU_WORK_RESCHED);
        sched_schedule();
        did = true;
    }
    return did;
}

static void settle(void)
{
    bool any;

    do {
        any = false;
        for (unsigned cpu = 0; cpu < cpu_count; cpu++)
            any |= settle_cpu(cpu);
    } while (any);
    for (unsigned cpu = 0; cpu < cpu_count; cpu++) {
        assert_int_equal(sched_queues[cpu]->lock.next, 0);
        assert_ptr_equal(sched_queues[cpu]->current, fake_current[cpu]);
    }
    fake_cpu = 0;
}

static int tear_down(void **state)
{
    (void)state;
    /* Leave the masks of sched.c as they were found: nobody waits. */
    for (unsigned i = 0; i < guest.max_vcpus; i++) {
        guest_vcpus[i]->sched.is_at_boundary = true;
        sched_pause(guest_vcpus[i]);
    }
    settle();
    for (unsigned i = 0; i < guest.max_vcpus; i++)
        vcpu_delete(guest_vcpus[i]);
    for (unsigned i = 0; i < cpu_count; i++) {
        vcpu_delete(idle_vcpus[i]);
        free(sched_queues[i]);
    }
    return 0;
}

static uint64_t next_timer(void)
{
    uint64_t first = NEVER;

    for (unsigned cpu = 0; cpu < cpu_count; cpu++)
        if (sched_queues[cpu]->slice.is_queued)
            first = MIN(first, sched_queues[cpu]->slice.deadline_ns);
    return first;
}

static void run_until(uint64_t end)
{
    settle();
    for (;;) {
        uint64_t next = MIN(next_timer(), end);

        now = MAX(now, next);
        for (unsigned cpu = 0; cpu < cpu_count; cpu++) {
            struct timer *t = &sched_queues[cpu]->slice;

            if (!t->is_queued || t->deadline_ns > now)
                continue;
            t->is_queued = false;
            fake_cpu = cpu;
            t->fire(t->data);
        }
        settle();
        if (next == end)
            break;
    }
    for (unsigned cpu = 0; cpu < cpu_count; cpu++)
        account(cpu);
}

static struct vcpu *add(unsigned weight)
{
    unsigned id = guest.max_vcpus++;
    struct vcpu *v = guest_vcpus[id] = vcpu_new(&guest, id);

    v->sched.share.weight = weight;
    v->sched.affinity = cpu_online;
    sched_reconsider(v);
    settle();
    return v;
}

/* The current vCPU of v's CPU, which is v, blocks. */
static void block(struct vcpu *v)
{
    fake_cpu = v->sched.cpu;
    assert_ptr_equal(current_vcpu(), v);
    sched_block_at_boundary(v, BLOCK_EVENT);
    settle();
}

static void pin(struct vcpu *v, unsigned cpu)
{
    struct cpumask m = {0}, all;

    memset(&all, 0xff, sizeof(all));
    bit_set(m.w, cpu);
    assert_int_equal(sched_set_affinity(v, &m, &all), 0);
    settle();
}

/* ---- Shares ---- */

/* `part` of `whole` within 0.5 % of itself. */
static void check_share(unsigned id, uint64_t period, double share)
{
    double got = (double)ran[id] / (double)period;

    if (got < share * 0.995 || got > share * 1.005)
        fail_msg("vCPU %u has %.4f of a CPU, not %.4f", id, got, share);
}

static void shares(unsigned cpus, const unsigned *weights,
                   const double *expected, unsigned count)
{
    uint64_t period = 120 * SECOND;

    machine_start(cpus);
    for (unsigned i = 0; i < count; i++)
        add(weights[i]);
    /* What was owed at the start is not part of the long run. */
    run_until(now + SECOND);
    memset(ran, 0, sizeof(ran));
    run_until(now + period);
    for (unsigned i = 0; i < count; i++)
        check_share(i, period, expected[i]);
}

static void test_one_cpu(void **state)
{
    const unsigned weights[] = {256, 512, 1024};
    const double expected[] = {1 / 7.0, 2 / 7.0, 4 / 7.0};

    (void)state;
    shares(1, weights, expected, 3);
}

static void test_odd_weights(void **state)
{
    const unsigned weights[] = {1, 65535, 777, 30000};
    const double expected[] = {1 / 96313.0, 65535 / 96313.0, 777 / 96313.0,
                               30000 / 96313.0};

    (void)state;
    machine_start(1);
    for (unsigned i = 0; i < 4; i++)
        add(weights[i]);
    run_until(now + 4000 * SECOND);
    check_share(1, 4000 * SECOND, expected[1]);
    check_share(2, 4000 * SECOND, expected[2]);
    check_share(3, 4000 * SECOND, expected[3]);
    assert_true(ran[0] > 0);
}

static void test_three_on_two(void **state)
{
    const unsigned weights[] = {256, 256, 256};
    const double expected[] = {2 / 3.0, 2 / 3.0, 2 / 3.0};

    (void)state;
    shares(2, weights, expected, 3);
}

static void test_weights_on_two(void **state)
{
    const unsigned weights[] = {256, 512, 1024, 1024};
    const double expected[] = {2 / 11.0, 4 / 11.0, 8 / 11.0, 8 / 11.0};

    (void)state;
    shares(2, weights, expected, 4);
}

static void test_many_on_four(void **state)
{
    const unsigned weights[] = {256, 512, 1024, 256, 512, 1024, 256, 512, 1024};
    const double unit = 4 / 21.0;
    const double expected[] = {unit,     2 * unit, 4 * unit, unit,    2 * unit,
                               4 * unit, unit,     2 * unit, 4 * unit};

    (void)state;
    shares(4, weights, expected, 9);
}

/* A weight that asks for more than a CPU gets one; the rest is as weighted. */
static void test_too_much_weight(void **state)
{
    const unsigned weights[] = {256, 512, 4096};
    const double expected[] = {1 / 3.0, 2 / 3.0, 1};

    (void)state;
    shares(2, weights, expected, 3);
}

static void test_pinned(void **state)
{
    (void)state;
    machine_start(2);
    pin(add(256), 0);
    pin(add(512), 0);
    add(256);
    run_until(now + SECOND);
    memset(ran, 0, sizeof(ran));
    run_until(now + 100 * SECOND);
    check_share(0, 100 * SECOND, 1 / 3.0);
    check_share(1, 100 * SECOND, 2 / 3.0);
    check_share(2, 100 * SECOND, 1);
}

/* One that ran long alone is not starved by a newcomer, nor the reverse. */
static void test_newcomer(void **state)
{
    (void)state;
    machine_start(1);
    add(256);
    run_until(now + 100 * SECOND);
    add(256);
    memset(ran, 0, sizeof(ran));
    run_until(now + SECOND);
    assert_in_range(ran[0], 450 * MS, 550 * MS);
    assert_in_range(ran[1], 450 * MS, 550 * MS);
}

/* ---- Blocking and waking ---- */

static void test_idle_has_no_tick(void **state)
{
    struct vcpu *v;
    unsigned before;

    (void)state;
    machine_start(2);
    v = add(256);
    block(v);
    assert_int_equal(v->sched.state, VCPU_BLOCKED);
    assert_int_equal(v->time.runstate.state, RUNSTATE_blocked);
    run_until(now + 100 * MS);
    assert_int_equal(next_timer(), NEVER);
    before = ipi_count;
    run_until(now + SECOND);
    assert_int_equal(ipi_count, before);
    assert_int_equal(ran[0], 0);
    fake_cpu = 0;
    vcpu_wake(v);
    run_until(now + MS);
    assert_int_equal(v->sched.state, VCPU_RUNNING);
    assert_int_equal(ran[0], MS);
}

/* An event that came before the block is not slept over. */
static void test_block_sees_event(void **state)
{
    struct vcpu *v;

    (void)state;
    machine_start(1);
    v = add(256);
    infos[0].evtchn_upcall_pending = 1;
    block(v);
    assert_int_equal(v->sched.state, VCPU_RUNNING);
    infos[0].evtchn_upcall_pending = 0;
    v->pv.nmi_pending = true;
    block(v);
    assert_int_equal(v->sched.state, VCPU_RUNNING);
    v->pv.nmi_pending = false;
    sched_block_at_boundary(v, BLOCK_POLL); /* ended before it began */
    settle();
    assert_int_equal(v->sched.state, VCPU_RUNNING);
    v->event.polling = true;
    sched_block_at_boundary(v, BLOCK_POLL);
    settle();
    assert_int_equal(v->sched.state, VCPU_BLOCKED);
    fake_cpu = 0;
    vcpu_kick(v);
    settle();
    assert_int_equal(v->sched.state, VCPU_RUNNING);
}

/* A sleeper runs within the rate limit; each sleep and wake of 1 in 10 ms. */
static void test_wake_latency(void **state)
{
    struct vcpu *sleeper;
    uint64_t worst = 0;

    (void)state;
    machine_start(1);
    add(256);
    sleeper = add(256);
    run_until(now + SECOND);
    for (unsigned i = 0; i < 200; i++) {
        uint64_t woken;

        while (sleeper->sched.state != VCPU_RUNNING)
            run_until(now + MS / 10);
        run_until(now + MS);
        if (sleeper->sched.state == VCPU_RUNNING)
            block(sleeper);
        run_until(now + 9 * MS);
        fake_cpu = 0;
        woken = now;
        vcpu_wake(sleeper);
        settle();
        while (sleeper->sched.state != VCPU_RUNNING)
            run_until(now + MS / 10);
        if (i > 10)
            worst = MAX(worst, now - woken);
    }
    assert_true(worst <= SHARE_RATELIMIT_NS + MS / 10);
}

static void test_wake_goes_to_idle_cpu(void **state)
{
    struct vcpu *v;

    (void)state;
    machine_start(4);
    for (unsigned i = 0; i < 4; i++)
        add(256);
    run_until(now + MS);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(guest_vcpus[i]->sched.state, VCPU_RUNNING);
    /* CPU of vCPU 3 is free: a fifth one goes there at once. */
    block(guest_vcpus[3]);
    v = add(256);
    assert_int_equal(v->sched.state, VCPU_RUNNING);
    assert_int_equal(v->sched.cpu, guest_vcpus[3]->sched.cpu);
}

/* ---- Stopping ---- */

static void test_pause(void **state)
{
    struct vcpu *a, *b;

    (void)state;
    machine_start(1);
    a = add(256);
    b = add(256);
    sched_pause(a);
    sched_pause(a);
    settle();
    assert_int_equal(a->sched.state, VCPU_DOWN);
    memset(ran, 0, sizeof(ran));
    run_until(now + 100 * MS);
    assert_int_equal(ran[0], 0);
    assert_int_equal(ran[1], 100 * MS);
    sched_unpause(a);
    run_until(now + 100 * MS);
    assert_int_equal(ran[0], 0);
    sched_unpause(a);
    run_until(now + 100 * MS);
    assert_true(ran[0] > 0);
    sched_pause_domain(&guest);
    settle();
    assert_int_equal(a->sched.state, VCPU_DOWN);
    assert_int_equal(b->sched.state, VCPU_DOWN);
    sched_unpause_domain(&guest);
    settle();
    sched_set_down(b, true);
    settle();
    assert_int_equal(b->sched.state, VCPU_DOWN);
    assert_int_equal(sched_wait_boundary(b), 0);
}

/* Paused and blocked at once: it needs both to end. */
static void test_pause_blocked(void **state)
{
    struct vcpu *v;

    (void)state;
    machine_start(1);
    v = add(256);
    block(v);
    sched_pause(v);
    vcpu_wake(v);
    settle();
    assert_int_equal(v->sched.state, VCPU_DOWN);
    sched_unpause(v);
    settle();
    assert_int_equal(v->sched.state, VCPU_RUNNING);
}

/* Inside the hypervisor a paused one still runs, until the boundary. */
static void test_pause_inside(void **state)
{
    struct vcpu *v;

    (void)state;
    machine_start(1);
    v = add(256);
    v->sched.is_at_boundary = false;
    sched_pause(v);
    assert_true(v->work & VCPU_WORK_STOP);
    settle();
    assert_int_equal(v->sched.state, VCPU_RUNNING);
    v->sched.is_at_boundary = true;
    sched_schedule();
    assert_int_equal(v->sched.state, VCPU_DOWN);
}

static void test_yield(void **state)
{
    struct vcpu *a, *b;

    (void)state;
    machine_start(1);
    a = add(256);
    b = add(256);
    run_until(now + SECOND);
    for (unsigned i = 0; i < 10; i++) {
        struct vcpu *was = fake_current[0];

        sched_yield_at_boundary(was);
        settle();
        assert_ptr_equal(fake_current[0], was == a ? b : a);
        now += MS / 10;
    }
    assert_int_equal(yield_point(), 0);
    guest.state = DOMAIN_DYING;
    assert_int_equal(yield_point(), -ECANCELED);
}

static void test_affinity(void **state)
{
    struct cpumask none = {0}, all;
    struct vcpu *v;

    (void)state;
    memset(&all, 0xff, sizeof(all));
    machine_start(4);
    v = add(256);
    assert_int_equal(sched_set_affinity(v, &none, &all), -EINVAL);
    for (unsigned cpu = 0; cpu < 4; cpu++) {
        pin(v, cpu);
        run_until(now + 20 * MS);
        assert_int_equal(v->sched.state, VCPU_RUNNING);
        assert_int_equal(v->sched.cpu, cpu);
    }
    assert_int_equal(sched_set_weight(&guest, 0), -EINVAL);
    assert_int_equal(sched_set_weight(&guest, 65536), -EINVAL);
    assert_int_equal(sched_set_weight(&guest, 65535), 0);
    assert_int_equal(v->sched.share.weight, 65535);
}

/* ---- Anything at any time ---- */

static void test_random(void **state)
{
    (void)state;
    srand(1);
    machine_start(4);
    for (unsigned i = 0; i < 12; i++)
        add(1 + (unsigned)rand() % 1000);
    for (unsigned i = 0; i < 100000; i++) {
        struct vcpu *v = guest_vcpus[rand() % 12];
        struct cpumask m = {{(uint64_t)(1 + rand() % 15)}};

        fake_cpu = (unsigned)rand() % 4;
        switch (rand() % 7) {
        case 0:
            if (v->sched.state == VCPU_RUNNING)
                block(v);
            break;
        case 1:
        case 2:
            vcpu_wake(v);
            break;
        case 3:
            sched_pause(v);
            break;
        case 4:
            if (v->sched.pause_count)
                sched_unpause(v);
            break;
        case 5:
            assert_int_equal(sched_set_affinity(v, &m, &m), 0);
            break;
        default:
            run_until(now + (unsigned)rand() % (2 * MS));
            break;
        }
        settle();
        if (v->sched.pause_count)
            assert_true(v->sched.state == VCPU_DOWN ||
                        v->sched.state == VCPU_BLOCKED);
    }
    /* Nobody was lost: all run when nothing holds them. */
    for (unsigned i = 0; i < 12; i++) {
        while (guest_vcpus[i]->sched.pause_count)
            sched_unpause(guest_vcpus[i]);
        vcpu_wake(guest_vcpus[i]);
    }
    memset(ran, 0, sizeof(ran));
    run_until(now + 100 * SECOND);
    for (unsigned i = 0; i < 12; i++)
        assert_true(ran[i] > 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_one_cpu),
        TEST(test_odd_weights),
        TEST(test_three_on_two),
        TEST(test_weights_on_two),
        TEST(test_many_on_four),
        TEST(test_too_much_weight),
        TEST(test_pinned),
        TEST(test_newcomer),
        TEST(test_idle_has_no_tick),
        TEST(test_block_sees_event),
        TEST(test_wake_latency),
        TEST(test_wake_goes_to_idle_cpu),
        TEST(test_pause),
        TEST(test_pause_blocked),
        TEST(test_pause_inside),
        TEST(test_yield),
        TEST(test_affinity),
        TEST(test_random),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
