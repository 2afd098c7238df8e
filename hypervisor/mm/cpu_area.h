/* SPDX-License-Identifier: MIT */
/* The per-CPU entry areas and the IDT in the entry slot (cpu/layout.h). */
#pragma once

#include "lib/types.h"

/* After mm_init(): the IDT, read-only, and all ports denied. -ENOMEM. */
MUST_CHECK int cpu_area_init(void);
/* Map and fill the entry area of `cpu`, before it starts. -ENOMEM. */
MUST_CHECK int cpu_area_create(unsigned cpu);
