/* SPDX-License-Identifier: MIT */
/* Dates of the proleptic Gregorian calendar, and the RTC's form of them. */
#pragma once

#include "lib/types.h"

/* Days from 1970-01-01 to the date; month 1-12, day 1-31. */
int64_t calendar_days(int year, unsigned month, unsigned day);

/* The clock registers of an MC146818, as read. */
struct rtc_fields {
    uint8_t second, minute, hour, day, month, year;
    uint8_t century; /* 0: the machine has no such register */
    uint8_t status_b;
};

/* Status B: 24-hour form, binary rather than BCD. */
#define RTC_B_24H    0x02
#define RTC_B_BINARY 0x04

/*
 * Seconds since 1970 of what the RTC shows. False when the fields are no date
 * and time. Without a century, 70-99 are the 1900s.
 */
MUST_CHECK bool calendar_from_rtc(const struct rtc_fields *f,
                                  uint64_t *seconds);
