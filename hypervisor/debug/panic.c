/* SPDX-License-Identifier: MIT */
/*
 * The end after a bug of ours: say what is known, stop everyone, reboot.
 *
 * Invariant: at most one CPU reports. A second panic of the same CPU, raised
 * by the reporting, says its line only; a third one says nothing.
 * Locking: none is taken: a lock's holder may be stopped for good.
 */
#include "debug/panic.h"

#include "cpu/insn.h"
#include "cpu/percpu.h"
#include "debug/backtrace.h"
#include "debug/console.h"
#include "debug/log.h"
#include "lib/assert.h"
#include "lib/atomic.h"
#include "lib/params.h"
#include "platform/apic.h"
#include "platform/power.h"
#include "platform/screen.h"
#include "time/clock.h"

#define REBOOT_SECONDS 5

/* CPU that panicked first, plus 1. */
static uint32_t panic_owner;
static unsigned panic_depth; /* of the owner */

bool panic_is_active(void)
{
    return atomic_load(&panic_owner) != 0;
}

void panic_stop_cpu(void)
{
    for (;;) {
        cpu_cli();
        cpu_halt();
    }
}

static bool have_others(void)
{
    unsigned cpu, count = 0;

    CPUMASK_FOR_EACH(cpu, &cpu_online)
    count++;
    return count > 1;
}

/* Become the reporting CPU; returns how often it has. */
static unsigned take_ownership(void)
{
    uint32_t owner = 0, me = cpu_id() + 1;

    cpu_cli();
    if (!atomic_cas(&panic_owner, &owner, me) && owner != me)
        panic_stop_cpu();
    return ++panic_depth;
}

static void wait_a_second(void)
{
    if (clock_tsc_khz()) {
        clock_delay_us(1000000);
        return;
    }
    /* No clock yet: a read of the POST port takes about 1 us. */
    for (unsigned i = 0; i < 1000000; i++)
        (void)inb(0x80);
}

void panic_reboot(void)
{
    for (unsigned i = 0; i < REBOOT_SECONDS; i++)
        wait_a_second();
    power_reboot();
    panic_stop_cpu();
}

void panic_end(void)
{
    if (boot_params.noreboot) {
        log_always("halted (noreboot)");
        panic_stop_cpu();
    }
    log_always("reboot in %d seconds", REBOOT_SECONDS);
    panic_reboot();
}

static NORETURN PRINTF_LIKE(2, 0) void report(const struct cpu_regs *regs,
                                              const char *fmt, va_list ap)
{
    unsigned depth = take_ownership();

    if (depth > 2)
        panic_stop_cpu();
    console_break_lock();
    if (depth == 2) {
        log_valways("panic in panic: ", fmt, ap);
        panic_end();
    }
    console_init();
    screen_fall_back();
    log_always("----------------------------------------");
    log_valways("PANIC: ", fmt, ap);
    if (have_others())
        apic_nmi_others();
    if (regs)
        debug_dump_regs(regs);
    debug_backtrace(regs);
    log_always("----------------------------------------");
    panic_end();
}

void panic(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    report(NULL, fmt, ap);
}

void panic_at(const struct cpu_regs *regs, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    report(regs, fmt, ap);
}
