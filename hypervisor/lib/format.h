/* SPDX-License-Identifier: MIT */
/*
 * printf-style formatting: d i u x X c s p %, flags 0 - #, width, precision,
 * lengths hh h l ll z. Returns the length that the whole text would have.
 */
#pragma once

#include "lib/types.h"

int format_vsnprintf(char *buf, size_t size, const char *fmt, va_list ap);
int format_snprintf(char *buf, size_t size, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
