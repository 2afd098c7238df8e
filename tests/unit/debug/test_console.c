/* SPDX-License-Identifier: MIT */
/*
 * debug/log.c and debug/console.c: levels, the ring and its indices, the limit
 * on guests' messages, output before the consoles are open, and the three
 * Ctrl-A. Serial port, screen, clock and locks are fakes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "abi/xen.h"
#include "debug/console.h"
#include "debug/keys.h"
#include "debug/log.h"
#include "debug/panic.h"
#include "lib/params.h"
#include "lib/spinlock.h"
#include "lib/upcall.h"
#include "platform/screen.h"
#include "platform/serial.h"
#include "time/clock.h"
#include "time/timer.h"

struct boot_params boot_params;

static char sent[200000];
static size_t sent_bytes;
static unsigned lock_depth, virq_count;
static char keys[64];
static size_t key_count;

void serial_init(void)
{
}

uint16_t serial_port_base(void)
{
    return 0x3f8;
}

bool serial_has_interrupt(void)
{
    return true;
}

void serial_interrupt(void)
{
}

void serial_write(const char *s, size_t n)
{
    assert_int_equal(lock_depth, 1);
    assert_true(sent_bytes + n < sizeof(sent));
    memcpy(sent + sent_bytes, s, n);
    sent_bytes += n;
    sent[sent_bytes] = '\0';
}

void screen_fall_back(void)
{
}

void screen_init_early(void)
{
}

void screen_write(const char *s UNUSED, size_t n UNUSED)
{
}

void spin_lock(struct spinlock *l UNUSED)
{
    assert_int_equal(lock_depth++, 0);
}

bool spin_is_locked(const struct spinlock *l)
{
    (void)l;
    return false;
}

void spin_unlock(struct spinlock *l UNUSED)
{
    assert_int_equal(lock_depth--, 1);
}

/* Without a clock the budget does not refill. */
uint64_t clock_tsc_khz(void)
{
    return 0;
}

uint64_t clock_now_ns(void)
{
    return 0;
}

void timer_init(struct timer *t UNUSED, void (*fire)(void *) UNUSED,
                void *data UNUSED, unsigned cpu UNUSED)
{
}

void timer_set(struct timer *t UNUSED, uint64_t deadline_ns UNUSED)
{
}

void virq_raise_global(unsigned virq)
{
    assert_int_equal(virq, VIRQ_CONSOLE);
    assert_int_equal(lock_depth, 0);
    virq_count++;
}

void debug_key_handle(char key)
{
    assert_int_equal(lock_depth, 0);
    keys[key_count++] = key;
}

void panic_reboot(void)
{
    abort();
}

void panic_stop_cpu(void)
{
    abort();
}

static void forget_sent(void)
{
    sent_bytes = 0;
    sent[0] = '\0';
}

static void receive(const char *s)
{
    console_receive(s, strlen(s));
}

/* First: the consoles can be opened only once. */
static void test_early(void **state UNUSED)
{
    boot_params.console_com1 = true;
    boot_params.loglvl = (struct param_loglvl){2, 2};
    log_warning("early %d", 1);
    log_info("hidden");
    assert_int_equal(sent_bytes, 0);
    console_init();
    assert_string_equal(sent, "(parvis) early 1\n");
    console_init();
    log_error("two");
    assert_string_equal(sent, "(parvis) early 1\n(parvis) two\n");
}

static void test_lines(void **state UNUSED)
{
    char longest[1000];

    forget_sent();
    console_write_guest("dom0# ", 6);
    log_error("bad\n\x1b[31m\xff");
    assert_string_equal(sent, "dom0# \n(parvis) bad??[31m?\n");
    forget_sent();
    memset(longest, 'x', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    log_error("%s", longest);
    assert_true(sent_bytes < 400);
    assert_int_equal(sent[sent_bytes - 1], '\n');
    assert_int_equal(strlen(sent), sent_bytes);
    boot_params.loglvl = (struct param_loglvl){0, 0};
    forget_sent();
    log_error("hidden");
    assert_int_equal(sent_bytes, 0);
    log_always("shown");
    assert_string_equal(sent, "(parvis) shown\n");
}

static void test_ring(void **state UNUSED)
{
    char buf[64];
    uint32_t index = 0, end;
    size_t total = 0, n;

    log_clear();
    assert_int_equal(log_read(buf, sizeof(buf), &index, false), 0);
    log_debug("one");
    assert_int_equal(log_read(buf, 4, &index, true), 4);
    assert_memory_equal(buf, "(par", 4);
    n = log_read(buf, sizeof(buf), &index, true);
    assert_int_equal(n, 9);
    assert_memory_equal(buf, "vis) one\n", 9);
    assert_int_equal(log_read(buf, sizeof(buf), &index, true), 0);
    end = index;
    assert_int_equal(log_read(buf, sizeof(buf), &index, false), 13);
    assert_int_equal(index, end);
    /* More than the ring holds: the reader goes on at the oldest byte. */
    for (int i = 0; i < 10000; i++)
        log_debug("line %d", i);
    while ((n = log_read(buf, sizeof(buf), &index, true)) != 0)
        total += n;
    assert_int_equal(total, 65536);
    log_clear();
    assert_int_equal(log_read(buf, sizeof(buf), &index, true), 0);
    assert_int_equal(log_read(buf, sizeof(buf), &index, false), 0);
}

static void test_guest_limit(void **state UNUSED)
{
    unsigned lines = 0;
    char buf[64];
    uint32_t index;

    forget_sent();
    log_clear();
    boot_params.guest_loglvl = (struct param_loglvl){0, 2};
    log_guest(LOG_INFO, "hidden");
    assert_int_equal(log_read(buf, sizeof(buf), &index, false), 0);
    for (int i = 0; i < 1000; i++)
        log_guest(LOG_WARNING, "d1v0 %d", i);
    for (size_t i = 0; i < sent_bytes; i++)
        lines += sent[i] == '\n';
    assert_int_equal(lines, 10);
    /* What is not limited tells first how many were lost. */
    boot_params.guest_loglvl = (struct param_loglvl){1, 1};
    forget_sent();
    log_guest(LOG_ERROR, "d1v0 last");
    assert_string_equal(sent, "(parvis) 990 messages dropped, too many at "
                              "once\n(parvis) d1v0 last\n");
}

static void test_input(void **state UNUSED)
{
    char buf[2000];

    virq_count = 0;
    receive("ab");
    assert_int_equal(virq_count, 1);
    assert_int_equal(console_read_guest(buf, 1), 1);
    assert_int_equal(buf[0], 'a');
    assert_int_equal(console_read_guest(buf, 10), 1);
    assert_int_equal(buf[0], 'b');
    assert_int_equal(console_read_guest(buf, 10), 0);
    /* One or two Ctrl-A are dom0's, in their place. */
    receive("\001");
    assert_int_equal(console_read_guest(buf, 10), 0);
    receive("\001x");
    assert_int_equal(console_read_guest(buf, 10), 3);
    assert_memory_equal(buf, "\001\001x", 3);
    /* What does not fit is lost, not what was there. */
    memset(buf, 'z', sizeof(buf));
    buf[0] = 'A';
    console_receive(buf, sizeof(buf));
    assert_int_equal(console_read_guest(buf, sizeof(buf)), 1024);
    assert_int_equal(buf[0], 'A');
}

static void test_switch(void **state UNUSED)
{
    char buf[16];

    forget_sent();
    virq_count = 0;
    receive("\001\001\001hd");
    assert_non_null(strstr(sent, "input goes to the hypervisor"));
    assert_int_equal(key_count, 2);
    assert_memory_equal(keys, "hd", 2);
    assert_int_equal(virq_count, 0);
    receive("\001");
    receive("\001");
    receive("\001");
    assert_non_null(strstr(sent, "input goes to dom0"));
    receive("q");
    assert_int_equal(key_count, 2);
    assert_int_equal(console_read_guest(buf, sizeof(buf)), 1);
    assert_int_equal(buf[0], 'q');
}

/* After a panic nothing waits for a lock whose holder may be stopped. */
static void test_broken_lock(void **state UNUSED)
{
    bool locked = console_lock();

    assert_true(locked);
    console_break_lock();
    lock_depth = 1;
    log_always("still heard");
    assert_false(console_lock());
    console_unlock(false);
    assert_int_equal(lock_depth, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_early),       cmocka_unit_test(test_lines),
        cmocka_unit_test(test_ring),        cmocka_unit_test(test_guest_limit),
        cmocka_unit_test(test_input),       cmocka_unit_test(test_switch),
        cmocka_unit_test(test_broken_lock),
    };

    return cmocka_run_group_tests_name("debug/console", tests, NULL, NULL);
}
