/* SPDX-License-Identifier: MIT */
#pragma once

#include "cpu/layout.h"
#include "lib/types.h"

extern unsigned machine_cpu; /* the CPU that runs now */

static inline unsigned cpu_id(void)
{
    return machine_cpu;
}
