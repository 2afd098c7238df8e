/* SPDX-License-Identifier: MIT */
/*
 * Fans output out to the consoles and input in to dom0 or the debug keys.
 *
 * Invariant: a line of the hypervisor's starts in the first column, even when
 * dom0 left a prompt there.
 * Invariant: input bytes are kept for dom0 in order; what finds the buffer
 * full is lost.
 * Locking: one lock, rank LOCK_CONSOLE, for the log ring, output and input;
 * a virq is raised and a key's function called without it. Received bytes
 * come from one place at a time (one interrupt, or one timer).
 */
#include "debug/console.h"

#include "abi/xen.h"
#include "debug/keys.h"
#include "debug/log.h"
#include "lib/atomic.h"
#include "lib/params.h"
#include "lib/spinlock.h"
#include "lib/string.h"
#include "lib/upcall.h"
#include "lib/version.h"
#include "platform/screen.h"
#include "platform/serial.h"
#include "time/clock.h"
#include "time/timer.h"

#define CTRL_A       '\001'
#define SWITCH_COUNT 3
#define EARLY_BYTES  2048
#define INPUT_BYTES  1024 /* a power of two */
#define POLL_NS      20000000UL

static struct spinlock lock = SPINLOCK_INIT(LOCK_CONSOLE);
static uint32_t is_lock_broken;

static bool is_open;
static bool is_line_start = true;
/* What was said before the consoles were open. */
static char early[EARLY_BYTES] INIT_DATA;
static size_t early_bytes;

static struct {
    char ring[INPUT_BYTES];
    uint32_t head, tail; /* free-running: taken at head, added at tail */
    unsigned ctrl_a_count;
    bool is_ours; /* bytes are debug keys */
    struct timer poll;
} input;

bool console_lock(void)
{
    if (atomic_load(&is_lock_broken))
        return false;
    spin_lock(&lock);
    return true;
}

void console_unlock(bool was_locked)
{
    if (was_locked)
        spin_unlock(&lock);
}

bool console_is_busy(void)
{
    return spin_is_locked(&lock);
}

void console_break_lock(void)
{
    atomic_store(&is_lock_broken, 1);
}

static void put(const char *s, size_t n)
{
    if (!n)
        return;
    serial_write(s, n);
    screen_write(s, n);
    is_line_start = s[n - 1] == '\n';
}

void console_put_line(const char *s, size_t n)
{
    if (!is_open) {
        n = MIN(n, EARLY_BYTES - early_bytes);
        memcpy(early + early_bytes, s, n);
        early_bytes += n;
        return;
    }
    if (!is_line_start)
        put("\n", 1);
    put(s, n);
}

void console_write_guest(const char *s, size_t n)
{
    bool locked = console_lock();

    put(s, n);
    console_unlock(locked);
}

void console_init(void)
{
    bool locked;

    if (is_open)
        return;
    if (boot_params.console_com1)
        serial_init();
    screen_init_early();
    locked = console_lock();
    is_open = true;
    put(early, early_bytes);
    console_unlock(locked);
}

void console_banner(void)
{
    log_always("Parvis " PARVIS_VERSION ", Xen %d.%d PV ABI; %s build, "
               "compiler " __VERSION__ ", at most %d CPUs",
               XEN_ABI_MAJOR, XEN_ABI_MINOR,
               IS_ENABLED(CONFIG_DEBUG) ? "debug" : "release", CONFIG_NR_CPUS);
}

static void poll_port(void *unused UNUSED)
{
    serial_interrupt();
    timer_set(&input.poll, clock_now_ns() + POLL_NS);
}

void console_input_init(void)
{
    if (!serial_port_base() || serial_has_interrupt())
        return;
    timer_init(&input.poll, poll_port, NULL, 0);
    timer_set(&input.poll, clock_now_ns() + POLL_NS);
}

static void switch_input(void)
{
    input.is_ours = !input.is_ours;
    if (input.is_ours)
        log_always("input goes to the hypervisor: h lists its keys, three "
                   "Ctrl-A give it back to dom0");
    else
        log_always("input goes to dom0: three Ctrl-A switch to the "
                   "hypervisor");
}

static void queue_for_guest(char c)
{
    bool locked = console_lock();

    if (input.tail - input.head < INPUT_BYTES)
        input.ring[input.tail++ % INPUT_BYTES] = c;
    console_unlock(locked);
}

/* True: dom0 has something to read. */
static bool deliver(char c)
{
    if (input.is_ours) {
        debug_key_handle(c);
        return false;
    }
    queue_for_guest(c);
    return true;
}

/*
 * A Ctrl-A is held back until it is clear that it is not one of three.
 */
void console_receive(const char *s, size_t n)
{
    bool is_for_guest = false;

    for (size_t i = 0; i < n; i++) {
        if (s[i] == CTRL_A) {
            if (++input.ctrl_a_count == SWITCH_COUNT) {
                input.ctrl_a_count = 0;
                switch_input();
            }
            continue;
        }
        for (; input.ctrl_a_count; input.ctrl_a_count--)
            is_for_guest |= deliver(CTRL_A);
        is_for_guest |= deliver(s[i]);
    }
    if (is_for_guest)
        virq_raise_global(VIRQ_CONSOLE);
}

size_t console_read_guest(char *buf, size_t n)
{
    bool locked = console_lock();
    size_t i = 0;

    while (i < n && input.head != input.tail)
        buf[i++] = input.ring[input.head++ % INPUT_BYTES];
    console_unlock(locked);
    return i;
}
