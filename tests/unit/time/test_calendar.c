/* SPDX-License-Identifier: MIT */
/* Dates against the C library's, and the RTC's forms of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "time/calendar.h"

static void days_agree_with_the_library(void **state)
{
    (void)state;
    for (int64_t day = -200000; day < 400000; day++) {
        time_t t = day * 86400;
        struct tm tm;

        gmtime_r(&t, &tm);
        assert_int_equal(calendar_days(tm.tm_year + 1900,
                                       (unsigned)tm.tm_mon + 1,
                                       (unsigned)tm.tm_mday),
                         day);
    }
}

static uint8_t bcd(unsigned v)
{
    return (uint8_t)(v / 10 << 4 | v % 10);
}

/* What the RTC would show at `t` in the form of `status_b`. */
static struct rtc_fields show(time_t t, uint8_t status_b, bool has_century)
{
    uint8_t (*form)(unsigned) = bcd;
    struct rtc_fields f;
    struct tm tm;
    unsigned hour;

    gmtime_r(&t, &tm);
    hour = (unsigned)tm.tm_hour;
    f = (struct rtc_fields){
        .second = (uint8_t)tm.tm_sec,
        .minute = (uint8_t)tm.tm_min,
        .day = (uint8_t)tm.tm_mday,
        .month = (uint8_t)(tm.tm_mon + 1),
        .year = (uint8_t)(tm.tm_year % 100),
        .century = has_century ? (uint8_t)(19 + tm.tm_year / 100) : 0,
        .status_b = status_b,
    };
    if (!(status_b & RTC_B_24H))
        f.hour = (uint8_t)(hour % 12 ? hour % 12 : 12);
    else
        f.hour = (uint8_t)hour;
    if (!(status_b & RTC_B_BINARY)) {
        f.second = form(f.second);
        f.minute = form(f.minute);
        f.hour = form(f.hour);
        f.day = form(f.day);
        f.month = form(f.month);
        f.year = form(f.year);
        f.century = form(f.century);
    }
    if (!(status_b & RTC_B_24H) && hour >= 12)
        f.hour |= 0x80;
    return f;
}

static void every_form_is_read(void **state)
{
    static const uint8_t forms[] = {0, RTC_B_24H, RTC_B_BINARY,
                                    RTC_B_24H | RTC_B_BINARY};

    (void)state;
    for (unsigned i = 0; i < 200000; i++) {
        /* 1970 to 2069, where two digits say which century. */
        time_t t =
            (time_t)((uint64_t)rand() << 31 ^ (uint64_t)rand()) % 3155760000;
        struct rtc_fields f = show(t, forms[i % 4], i / 4 % 2);
        uint64_t seconds;

        assert_true(calendar_from_rtc(&f, &seconds));
        assert_int_equal(seconds, t);
    }
}

static void nonsense_is_refused(void **state)
{
    static const struct rtc_fields good = {.second = 1,
                                           .minute = 2,
                                           .hour = 3,
                                           .day = 4,
                                           .month = 5,
                                           .year = 20,
                                           .century = 20,
                                           .status_b =
                                               RTC_B_24H | RTC_B_BINARY};
    struct rtc_fields f;
    uint64_t seconds = 77;

    (void)state;
#define REFUSED(field, value) \
    f = good;                 \
    f.field = (value);        \
    assert_false(calendar_from_rtc(&f, &seconds))
    REFUSED(second, 60);
    REFUSED(minute, 60);
    REFUSED(hour, 24);
    REFUSED(day, 0);
    REFUSED(day, 32);
    REFUSED(month, 0);
    REFUSED(month, 13);
    REFUSED(year, 100);
    f = good;
    f.month = 2;
    f.year = 19;
    f.day = 29;
    assert_false(calendar_from_rtc(&f, &seconds));
    f.year = 20;
    assert_true(calendar_from_rtc(&f, &seconds));
    /* All ones: there is no clock. */
    f = (struct rtc_fields){255, 255, 255, 255, 255, 255, 255, 255};
    assert_false(calendar_from_rtc(&f, &seconds));
    /* Not a number in BCD. */
    f = good;
    f.status_b = RTC_B_24H;
    f.year = 0x2a;
    assert_false(calendar_from_rtc(&f, &seconds));
}

static void a_wrong_century_is_ignored(void **state)
{
    struct rtc_fields f = show(1577836800, RTC_B_24H, true);
    uint64_t seconds;

    (void)state;
    f.century = 0xff;
    assert_true(calendar_from_rtc(&f, &seconds));
    assert_int_equal(seconds, 1577836800);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_agree_with_the_library),
        cmocka_unit_test(every_form_is_read),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(a_wrong_century_is_ignored),
    };

    srand(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
