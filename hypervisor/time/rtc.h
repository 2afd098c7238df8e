/* SPDX-License-Identifier: MIT */
/*
 * The battery-backed clock (MC146818): read once at boot; afterwards dom0's,
 * through ports 70 and 71 emulated with an index latch per domain.
 */
#pragma once

#include "lib/types.h"

/* Seconds since 1970. False: no clock, or it shows no valid time. */
MUST_CHECK bool rtc_read_seconds(uint64_t *seconds);

#define RTC_PORT_INDEX 0x70
#define RTC_PORT_DATA  0x71

/*
 * A privileged guest's byte access to port 70 or 71; `latch` holds the index
 * that it wrote last.
 */
uint8_t rtc_port_read(uint8_t latch, uint16_t port);
void rtc_port_write(uint8_t *latch, uint16_t port, uint8_t value);
