/* SPDX-License-Identifier: MIT */
/* What each CPU does first. */
#include "cpu/start.h"

#include "cpu/features.h"
#include "cpu/gdt.h"

void cpu_init(unsigned cpu)
{
    gdt_load(cpu);
}

void cpu_init_secondary(unsigned cpu)
{
    features_init_cpu();
    gdt_load(cpu);
}
