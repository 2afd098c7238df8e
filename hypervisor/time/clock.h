/* SPDX-License-Identifier: MIT */
/*
 * System time: nanoseconds since boot, monotonic across CPUs, from the TSC
 * calibrated against the best reference that the machine has; and wall time.
 */
#pragma once

#include "lib/types.h"

/* Nanoseconds since boot; 0 until clock_init(). */
uint64_t clock_now_ns(void);
/* System time of a TSC value read on this CPU. */
uint64_t clock_tsc_to_ns(uint64_t tsc);
/* The first TSC value of this CPU at which system time is `ns` or later. */
uint64_t clock_ns_to_tsc(uint64_t ns);
/* Kilohertz of the TSC. */
uint64_t clock_tsc_khz(void);

/*
 * What a guest's clock page needs: system time at a TSC value of this CPU,
 * and the scale of ABI struct vcpu_time_info:
 * ns = ((tsc_delta << shift) * mul) >> 32.
 */
struct clock_scale {
    uint64_t tsc, system_ns;
    uint32_t mul;
    int8_t shift;
    uint32_t generation; /* changes when the values change */
};
void clock_scale_get(struct clock_scale *out);

/* Wall-clock nanoseconds since 1970 at system time 0. */
uint64_t clock_wall_base_ns(void);
/* Set so that wall time at `system_ns` is `wall_ns`. */
void clock_wall_set(uint64_t wall_ns, uint64_t system_ns);

/* Boot CPU, after acpi_init() and apic_init(): calibrate, read the RTC. */
void clock_init(void);
/*
 * Each further CPU compares its TSC with the boot CPU's, which runs
 * clock_sync_cpu() at the same time, after clock_sync_begin() that neither
 * side may miss. False: the other side gave up.
 */
MUST_CHECK bool clock_init_cpu(void);
void clock_sync_begin(void);
MUST_CHECK bool clock_sync_cpu(unsigned cpu);
/* Busy-wait; boot and panic only. */
void clock_delay_us(unsigned us);
