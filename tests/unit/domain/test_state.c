/* SPDX-License-Identifier: MIT */
/*
 * domain/state.c: every pair of states against the list of legal changes; what
 * a shutdown, a crash and a kill do, once, and in which states.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "abi/sched.h"
#include "cpu/regs.h"
#include "debug/log.h"
#include "domain/domain.h"
#include "domain/vcpu.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/format.h"
#include "lib/params.h"
#include "lib/upcall.h"
#include "platform/power.h"
#include "time/clock.h"

unsigned fake_cpu;
struct vcpu *fake_current[CONFIG_NR_CPUS];
struct stack_top fake_stack_top;
struct boot_params boot_params;
struct domain *dom0, *idle_domain;

static struct domain domain0, domain1, idle;
static struct vcpu vcpu0, vcpu1;
static struct vcpu *vcpus0[1] = {&vcpu0}, *vcpus1[1] = {&vcpu1};
static struct vcpu_info info;
static unsigned reconsidered, virqs, reaped, refs;
static uint64_t timer_deadline;
static void (*timer_fire)(void *);
static jmp_buf power;
enum {
    POWER_OFF = 1,
    POWER_REBOOT
};

void log_print(enum log_level level, const char *fmt, ...)
{
    (void)level;
    (void)fmt;
}

void log_guest(enum log_level level, const char *fmt, ...)
{
    (void)level;
    (void)fmt;
}

int format_vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
{
    return vsnprintf(buf, size, fmt, ap);
}

void panic(const char *fmt, ...)
{
    fail_msg("panic: %s", fmt);
    __builtin_unreachable();
}

void power_halt(void)
{
    longjmp(power, POWER_OFF);
}

void power_reboot(void)
{
    longjmp(power, POWER_REBOOT);
}

uint64_t clock_now_ns(void)
{
    return 1000;
}

void timer_init(struct timer *t, void (*fire)(void *), void *data, unsigned cpu)
{
    (void)t;
    (void)data;
    (void)cpu;
    timer_fire = fire;
}

void timer_set(struct timer *t, uint64_t deadline_ns)
{
    (void)t;
    timer_deadline = deadline_ns;
}

struct vcpu *domain_vcpu(const struct domain *d, uint64_t id)
{
    return id < d->max_vcpus ? d->vcpus[id] : NULL;
}

void domain_ref(struct domain *d)
{
    (void)d;
    refs++;
}

void sched_reconsider(struct vcpu *v)
{
    (void)v;
    reconsidered++;
}

void virq_raise_global(unsigned virq)
{
    assert_int_equal(virq, VIRQ_DOM_EXC);
    virqs++;
}

void reaper_add(struct domain *d)
{
    assert_ptr_equal(d, &domain1);
    reaped++;
}

static int set_up(void **state)
{
    (void)state;
    memset(&domain0, 0, sizeof(domain0));
    memset(&domain1, 0, sizeof(domain1));
    memset(&vcpu0, 0, sizeof(vcpu0));
    memset(&vcpu1, 0, sizeof(vcpu1));
    domain0.is_privileged = true;
    domain0.max_vcpus = domain1.max_vcpus = 1;
    domain0.vcpus = vcpus0;
    domain1.vcpus = vcpus1;
    domain1.id = 1;
    vcpu0.domain = &domain0;
    vcpu1.domain = &domain1;
    vcpu0.event.info = vcpu1.event.info = &info;
    vcpu0.top = vcpu1.top = &fake_stack_top;
    dom0 = &domain0;
    idle_domain = &idle;
    idle.id = DOMID_IDLE_ID;
    fake_current[0] = &vcpu0;
    boot_params.noreboot = false;
    reconsidered = virqs = reaped = refs = 0;
    timer_deadline = 0;
    timer_fire = NULL;
    return 0;
}

/* The life cycle as a reader of domain.h would draw it. */
static const struct {
    enum domain_state from, to;
} legal[] = {
    {DOMAIN_BUILDING, DOMAIN_RUNNING}, {DOMAIN_BUILDING, DOMAIN_SHUTDOWN},
    {DOMAIN_BUILDING, DOMAIN_DYING},   {DOMAIN_RUNNING, DOMAIN_SHUTDOWN},
    {DOMAIN_RUNNING, DOMAIN_DYING},    {DOMAIN_SHUTDOWN, DOMAIN_RUNNING},
    {DOMAIN_SHUTDOWN, DOMAIN_DYING},   {DOMAIN_DYING, DOMAIN_DEAD},
};

static bool is_legal(enum domain_state from, enum domain_state to)
{
    for (size_t i = 0; i < ARRAY_COUNT(legal); i++)
        if (legal[i].from == from && legal[i].to == to)
            return true;
    return false;
}

static void test_transitions(void **state)
{
    (void)state;
    for (unsigned from = DOMAIN_BUILDING; from <= DOMAIN_DEAD; from++) {
        for (unsigned to = DOMAIN_BUILDING; to <= DOMAIN_DEAD; to++) {
            bool ok = is_legal(from, to);

            domain1.state = from;
            assert_int_equal(domain_may_change(from, to), ok);
            assert_int_equal(domain_change_state(&domain1, to), ok);
            assert_int_equal(domain1.state, ok ? to : from);
        }
        assert_non_null(domain_state_name(from));
    }
    assert_false(domain_may_change(DOMAIN_DEAD + 1, DOMAIN_RUNNING));
}

static void test_start(void **state)
{
    (void)state;
    assert_int_equal(domain_start(&domain1), 0);
    assert_int_equal(domain1.state, DOMAIN_RUNNING);
    assert_int_equal(reconsidered, 1);
    /* A crash while it was built is not undone by a late start. */
    domain1.state = DOMAIN_SHUTDOWN;
    assert_int_equal(domain_start(&domain1), -EINVAL);
    assert_int_equal(domain1.state, DOMAIN_SHUTDOWN);
}

static void test_shutdown_once(void **state)
{
    (void)state;
    domain1.state = DOMAIN_RUNNING;
    domain_shutdown(&domain1, SHUTDOWN_reboot);
    assert_int_equal(domain1.state, DOMAIN_SHUTDOWN);
    assert_int_equal(domain1.shutdown_code, SHUTDOWN_reboot);
    assert_int_equal(virqs, 1);
    domain_crash(&domain1, "late");
    assert_int_equal(domain1.shutdown_code, SHUTDOWN_reboot);
    assert_int_equal(virqs, 1);
}

static void test_crash(void **state)
{
    (void)state;
    domain1.state = DOMAIN_RUNNING;
    fake_current[0] = &vcpu1;
    domain_crash(&domain1, "test %d", 1);
    assert_int_equal(domain1.shutdown_code, SHUTDOWN_crash);
    assert_int_equal(virqs, 1);
    assert_int_equal(reconsidered, 1);
    assert_null(timer_fire);
}

static void test_dom0_crash(void **state)
{
    volatile int how;

    (void)state;
    domain0.state = DOMAIN_RUNNING;
    domain_crash(&domain0, "test");
    assert_int_equal(timer_deadline, 5000001000UL);
    assert_int_equal(virqs, 0);
    how = setjmp(power);
    if (!how)
        timer_fire(NULL);
    assert_int_equal(how, POWER_REBOOT);
}

static void test_dom0_crash_noreboot(void **state)
{
    (void)state;
    boot_params.noreboot = true;
    domain0.state = DOMAIN_RUNNING;
    domain_crash(&domain0, "test");
    assert_int_equal(domain0.state, DOMAIN_SHUTDOWN);
    assert_null(timer_fire);
}

static void dom0_ends(unsigned reason, int expected)
{
    volatile int how = setjmp(power);

    if (!how) {
        domain0.state = DOMAIN_RUNNING;
        domain_shutdown(&domain0, reason);
    }
    assert_int_equal(how, expected);
}

static void test_dom0_shutdown(void **state)
{
    (void)state;
    dom0_ends(SHUTDOWN_poweroff, POWER_OFF);
    dom0_ends(SHUTDOWN_reboot, POWER_REBOOT);
    dom0_ends(SHUTDOWN_crash, 0);
    assert_non_null(timer_fire);
}

static void test_kill(void **state)
{
    (void)state;
    assert_int_equal(domain_kill(dom0), -EINVAL);
    assert_int_equal(domain_kill(idle_domain), -EINVAL);
    domain1.state = DOMAIN_RUNNING;
    assert_int_equal(domain_kill(&domain1), 0);
    assert_int_equal(domain1.state, DOMAIN_DYING);
    assert_true(domain1.mm.is_dying);
    assert_int_equal(reaped, 1);
    assert_int_equal(refs, 1);
    /* Killed twice: the same end, started once. */
    assert_int_equal(domain_kill(&domain1), 0);
    assert_int_equal(reaped, 1);
    domain_shutdown(&domain1, SHUTDOWN_poweroff);
    assert_int_equal(domain1.state, DOMAIN_DYING);
}

static void test_stopped(void **state)
{
    (void)state;
    vcpu1.sched.state = VCPU_RUNNING;
    vcpu1.sched.is_at_boundary = true;
    assert_false(domain_is_stopped(&domain1));
    vcpu1.sched.state = VCPU_DOWN;
    assert_true(domain_is_stopped(&domain1));
    vcpu1.sched.is_at_boundary = false;
    assert_false(domain_is_stopped(&domain1));
}

static void test_permission(void **state)
{
    (void)state;
    assert_true(domain_may_control(&vcpu0, &domain0));
    assert_true(domain_may_control(&vcpu0, &domain1));
    assert_true(domain_may_control(&vcpu1, &domain1));
    assert_false(domain_may_control(&vcpu1, &domain0));
    assert_false(domain_may_control(&vcpu0, &idle));
    assert_false(domain_may_control(&vcpu1, &idle));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_transitions, set_up),
        cmocka_unit_test_setup(test_start, set_up),
        cmocka_unit_test_setup(test_shutdown_once, set_up),
        cmocka_unit_test_setup(test_crash, set_up),
        cmocka_unit_test_setup(test_dom0_crash, set_up),
        cmocka_unit_test_setup(test_dom0_crash_noreboot, set_up),
        cmocka_unit_test_setup(test_dom0_shutdown, set_up),
        cmocka_unit_test_setup(test_kill, set_up),
        cmocka_unit_test_setup(test_stopped, set_up),
        cmocka_unit_test_setup(test_permission, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
