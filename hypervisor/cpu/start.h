/* SPDX-License-Identifier: MIT */
/* What each CPU does first. */
#pragma once

/* Tables, control registers and features of this CPU, which is `cpu`. */
void cpu_init(unsigned cpu);
/* The same for all but the boot CPU, whose entry area was created. */
void cpu_init_secondary(unsigned cpu);
