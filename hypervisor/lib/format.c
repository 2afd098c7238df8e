/* SPDX-License-Identifier: MIT */
/*
 * printf-style formatting into a buffer.
 *
 * Invariant: never writes past `size` bytes, and ends the text with a NUL
 * whenever `size` is not 0, whatever the format and its arguments.
 * Not here: floating point, %n, wide characters.
 */
#include "lib/format.h"

#include "lib/string.h"

/* Where text goes; `length` counts what did not fit too. */
struct sink {
    char *buf;
    size_t size, length;
};

struct spec {
    bool is_left, is_zero, is_alt;
    int width;
    int precision; /* -1: none */
    uint8_t arg_bytes;
};

static void put(struct sink *out, char c)
{
    if (out->length + 1 < out->size)
        out->buf[out->length] = c;
    out->length++;
}

static void put_repeated(struct sink *out, char c, int count)
{
    while (count-- > 0)
        put(out, c);
}

/* `body` of `n` bytes, padded with spaces to the width. */
static void put_padded(struct sink *out, const struct spec *spec,
                       const char *body, int n)
{
    int pad = spec->width - n;

    if (!spec->is_left)
        put_repeated(out, ' ', pad);
    for (int i = 0; i < n; i++)
        put(out, body[i]);
    if (spec->is_left)
        put_repeated(out, ' ', pad);
}

/* The digits of `v`, last one first; returns how many, 0 for the value 0. */
static int digits_reversed(char digits[24], uint64_t v, unsigned base,
                           const char *alphabet)
{
    int n = 0;

    for (; v; v /= base)
        digits[n++] = alphabet[v % base];
    return n;
}

static void put_number(struct sink *out, const struct spec *spec, uint64_t v,
                       bool is_negative, char conversion)
{
    bool is_hex = conversion == 'x' || conversion == 'X';
    bool has_prefix = is_hex && spec->is_alt && v;
    char digits[24];
    int n = digits_reversed(digits, v, is_hex ? 16 : 10,
                            conversion == 'X' ? "0123456789ABCDEF"
                                              : "0123456789abcdef");
    int sign_count = is_negative + 2 * has_prefix;
    int zeros = MAX(spec->precision < 0 ? 1 : spec->precision, n) - n;
    int pad = spec->width - sign_count - zeros - n;

    if (spec->is_zero && !spec->is_left && spec->precision < 0 && pad > 0) {
        zeros += pad;
        pad = 0;
    }
    if (!spec->is_left)
        put_repeated(out, ' ', pad);
    if (is_negative)
        put(out, '-');
    if (has_prefix) {
        put(out, '0');
        put(out, conversion);
    }
    put_repeated(out, '0', zeros);
    while (n > 0)
        put(out, digits[--n]);
    if (spec->is_left)
        put_repeated(out, ' ', pad);
}

/* A run of decimal digits, capped far above any sensible width. */
static int take_count(const char **fmt)
{
    int n = 0;

    for (; **fmt >= '0' && **fmt <= '9'; ++*fmt)
        n = MIN(n * 10 + (**fmt - '0'), 4096);
    return n;
}

static void take_flags(const char **fmt, struct spec *spec)
{
    for (;; ++*fmt) {
        if (**fmt == '-')
            spec->is_left = true;
        else if (**fmt == '0')
            spec->is_zero = true;
        else if (**fmt == '#')
            spec->is_alt = true;
        else
            return;
    }
}

static void take_length(const char **fmt, struct spec *spec)
{
    spec->arg_bytes = sizeof(int);
    if (**fmt == 'h') {
        ++*fmt;
        spec->arg_bytes = sizeof(short);
        if (**fmt == 'h') {
            ++*fmt;
            spec->arg_bytes = sizeof(char);
        }
    } else if (**fmt == 'l' || **fmt == 'z') {
        bool is_long = **fmt == 'l';

        ++*fmt;
        if (is_long && **fmt == 'l')
            ++*fmt;
        spec->arg_bytes = sizeof(long);
    }
}

static uint64_t narrow_unsigned(uint64_t v, uint8_t bytes)
{
    return bytes < 8 ? v & ((1UL << bytes * 8) - 1) : v;
}

static int64_t narrow_signed(int64_t v, uint8_t bytes)
{
    switch (bytes) {
    case 1:
        return (signed char)v;
    case 2:
        return (short)v;
    case 4:
        return (int)v;
    default:
        return v;
    }
}

static void put_string(struct sink *out, const struct spec *spec, const char *s)
{
    size_t max = spec->precision < 0 ? 65536 : (size_t)spec->precision;

    if (!s)
        s = "(null)";
    put_padded(out, spec, s, (int)strnlen(s, max));
}

/* What stands between '%' and the conversion's letter. */
static void take_spec(const char **fmt, struct spec *spec, va_list *ap)
{
    *spec = (struct spec){.precision = -1};
    take_flags(fmt, spec);
    if (**fmt == '*') {
        int width = va_arg(*ap, int);

        ++*fmt;
        spec->is_left |= width < 0;
        spec->width = width < 0 ? -MAX(width, -4096) : MIN(width, 4096);
    } else {
        spec->width = take_count(fmt);
    }
    if (**fmt == '.') {
        ++*fmt;
        if (**fmt == '*') {
            int precision = va_arg(*ap, int);

            ++*fmt;
            spec->precision = MIN(precision, 4096);
        } else {
            spec->precision = take_count(fmt);
        }
    }
    take_length(fmt, spec);
}

static void put_signed(struct sink *out, const struct spec *spec, va_list *ap)
{
    int64_t v = spec->arg_bytes == 8 ? va_arg(*ap, int64_t) : va_arg(*ap, int);

    v = narrow_signed(v, spec->arg_bytes);
    put_number(out, spec, v < 0 ? -(uint64_t)v : (uint64_t)v, v < 0, 'd');
}

static void put_unsigned(struct sink *out, const struct spec *spec,
                         char conversion, va_list *ap)
{
    uint64_t v =
        spec->arg_bytes == 8 ? va_arg(*ap, uint64_t) : va_arg(*ap, unsigned);

    put_number(out, spec, narrow_unsigned(v, spec->arg_bytes), false,
               conversion);
}

/* False: not a conversion of ours, and no argument was taken. */
static bool put_conversion(struct sink *out, struct spec *spec, char conversion,
                           va_list *ap)
{
    char c;

    switch (conversion) {
    case 'd':
    case 'i':
        put_signed(out, spec, ap);
        return true;
    case 'u':
    case 'x':
    case 'X':
        put_unsigned(out, spec, conversion, ap);
        return true;
    case 'p':
        spec->is_alt = true;
        put_number(out, spec, (uintptr_t)va_arg(*ap, void *), false, 'x');
        return true;
    case 'c':
        c = (char)va_arg(*ap, int);
        put_padded(out, spec, &c, 1);
        return true;
    case 's':
        put_string(out, spec, va_arg(*ap, const char *));
        return true;
    case '%':
        put(out, '%');
        return true;
    default:
        return false;
    }
}

int format_vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
    struct sink out = {buf, size, 0};
    va_list ap; /* a copy, because a parameter's address is not a va_list * */

    va_copy(ap, args);
    while (*fmt) {
        const char *start = fmt;
        struct spec spec;

        if (*fmt++ != '%') {
            put(&out, *start);
            continue;
        }
        take_spec(&fmt, &spec, &ap);
        if (*fmt && put_conversion(&out, &spec, *fmt, &ap)) {
            fmt++;
            continue;
        }
        /* Shown as it stands. */
        while (start < fmt)
            put(&out, *start++);
    }
    va_end(ap);
    if (size)
        buf[MIN(out.length, size - 1)] = '\0';
    return (int)out.length;
}

int format_snprintf(char *buf, size_t size, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = format_vsnprintf(buf, size, fmt, ap);
    va_end(ap);
    return n;
}
