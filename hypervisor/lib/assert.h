/* SPDX-License-Identifier: MIT */
/*
 * ASSERT: our own invariant, checked in debug builds. CHECK: the same where
 * isolation rests on it, checked in every build. Nothing that a guest does can
 * make either fail.
 */
#pragma once

#include "lib/types.h"

/*
 * Report `fmt`, the registers and a back-trace on the console, stop the other
 * CPUs, and reboot or halt (parameter noreboot).
 */
NORETURN void panic(const char *fmt, ...) PRINTF_LIKE(1, 2);

#define CHECK(cond)                                                        \
    do {                                                                   \
        if (unlikely(!(cond)))                                             \
            panic("CHECK failed: %s at %s:%d", #cond, __FILE__, __LINE__); \
    } while (0)

#define ASSERT(cond)                  \
    do {                              \
        if (IS_ENABLED(CONFIG_DEBUG)) \
            CHECK(cond);              \
    } while (0)

#define ASSERT_UNREACHABLE() ASSERT(!"unreachable")
