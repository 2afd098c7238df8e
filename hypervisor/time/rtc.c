/* SPDX-License-Identifier: MIT */
/*
 * The battery-backed clock.
 *
 * Locking: one access is a write of the index and one of the data, together
 * under rtc_lock. Bit 7 of the index port, which blocks NMIs, stays 0.
 */
#include "time/rtc.h"

#include "cpu/insn.h"
#include "lib/spinlock.h"
#include "lib/string.h"
#include "platform/acpi.h"
#include "time/calendar.h"

#define RTC_SECOND     0
#define RTC_MINUTE     2
#define RTC_HOUR       4
#define RTC_DAY        7
#define RTC_MONTH      8
#define RTC_YEAR       9
#define RTC_STATUS_A   10
#define RTC_STATUS_B   11
#define RTC_UPDATING   0x80 /* in status A */
#define RTC_INDEX_MASK 0x7f
/* An update takes 2 ms; a port access about a microsecond, or less. */
#define UPDATE_READS 10000
#define STABLE_TRIES 4

static struct spinlock rtc_lock = SPINLOCK_INIT(LOCK_PLATFORM);

static uint8_t read_register(uint8_t idx)
{
    uint8_t v;

    spin_lock(&rtc_lock);
    outb(RTC_PORT_INDEX, idx & RTC_INDEX_MASK);
    v = inb(RTC_PORT_DATA);
    spin_unlock(&rtc_lock);
    return v;
}

static void write_register(uint8_t idx, uint8_t v)
{
    spin_lock(&rtc_lock);
    outb(RTC_PORT_INDEX, idx & RTC_INDEX_MASK);
    outb(RTC_PORT_DATA, v);
    spin_unlock(&rtc_lock);
}

/* False: an update never ends, so there is no such clock. */
static bool read_fields(struct rtc_fields *f)
{
    unsigned i = 0;

    while (read_register(RTC_STATUS_A) & RTC_UPDATING) {
        if (++i == UPDATE_READS)
            return false;
        cpu_relax();
    }
    f->second = read_register(RTC_SECOND);
    f->minute = read_register(RTC_MINUTE);
    f->hour = read_register(RTC_HOUR);
    f->day = read_register(RTC_DAY);
    f->month = read_register(RTC_MONTH);
    f->year = read_register(RTC_YEAR);
    f->century =
        acpi_info.rtc_century ? read_register(acpi_info.rtc_century) : 0;
    f->status_b = read_register(RTC_STATUS_B);
    return true;
}

bool rtc_read_seconds(uint64_t *seconds)
{
    struct rtc_fields last, f;

    if (acpi_info.has_no_rtc || !read_fields(&f))
        return false;
    /* An update may begin between two registers: until two reads agree. */
    for (unsigned i = 0; i < STABLE_TRIES; i++) {
        last = f;
        if (!read_fields(&f))
            return false;
        if (!memcmp(&last, &f, sizeof(f)))
            return calendar_from_rtc(&f, seconds);
    }
    return false;
}

uint8_t rtc_port_read(uint8_t latch, uint16_t port)
{
    return port == RTC_PORT_DATA ? read_register(latch) : 0xff;
}

void rtc_port_write(uint8_t *latch, uint16_t port, uint8_t value)
{
    if (port == RTC_PORT_DATA)
        write_register(*latch, value);
    else
        *latch = value & RTC_INDEX_MASK;
}
