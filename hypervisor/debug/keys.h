/* SPDX-License-Identifier: MIT */
/*
 * Debug keys: what the hypervisor tells or does at a key on the serial line,
 * once three Ctrl-A switched the input to it. Each room registers its own at
 * boot.
 */
#pragma once

#include "lib/types.h"

/*
 * `fn` runs with interrupts off in the serial port's interrupt: it may take
 * locks, must not yield, and speaks by log_always(). `help`: a few words, not
 * copied. The first registration of a key wins, a second one is a bug.
 */
void debug_key_register(char key, void (*fn)(char key), const char *help);
/* Run the key's function; tells about `h` when there is none. */
void debug_key_handle(char key);
/* The keys of this room. */
void debug_keys_init(void);
