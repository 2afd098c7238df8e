/* SPDX-License-Identifier: MIT */
/*
 * The table of debug keys, and the keys that belong to no other room.
 *
 * Locking: none; the table is written at boot, before input is taken.
 */
#include "debug/keys.h"

#include "cpu/percpu.h"
#include "cpu/regs.h"
#include "debug/backtrace.h"
#include "debug/console.h"
#include "debug/log.h"
#include "debug/panic.h"
#include "lib/assert.h"
#include "lib/config.h"
#include "platform/power.h"

#define KEY_COUNT       128
#define SHOWN_LOG_BYTES 4096U

static struct {
    void (*fn)(char key);
    const char *help;
} keys[KEY_COUNT];

void debug_key_register(char key, void (*fn)(char key), const char *help)
{
    unsigned idx = (unsigned char)key;

    CHECK(idx < KEY_COUNT && !keys[idx].fn);
    keys[idx].fn = fn;
    keys[idx].help = help;
}

void debug_key_handle(char key)
{
    unsigned idx = (unsigned char)key;

    if (idx < KEY_COUNT && keys[idx].fn)
        keys[idx].fn(key);
    else
        log_always("no such key; h lists those there are");
}

static void key_help(char key UNUSED)
{
    for (unsigned i = 0; i < KEY_COUNT; i++)
        if (keys[i].fn)
            log_always("  %c  %s", (char)i, keys[i].help);
}

/* The stack's top holds the registers of the guest that was interrupted. */
static void key_registers(char key UNUSED)
{
    const struct stack_top *top = stack_top();
    bool is_guest = top->vcpu && top->regs.cs & 3;

    log_always("CPU %u of %u, %s", cpu_id(), cpu_count,
               is_guest ? "running a guest" : "idle");
    if (is_guest)
        debug_dump_regs(&top->regs);
    debug_backtrace(NULL);
}

static void key_reboot(char key UNUSED)
{
    log_always("reboot");
    power_reboot();
}

/* Show the end of the log again, as it is in the ring. */
static void key_log(char key UNUSED)
{
    char chunk[128];
    uint32_t index = 0;
    size_t total = 0, n, skip;

    do {
        n = log_read(chunk, sizeof(chunk), &index, total > 0);
        total += n;
    } while (n);
    skip = MIN(total, SHOWN_LOG_BYTES);
    index -= (uint32_t)skip;
    while (skip &&
           (n = log_read(chunk, MIN(skip, sizeof(chunk)), &index, true)) != 0) {
        console_write_guest(chunk, n);
        skip -= n;
    }
}

static void key_panic(char key UNUSED)
{
    panic("asked for by debug key P");
}

void debug_keys_init(void)
{
    debug_key_register('h', key_help, "list the keys");
    debug_key_register('d', key_registers, "registers of this CPU's guest");
    debug_key_register('R', key_reboot, "reboot at once");
    debug_key_register('L', key_log, "the last 4 KiB of the log");
    if (IS_ENABLED(CONFIG_DEBUG))
        debug_key_register('P', key_panic, "panic");
}
