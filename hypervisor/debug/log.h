/* SPDX-License-Identifier: MIT */
/*
 * The hypervisor's messages: to the log ring always, to the consoles by
 * parameter loglvl. Messages that a guest can cause go through log_guest(),
 * which is limited in rate. Usable from the first instruction in C on: what is
 * said before console_init() is shown then.
 */
#pragma once

#include "lib/types.h"

enum log_level {
    LOG_ERROR,
    LOG_WARNING,
    LOG_INFO,
    LOG_DEBUG
};

/* One line each; no trailing newline in `fmt`. */
void log_print(enum log_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Caused by a guest: level guest_loglvl, rate-limited. */
void log_guest(enum log_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* What the user asked for (a debug key) or must see: shown at any loglvl. */
void log_always(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_valways(const char *prefix, const char *fmt, va_list ap)
    PRINTF_LIKE(2, 0);

#define log_error(...)   log_print(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_print(LOG_WARNING, __VA_ARGS__)
#define log_info(...)    log_print(LOG_INFO, __VA_ARGS__)
#define log_debug(...)   log_print(LOG_DEBUG, __VA_ARGS__)

/*
 * The ring by index: each byte ever logged has one, counted from 0 and
 * wrapping at 32 bits. Copies up to `size` bytes into `buf`, from the oldest
 * kept or, when that is later and `incremental` is set, from *index; sets
 * *index to just after the last byte copied. Returns the bytes copied.
 */
size_t log_read(char *buf, size_t size, uint32_t *index, bool incremental);
/* Forget what is in the ring, for later log_read() calls. */
void log_clear(void);

/*
 * The boot can not go on because of something the user can change: one line
 * that says what is wrong and what to do, then halt (or reboot if asked).
 */
NORETURN void boot_fail(const char *fmt, ...) PRINTF_LIKE(1, 2);
