/* SPDX-License-Identifier: MIT */
/*
 * Which CPUs there are. Per-CPU data of each room is an array by cpu_id() in
 * that room.
 */
#pragma once

#include "cpu/regs.h"
#include "lib/bits.h"

extern struct cpumask cpu_online; /* started and serving interrupts */
extern unsigned cpu_count;        /* CPUs found, online or not; index < this */
extern uint32_t cpu_apic_id[CONFIG_NR_CPUS];
