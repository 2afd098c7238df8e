/* SPDX-License-Identifier: MIT */
/*
 * The test runner. See test.h.
 *
 * Command line: only=A,B or skip=A,B name tests (a trailing * matches any
 * rest), list prints names only, verbose prints each name before its test.
 */
#include "test.h"

#include "abi.h"
#include "event.h"
#include "hypercall.h"
#include "mem.h"
#include "print.h"
#include "trap.h"

extern const struct test *const tests_start[], *const tests_end[];

static struct {
    const struct test *running;
    bool failed, skipped;
    char why[384];
} state;

bool test_failed(void)
{
    return state.failed;
}

void test_fail(const char *file, int line, const char *fmt, ...)
{
    va_list ap;
    int n;

    if (state.failed)
        return;
    state.failed = true;
    for (const char *p = file; *p; p++)
        if (*p == '/')
            file = p + 1;
    n = print_to(state.why, sizeof(state.why), "%s:%d: ", file, line);
    va_start(ap, fmt);
    print_to_v(state.why + n, sizeof(state.why) - (size_t)n, fmt, ap);
    va_end(ap);
}

void test_skip(const char *why)
{
    if (state.failed || state.skipped)
        return;
    state.skipped = true;
    print_to(state.why, sizeof(state.why), "%s", why);
}

void test_abort(const char *why)
{
    struct cpu *c = trap_cpu();

    test_fail("abort", 0, "%s", why);
    if (c->test_armed) {
        c->test_armed = false;
        jump_to(&c->test_jump);
    }
    test_result("error", why);
}

void test_unexpected_trap(const struct regs *r)
{
    test_fail("trap", 0, "unexpected %s error %lx rip %lx cs %x cr2 %lx",
              trap_name((unsigned)r->vector), r->error, r->rip, r->cs,
              (ulong_t)mem_vcpu_info(trap_cpu()->id)->arch.cr2);
}

bool test_on_xen(void)
{
    char extra[XEN_EXTRAVERSION_LEN];

    memset(extra, 0, sizeof(extra));
    if (hypercall(__HYPERVISOR_xen_version, XENVER_extraversion, extra) < 0)
        return false;
    extra[sizeof(extra) - 1] = '\0';
    return !strstr(extra, "parvis");
}

void test_shutdown(void)
{
    struct sched_shutdown op = {.reason = SHUTDOWN_reboot};

    hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, &op);
    op.reason = SHUTDOWN_poweroff;
    hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, &op);
    for (;;)
        hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
}

void test_result(const char *word, const char *why)
{
    if (why)
        print("RESULT %s: %s\n", word, why);
    else
        print("RESULT %s\n", word);
    test_shutdown();
}

/* Is name in the comma-separated list that follows key in the line? */
static bool listed(const char *line, const char *key, const char *name)
{
    const char *p = line ? strstr(line, key) : NULL;

    if (!p)
        return false;
    for (p += strlen(key); *p && *p != ' ';) {
        size_t n = 0;

        while (p[n] && p[n] != ',' && p[n] != ' ')
            n++;
        if (n && p[n - 1] == '*') {
            if (strncmp(p, name, n - 1) == 0)
                return true;
        } else if (strlen(name) == n && strncmp(p, name, n) == 0) {
            return true;
        }
        p += n;
        if (*p == ',')
            p++;
    }
    return false;
}

static void test_reset(void)
{
    trap_hook = NULL;
    trap_cpu()->fault_armed = false;
    trap_cpu()->user_armed = false;
    event_reset();
    state.failed = state.skipped = false;
    state.why[0] = '\0';
}

static void test_run(const struct test *t)
{
    struct cpu *c = trap_cpu();

    test_reset();
    state.running = t;
    if (jump_set(&c->test_jump) == 0) {
        c->test_armed = true;
        t->fn();
    }
    c->test_armed = false;
    trap_hook = NULL;
    if (state.failed)
        print("TEST %s/%s: fail: %s\n", family_name, t->name, state.why);
    else if (state.skipped)
        print("TEST %s/%s: skip: %s\n", family_name, t->name, state.why);
    else
        print("TEST %s/%s: pass\n", family_name, t->name);
}

/* The test with the next line number after `line`; NULL after the last. */
static const struct test *test_next(unsigned line)
{
    const struct test *next = NULL;

    for (const struct test *const *t = tests_start; t < tests_end; t++)
        if ((*t)->line > line && (!next || (*t)->line < next->line))
            next = *t;
    return next;
}

__attribute__((weak)) bool family_one_boot_each(void)
{
    return false;
}

void test_expect_crash(void)
{
    print("EXPECT crash\n");
}

static NORETURN void print_boots(void)
{
    char names[2048];
    int n = 0;

    for (const struct test *t = test_next(0); t; t = test_next(t->line))
        n += print_to(names + n, sizeof(names) - (size_t)n, " %s", t->name);
    hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, 5, "BOOTS");
    hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, n, names);
    hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, 1, "\n");
    test_shutdown();
}

void test_run_all(const char *line)
{
    unsigned passed = 0, failed = 0, skipped = 0;
    bool only = strstr(line, "only=") != NULL;

    if (family_one_boot_each() && !only)
        print_boots();

    for (const struct test *t = test_next(0); t; t = test_next(t->line)) {
        if (only && !listed(line, "only=", t->name))
            continue;
        if (listed(line, "skip=", t->name))
            continue;
        if (strstr(line, "verbose") || strstr(line, "list"))
            print("RUN %s/%s\n", family_name, t->name);
        if (strstr(line, "list"))
            continue;
        test_run(t);
        if (state.failed)
            failed++;
        else if (state.skipped)
            skipped++;
        else
            passed++;
    }
    if (failed) {
        char why[64];

        print_to(why, sizeof(why), "%u of %u tests", failed,
                 passed + failed + skipped);
        test_result("fail", why);
    }
    if (!passed && skipped)
        test_result("skip", "no test applies here");
    if (!passed)
        test_result("error", "no test was run");
    test_result("pass", NULL);
}
