/* SPDX-License-Identifier: MIT */
/*
 * The states of a domain, and how it ends: shutdown, crash, kill.
 *
 * Invariant: d->state changes along `legal` only, by one compare-and-swap, so
 * a crash can be noted under any lock; whoever made the change does what
 * follows from it, once.
 * Not here: the teardown itself (domain.c), which the reaper thread calls.
 */
#include <stdarg.h>

#include "abi/sched.h"
#include "debug/log.h"
#include "domain/domain.h"
#include "domain/vcpu.h"
#include "lib/assert.h"
#include "lib/atomic.h"
#include "lib/errno.h"
#include "lib/format.h"
#include "lib/params.h"
#include "lib/upcall.h"
#include "platform/power.h"
#include "time/clock.h"

#define REBOOT_DELAY_NS 5000000000UL

/* legal[from] has bit `to` set. */
static const uint8_t legal[] = {
    [DOMAIN_BUILDING] =
        BIT(DOMAIN_RUNNING) | BIT(DOMAIN_SHUTDOWN) | BIT(DOMAIN_DYING),
    [DOMAIN_RUNNING] = BIT(DOMAIN_SHUTDOWN) | BIT(DOMAIN_DYING),
    [DOMAIN_SHUTDOWN] = BIT(DOMAIN_RUNNING) | BIT(DOMAIN_DYING),
    [DOMAIN_DYING] = BIT(DOMAIN_DEAD),
    [DOMAIN_DEAD] = 0,
};

static const char *const reason_names[] = {
    [SHUTDOWN_poweroff] = "power off", [SHUTDOWN_reboot] = "reboot",
    [SHUTDOWN_suspend] = "suspend",    [SHUTDOWN_crash] = "crash",
    [SHUTDOWN_watchdog] = "watchdog",  [SHUTDOWN_soft_reset] = "soft reset",
};

static struct timer end_timer;

bool domain_may_change(enum domain_state from, enum domain_state to)
{
    return (unsigned)from < ARRAY_COUNT(legal) && legal[from] >> to & 1;
}

/* The one write of d->state; on failure *from is the present state. */
static bool change(struct domain *d, enum domain_state *from,
                   enum domain_state to)
{
    return domain_may_change(*from, to) && atomic_cas(&d->state, from, to);
}

bool domain_change_state(struct domain *d, enum domain_state to)
{
    enum domain_state from = atomic_load(&d->state);

    while (domain_may_change(from, to))
        if (change(d, &from, to))
            return true;
    return false;
}

const char *domain_state_name(enum domain_state state)
{
    static const char *const names[] = {
        [DOMAIN_BUILDING] = "building", [DOMAIN_RUNNING] = "running",
        [DOMAIN_SHUTDOWN] = "shutdown", [DOMAIN_DYING] = "dying",
        [DOMAIN_DEAD] = "dead",
    };

    return names[state];
}

/* Have the scheduler see the domain's new state. */
static void vcpus_reconsider(struct domain *d)
{
    for (unsigned i = 0; i < d->max_vcpus; i++) {
        struct vcpu *v = domain_vcpu(d, i);

        if (v)
            sched_reconsider(v);
    }
}

int domain_start(struct domain *d)
{
    enum domain_state from = DOMAIN_BUILDING;

    if (!change(d, &from, DOMAIN_RUNNING))
        return -EINVAL;
    vcpus_reconsider(d);
    return 0;
}

bool domain_is_stopped(const struct domain *d)
{
    for (unsigned i = 0; i < d->max_vcpus; i++) {
        const struct vcpu *v = domain_vcpu(d, i);

        if (v && (READ_ONCE(v->sched.state) == VCPU_RUNNING ||
                  !READ_ONCE(v->sched.is_at_boundary)))
            return false;
    }
    return true;
}

static void report_vcpu(const struct vcpu *v)
{
    const struct cpu_regs *r = &v->top->regs;

    log_error("d%uv%u %s mode: rip %lx rsp %lx rflags %lx cs %lx ss %lx",
              v->domain->id, v->id, v->pv.in_kernel ? "kernel" : "user", r->rip,
              r->rsp, r->rflags, r->cs & 0xffff, r->ss & 0xffff);
    log_error("  rax %lx rbx %lx rcx %lx rdx %lx rsi %lx rdi %lx rbp %lx",
              r->rax, r->rbx, r->rcx, r->rdx, r->rsi, r->rdi, r->rbp);
    log_error("  r8 %lx r9 %lx r10 %lx r11 %lx r12 %lx r13 %lx r14 %lx r15 %lx",
              r->r8, r->r9, r->r10, r->r11, r->r12, r->r13, r->r14, r->r15);
    log_error("  kernel root %lx user root %lx cr2 %lx", v->mm.kernel_root.v,
              v->mm.user_root.v, v->event.info->arch.cr2);
}

static void end_timer_fire(void *data)
{
    (void)data;
    log_error("rebooting");
    power_reboot();
}

/* dom0 is gone for good: reboot after 5 s, unless the user wants to look. */
static void dom0_lost(void)
{
    if (boot_params.noreboot) {
        log_error("dom0 has stopped; not rebooting because of noreboot");
        return;
    }
    log_error("dom0 has stopped; rebooting in 5 seconds");
    timer_init(&end_timer, end_timer_fire, NULL, cpu_id());
    timer_set(&end_timer, clock_now_ns() + REBOOT_DELAY_NS);
}

static void dom0_shutdown(unsigned reason)
{
    switch (reason) {
    case SHUTDOWN_poweroff:
        log_info("dom0 has powered off: the machine halts");
        power_halt();
    case SHUTDOWN_reboot:
        log_info("dom0 reboots the machine");
        power_reboot();
    default:
        dom0_lost();
    }
}

/* Stop the domain; false when it had ended already. */
static bool stop(struct domain *d, unsigned reason)
{
    if (!domain_change_state(d, DOMAIN_SHUTDOWN))
        return false;
    WRITE_ONCE(d->shutdown_code, (uint8_t)reason);
    vcpus_reconsider(d);
    return true;
}

void domain_shutdown(struct domain *d, unsigned reason)
{
    ASSERT(reason <= SHUTDOWN_MAX);
    if (!stop(d, reason))
        return;
    log_guest(LOG_INFO, "d%u: shutdown: %s", d->id, reason_names[reason]);
    if (d == dom0)
        dom0_shutdown(reason);
    else
        virq_raise_global(VIRQ_DOM_EXC);
}

void domain_crash(struct domain *d, const char *fmt, ...)
{
    struct vcpu *v = current_vcpu();
    char why[120];
    va_list ap;

    bool is_first;

    CHECK(d != idle_domain);
    is_first = stop(d, SHUTDOWN_crash);
    /* Not one more instruction, even if whoever was first is not here yet. */
    if (v && v->domain == d)
        vcpu_set_work(v, VCPU_WORK_STOP);
    if (!is_first)
        return;
    va_start(ap, fmt);
    format_vsnprintf(why, sizeof(why), fmt, ap);
    va_end(ap);
    log_error("d%u crashed: %s", d->id, why);
    if (v && v->domain == d)
        report_vcpu(v);
    if (d == dom0)
        dom0_lost();
    else
        virq_raise_global(VIRQ_DOM_EXC);
}

int domain_kill(struct domain *d)
{
    if (d == dom0 || d == idle_domain)
        return -EINVAL;
    if (!domain_change_state(d, DOMAIN_DYING))
        return 0;
    d->mm.is_dying = true;
    vcpus_reconsider(d);
    domain_ref(d);
    reaper_add(d);
    return 0;
}
