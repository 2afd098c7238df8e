/* SPDX-License-Identifier: MIT */
/*
 * The fixed-width integers and compiler words that every guest uses.
 * Freestanding: the compiler's own headers only.
 */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef unsigned long ulong_t;

#define ALIGNED(n)        __attribute__((aligned(n)))
#define NORETURN          __attribute__((noreturn))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define SECTION(s)        __attribute__((section(s)))
#define USED              __attribute__((used))
#define UNUSED            __attribute__((unused))

#define ARRAY_LEN(a)      (sizeof(a) / sizeof((a)[0]))
#define BIT(n)            (1ul << (n))
