/* SPDX-License-Identifier: MIT */
/*
 * Counters of known frequency, against which the TSC is measured at boot:
 * HPET, ACPI PM timer, PIT channel 2.
 */
#pragma once

#include "lib/types.h"

struct reference {
    const char *name;
    /* Ticks a second are rate_num / rate_den. */
    uint64_t rate_num, rate_den;
    uint64_t mask;      /* the counter wraps here */
    unsigned window_ms; /* how long to measure for some 10 ppm */
    uint64_t (*read)(void);
    void (*stop)(void); /* NULL: nothing to undo */
};

/* Fill `out` and start the counter; false: the machine has none that works. */
MUST_CHECK bool reference_open_hpet(struct reference *out);
MUST_CHECK bool reference_open_pmtimer(struct reference *out);
MUST_CHECK bool reference_open_pit(struct reference *out);
