/* SPDX-License-Identifier: MIT */
/* How fast the TSC and the local APIC's timer run; once, at boot. */
#pragma once

#include "lib/types.h"

struct calibration {
    const char *source;
    uint64_t tsc_hz;
    uint64_t apic_hz; /* 0: not measured, because nothing needs it */
};

/*
 * Takes at most some 50 ms of a reference's time. False: the machine has
 * nothing to measure by.
 */
MUST_CHECK bool calibrate_run(struct calibration *out);
