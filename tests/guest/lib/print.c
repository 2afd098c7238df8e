/* SPDX-License-Identifier: MIT */
/*
 * Formatted output and string functions. See print.h.
 */
#include "print.h"

#include "abi.h"
#include "hypercall.h"

#define CONSOLEIO_WRITE 0

struct sink {
    char *buf;
    size_t size;
    size_t used;
};

static void sink_put(struct sink *s, char c)
{
    if (s->used + 1 < s->size)
        s->buf[s->used] = c;
    s->used++;
}

static void sink_number(struct sink *s, unsigned long long v, unsigned base,
                        bool negative, unsigned width, char pad)
{
    char digits[24];
    unsigned n = 0;

    do {
        digits[n++] = "0123456789abcdef"[v % base];
        v /= base;
    } while (v);
    if (negative && pad == '0')
        sink_put(s, '-');
    for (unsigned i = n + negative; i < width; i++)
        sink_put(s, pad);
    if (negative && pad != '0')
        sink_put(s, '-');
    while (n)
        sink_put(s, digits[--n]);
}

static long long arg_signed(va_list *ap, unsigned longs)
{
    if (longs >= 2)
        return va_arg(*ap, long long);
    return longs ? va_arg(*ap, long) : va_arg(*ap, int);
}

static unsigned long long arg_unsigned(va_list *ap, unsigned longs)
{
    if (longs >= 2)
        return va_arg(*ap, unsigned long long);
    return longs ? va_arg(*ap, unsigned long) : va_arg(*ap, unsigned);
}

static void sink_string(struct sink *s, const char *str, unsigned width)
{
    unsigned n = 0;

    for (str = str ? str : "(null)"; *str; str++, n++)
        sink_put(s, *str);
    for (; n < width; n++)
        sink_put(s, ' ');
}

static void sink_format(struct sink *s, const char *fmt, va_list *ap)
{
    for (; *fmt; fmt++) {
        unsigned longs = 0, width = 0;
        char pad = ' ';
        long long v;

        if (*fmt != '%') {
            sink_put(s, *fmt);
            continue;
        }
        fmt++;
        if (*fmt == '#')
            fmt++;
        if (*fmt == '-')
            fmt++;
        if (*fmt == '0')
            pad = *fmt++;
        while (*fmt >= '0' && *fmt <= '9')
            width = width * 10 + (unsigned)(*fmt++ - '0');
        for (; *fmt == 'l' || *fmt == 'z'; fmt++)
            longs++;

        switch (*fmt) {
        case 's':
            sink_string(s, va_arg(*ap, const char *), width);
            break;
        case 'c':
            sink_put(s, (char)va_arg(*ap, int));
            break;
        case 'd':
        case 'i':
            v = arg_signed(ap, longs);
            sink_number(s,
                        v < 0 ? -(unsigned long long)v : (unsigned long long)v,
                        10, v < 0, width, pad);
            break;
        case 'u':
            sink_number(s, arg_unsigned(ap, longs), 10, false, width, pad);
            break;
        case 'x':
            sink_number(s, arg_unsigned(ap, longs), 16, false, width, pad);
            break;
        case 'p':
            sink_number(s, (ulong_t)va_arg(*ap, void *), 16, false,
                        2 * sizeof(void *), '0');
            break;
        case '\0':
            return;
        default:
            sink_put(s, *fmt);
        }
    }
}

int print_to_v(char *buf, size_t size, const char *fmt, va_list ap)
{
    struct sink s = {buf, size, 0};
    va_list copy;

    va_copy(copy, ap);
    sink_format(&s, fmt, &copy);
    va_end(copy);
    if (size)
        buf[s.used < size ? s.used : size - 1] = '\0';
    return (int)s.used;
}

int print_to(char *buf, size_t size, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = print_to_v(buf, size, fmt, ap);
    va_end(ap);
    return n;
}

void print(const char *fmt, ...)
{
    char line[512];
    va_list ap;

    va_start(ap, fmt);
    print_to_v(line, sizeof(line), fmt, ap);
    va_end(ap);
    hypercall(__HYPERVISOR_console_io, CONSOLEIO_WRITE, strlen(line), line);
}

void *memcpy(void *dst, const void *src, size_t n)
{
    char *d = dst;
    const char *s = src;

    while (n--)
        *d++ = *s++;
    return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
    char *d = dst;
    const char *s = src;

    if (d <= s)
        return memcpy(dst, src, n);
    while (n--)
        d[n] = s[n];
    return dst;
}

void *memset(void *dst, int c, size_t n)
{
    char *d = dst;

    while (n--)
        *d++ = (char)c;
    return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *p = a, *q = b;

    for (; n; n--, p++, q++)
        if (*p != *q)
            return *p - *q;
    return 0;
}

size_t strlen(const char *s)
{
    size_t n = 0;

    while (s[n])
        n++;
    return n;
}

int strcmp(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
    for (; n && *a && *a == *b; n--)
        a++, b++;
    return n ? (unsigned char)*a - (unsigned char)*b : 0;
}

const char *strstr(const char *hay, const char *needle)
{
    size_t n = strlen(needle);

    for (; *hay; hay++)
        if (strncmp(hay, needle, n) == 0)
            return hay;
    return n ? NULL : hay;
}
