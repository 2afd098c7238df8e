/* SPDX-License-Identifier: MIT */
/*
 * Formats messages, keeps them in a ring and hands those of interest to the
 * consoles.
 *
 * Invariant: a line of the log holds printable ASCII only, so that text from
 * outside (a command line, an ELF note) cannot steer the reader's terminal.
 * Invariant: guests cannot fill ring or console unless guest_loglvl lets them:
 * their messages share one budget, and what exceeds it is counted and dropped.
 * Locking: the console lock (debug/console.h).
 */
#include "debug/log.h"

#include "cpu/insn.h"
#include "debug/console.h"
#include "debug/panic.h"
#include "lib/format.h"
#include "lib/params.h"
#include "lib/string.h"
#include "platform/screen.h"
#include "time/clock.h"

#define RING_BYTES 65536U /* a power of two */
#define LINE_BYTES 320
#define PREFIX     "(parvis) "
/* The budget of limited messages: a burst, then one each so often. */
#define LIMIT_BURST     10
#define LIMIT_REFILL_MS 500

static char ring[RING_BYTES];
/* Indices of bytes as log_read() gives them: oldest kept, one past the last. */
static uint32_t ring_start, ring_end;

static struct {
    unsigned tokens;
    unsigned dropped;
    uint64_t refilled_ms;
} limit = {.tokens = LIMIT_BURST};

struct line {
    char text[LINE_BYTES];
    size_t n;
};

enum verdict {
    HIDDEN,
    LIMITED,
    SHOWN
};

static void line_vformat(struct line *line, const char *prefix, const char *fmt,
                         va_list ap)
{
    size_t start;
    int length;

    start =
        (size_t)format_snprintf(line->text, LINE_BYTES, PREFIX "%s", prefix);
    length =
        format_vsnprintf(line->text + start, LINE_BYTES - 1 - start, fmt, ap);
    line->n = MIN(start + (size_t)length, LINE_BYTES - 2);
    for (size_t i = 0; i < line->n; i++)
        if (line->text[i] < ' ' || line->text[i] > '~')
            line->text[i] = line->text[i] == '\t' ? ' ' : '?';
    line->text[line->n++] = '\n';
}

static PRINTF_LIKE(2, 3) void line_format(struct line *line, const char *fmt,
                                          ...)
{
    va_list ap;

    va_start(ap, fmt);
    line_vformat(line, "", fmt, ap);
    va_end(ap);
}

/* Caller holds the lock. */
static void ring_append(const struct line *line)
{
    for (size_t i = 0; i < line->n; i++)
        ring[ring_end++ % RING_BYTES] = line->text[i];
    if (ring_end - ring_start > RING_BYTES)
        ring_start = ring_end - RING_BYTES;
}

/* Milliseconds, of no particular start; 0 before the clock works. */
static uint64_t now_ms(void)
{
    uint64_t khz = clock_tsc_khz();

    return khz ? rdtsc() / khz : 0;
}

/* Caller holds the lock. True: one more limited message is in the budget. */
static bool limit_take(void)
{
    uint64_t now = now_ms();
    /* TSCs may differ between CPUs: time does not go back here. */
    uint64_t gained = now > limit.refilled_ms
                          ? (now - limit.refilled_ms) / LIMIT_REFILL_MS
                          : 0;

    if (gained) {
        limit.tokens = (unsigned)MIN(limit.tokens + gained, LIMIT_BURST);
        limit.refilled_ms += gained * LIMIT_REFILL_MS;
    }
    if (!limit.tokens) {
        limit.dropped++;
        return false;
    }
    limit.tokens--;
    return true;
}

/* Caller holds the lock. */
static void tell_dropped(void)
{
    struct line line;

    if (!limit.dropped)
        return;
    line_format(&line, "%u messages dropped, too many at once", limit.dropped);
    limit.dropped = 0;
    ring_append(&line);
    console_put_line(line.text, line.n);
}

static enum verdict verdict(enum log_level level, const struct param_loglvl *l)
{
    return level < l->lower ? SHOWN : level < l->upper ? LIMITED : HIDDEN;
}

void log_print(enum log_level level, const char *fmt, ...)
{
    enum verdict v = verdict(level, &boot_params.loglvl);
    struct line line;
    va_list ap;
    bool locked;

    va_start(ap, fmt);
    line_vformat(&line, "", fmt, ap);
    va_end(ap);
    locked = console_lock();
    ring_append(&line);
    if (v == SHOWN || (v == LIMITED && limit_take())) {
        tell_dropped();
        console_put_line(line.text, line.n);
    }
    console_unlock(locked);
}

void log_guest(enum log_level level, const char *fmt, ...)
{
    enum verdict v = verdict(level, &boot_params.guest_loglvl);
    struct line line;
    va_list ap;
    bool locked;

    if (v == HIDDEN)
        return;
    va_start(ap, fmt);
    line_vformat(&line, "", fmt, ap);
    va_end(ap);
    locked = console_lock();
    if (v == SHOWN || limit_take()) {
        tell_dropped();
        ring_append(&line);
        console_put_line(line.text, line.n);
    }
    console_unlock(locked);
}

void log_valways(const char *prefix, const char *fmt, va_list ap)
{
    struct line line;
    bool locked;

    line_vformat(&line, prefix, fmt, ap);
    locked = console_lock();
    ring_append(&line);
    console_put_line(line.text, line.n);
    console_unlock(locked);
}

void log_always(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    log_valways("", fmt, ap);
    va_end(ap);
}

size_t log_read(char *buf, size_t size, uint32_t *index, bool incremental)
{
    bool locked = console_lock();
    uint32_t at = ring_start;
    size_t n = 0;

    /* An index outside of what is kept means the oldest byte. */
    if (incremental && *index - ring_start <= ring_end - ring_start)
        at = *index;
    while (n < size && at != ring_end)
        buf[n++] = ring[at++ % RING_BYTES];
    *index = at;
    console_unlock(locked);
    return n;
}

void log_clear(void)
{
    bool locked = console_lock();

    ring_start = ring_end;
    console_unlock(locked);
}

void boot_fail(const char *fmt, ...)
{
    va_list ap;

    cpu_cli();
    console_init();
    screen_fall_back();
    va_start(ap, fmt);
    log_valways("boot failed: ", fmt, ap);
    va_end(ap);
    if (boot_params.reboot_asked)
        panic_reboot();
    panic_stop_cpu();
}
