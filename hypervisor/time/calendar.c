/* SPDX-License-Identifier: MIT */
/* Dates of the proleptic Gregorian calendar. */
#include "time/calendar.h"

int64_t calendar_days(int year, unsigned month, unsigned day)
{
    /* Years begin in March here, so that the leap day is the last one. */
    int y = month <= 2 ? year - 1 : year;
    int era = (y >= 0 ? y : y - 399) / 400;
    unsigned year_of_era = (unsigned)(y - era * 400);
    unsigned month_from_march = month > 2 ? month - 3 : month + 9;
    unsigned day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    unsigned day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return (int64_t)era * 146097 + day_of_era - 719468;
}

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned days_in_month(int year, unsigned month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30,
                                   31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && is_leap(year));
}

/* A register in the form of status B; more than 99 when it is no number. */
static unsigned decode(uint8_t v, bool binary)
{
    if (binary)
        return v;
    if ((v & 0xf) > 9 || v >> 4 > 9)
        return 255;
    return (unsigned)(v >> 4) * 10 + (v & 0xf);
}

/* In 12-hour form bit 7 says afternoon, and 12 stands for 0. */
static unsigned decode_hour(uint8_t v, uint8_t status_b)
{
    bool binary = status_b & RTC_B_BINARY;
    unsigned hour;

    if (status_b & RTC_B_24H)
        return decode(v, binary);
    hour = decode(v & 0x7f, binary);
    if (hour < 1 || hour > 12)
        return 255;
    return hour % 12 + (v & 0x80 ? 12 : 0);
}

bool calendar_from_rtc(const struct rtc_fields *f, uint64_t *seconds)
{
    bool binary = f->status_b & RTC_B_BINARY;
    unsigned second = decode(f->second, binary);
    unsigned minute = decode(f->minute, binary);
    unsigned hour = decode_hour(f->hour, f->status_b);
    unsigned day = decode(f->day, binary), month = decode(f->month, binary);
    unsigned year = decode(f->year, binary);
    unsigned century = decode(f->century, binary);

    if (second > 59 || minute > 59 || hour > 23 || year > 99)
        return false;
    /* A century that can't be right: the register holds something else. */
    if (century < 19 || century > 29)
        century = year >= 70 ? 19 : 20;
    year += century * 100;
    if (year < 1970 || month < 1 || month > 12 || day < 1 ||
        day > days_in_month((int)year, month))
        return false;
    *seconds = (uint64_t)calendar_days((int)year, month, day) * 86400 +
               hour * 3600 + minute * 60 + second;
    return true;
}
