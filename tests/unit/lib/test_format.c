/* SPDX-License-Identifier: MIT */
/* lib/format.c against known texts and against the C library's printf. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/format.h"

/* Both print the same text and return the same length. */
#define SAME(...)                                                           \
    do {                                                                    \
        char ours[256], theirs[256];                                        \
        int n = format_snprintf(ours, sizeof(ours), __VA_ARGS__);           \
                                                                            \
        assert_int_equal(n, snprintf(theirs, sizeof(theirs), __VA_ARGS__)); \
        assert_string_equal(ours, theirs);                                  \
    } while (0)

static void test_integers(void **state UNUSED)
{
    SAME("%d %i %u", 0, -1, 4294967295U);
    SAME("%d %d", INT32_MAX, INT32_MIN);
    SAME("%ld %ld", INT64_MAX, INT64_MIN);
    SAME("%lu %llu %zu", UINT64_MAX, 7ULL, (size_t)9);
    SAME("%x %X %#x %#X %#x", 0xabcdU, 0xabcdU, 0xabcdU, 0xabcdU, 0U);
    SAME("%hhd %hhu %hd %hu", (signed char)-3, (unsigned char)253, (short)-3,
         (unsigned short)65533);
    SAME("%lx %016lx", 0xffff830000000000UL, 0x1234UL);
}

static void test_width_and_precision(void **state UNUSED)
{
    SAME("[%5d][%-5d][%05d][%-5d]", 42, 42, 42, -42);
    SAME("[%05d][%#06x][%#6x][%-#6x]", -42, 0x1fU, 0x1fU, 0x1fU);
    SAME("[%.3d][%6.3d][%-6.3d][%.0d]", 7, 7, 7, 0);
    SAME("[%*d][%-*d][%*d]", 6, 1, 6, 1, -6, 1);
    SAME("[%.*x] [%.*d]", 4, 0xaU, -1, 7);
    SAME("[%8.4x]", 0xaU);
}

static void test_strings(void **state UNUSED)
{
    const char unterminated[3] = {'a', 'b', 'c'};

    SAME("[%s][%10s][%-10s]", "abc", "abc", "abc");
    SAME("[%.2s][%.0s][%5.1s]", "abc", "abc", "abc");
    SAME("%.3s", unterminated);
    SAME("[%c][%3c][%-3c]", 'x', 'y', 'z');
    SAME("100%%");
    SAME("%p", (void *)0x1234);
}

static void test_odd_formats(void **state UNUSED)
{
    char buf[64];
    const char *volatile null = NULL;
    const char *volatile unknown = "a%qb %d";
    const char *volatile truncated = "a%";
    const char *volatile modifier = "a%-08l";

    format_snprintf(buf, sizeof(buf), "%s", null);
    assert_string_equal(buf, "(null)");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
    format_snprintf(buf, sizeof(buf), unknown, 5);
    assert_string_equal(buf, "a%qb 5");
    assert_int_equal(format_snprintf(buf, sizeof(buf), truncated), 2);
    assert_string_equal(buf, "a%");
    assert_int_equal(format_snprintf(buf, sizeof(buf), modifier), 6);
    assert_string_equal(buf, "a%-08l");
#pragma GCC diagnostic pop
}

/* Text that does not fit is cut, terminated, and its length told. */
static void test_truncation(void **state UNUSED)
{
    for (size_t size = 0; size <= 12; size++) {
        char *buf = malloc(size + 1);
        int n;

        assert_non_null(buf);
        memset(buf, 0x7f, size + 1);
        n = format_snprintf(buf, size, "%s-%04x", "hello", 0x12);
        assert_int_equal(n, 10);
        assert_int_equal(buf[size], 0x7f);
        if (size) {
            size_t kept = size < 11 ? size - 1 : 10;

            assert_int_equal(strlen(buf), kept);
            assert_memory_equal(buf, "hello-0012", kept);
        }
        free(buf);
    }
}

/* Random flags, widths, precisions, lengths and values. */
static void test_random(void **state UNUSED)
{
    static const char *const lengths[] = {"hh", "h", "", "l", "ll", "z"};
    static const char conversions[] = "diuxX";

    srandom(1);
    for (int i = 0; i < 200000; i++) {
        uint64_t v =
            ((uint64_t)random() << 33 ^ (uint64_t)random()) >> random() % 64;
        long length = random() % 6;
        char fmt[32], ours[256], theirs[256];
        char conversion = conversions[random() % 5];
        bool is_hex = conversion == 'x' || conversion == 'X';
        int n = 0, a, b;

        fmt[n++] = '%';
        if (random() % 3 == 0)
            fmt[n++] = '-';
        if (random() % 3 == 0)
            fmt[n++] = '0';
        if (random() % 3 == 0 && is_hex)
            fmt[n++] = '#';
        if (random() % 2)
            n += sprintf(fmt + n, "%ld", 1 + random() % 40);
        if (random() % 3 == 0)
            n += sprintf(fmt + n, ".%ld", random() % 40);
        sprintf(fmt + n, "%s%c", lengths[length], conversion);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        if (length <= 2) {
            a = format_snprintf(ours, sizeof(ours), fmt, (unsigned)v);
            b = snprintf(theirs, sizeof(theirs), fmt, (unsigned)v);
        } else {
            a = format_snprintf(ours, sizeof(ours), fmt, v);
            b = snprintf(theirs, sizeof(theirs), fmt, v);
        }
#pragma GCC diagnostic pop
        if (a != b || strcmp(ours, theirs))
            fail_msg("%s of %lx: %s, not %s", fmt, v, ours, theirs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_width_and_precision),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_odd_formats),
        cmocka_unit_test(test_truncation),
        cmocka_unit_test(test_random),
    };

    return cmocka_run_group_tests_name("lib/format", tests, NULL, NULL);
}
