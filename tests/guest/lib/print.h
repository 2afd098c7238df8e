/* SPDX-License-Identifier: MIT */
/*
 * Formatted output to the hypervisor's console, and the few string
 * functions that the compiler may call.
 *
 * print() formats into a line buffer and hands each whole line over in one
 * console_io write, so that lines of two vCPUs never mix.
 * Formats: %s %c %d %i %u %x %p %%, with l, ll, z, width and 0.
 */
#pragma once

#include "types.h"

void print(const char *fmt, ...) PRINTF(1, 2);
int print_to(char *buf, size_t size, const char *fmt, ...) PRINTF(3, 4);
int print_to_v(char *buf, size_t size, const char *fmt, va_list ap);

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
const char *strstr(const char *hay, const char *needle);
