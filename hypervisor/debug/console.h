/* SPDX-License-Identifier: MIT */
/*
 * The console: output to serial port and screen (parameter console), input
 * from the serial port, to dom0 or to the debug keys.
 *
 * Order: params_parse(), console_init(), console_banner(); after mm_init()
 * screen_init(); when interrupts are routed and timers work, debug_keys_init()
 * and console_input_init().
 */
#pragma once

#include "lib/types.h"

/* Open the consoles that boot_params names; shows what was logged so far. */
void console_init(void);
/* The line that says who is booting. */
void console_banner(void);
/* Start taking input: poll the port when it has no interrupt. */
void console_input_init(void);

/*
 * The lock of the log, the consoles and their input, rank LOCK_CONSOLE. After
 * a panic nothing is locked: pass the result of one to the other.
 */
MUST_CHECK bool console_lock(void);
void console_unlock(bool was_locked);
/* Somebody has the lock, perhaps what an NMI has just interrupted. */
bool console_is_busy(void);
/* From now on the lock is ignored: its holder may be stopped for good. */
void console_break_lock(void);

/* Caller holds the lock. A line of our own starts in the first column. */
void console_put_line(const char *s, size_t n);
/* What dom0 writes, as it is. */
void console_write_guest(const char *s, size_t n);

/* Bytes from the serial port. Interrupt context, never yields. */
void console_receive(const char *s, size_t n);
/* Take up to n bytes of input meant for dom0; returns how many. */
size_t console_read_guest(char *buf, size_t n);
