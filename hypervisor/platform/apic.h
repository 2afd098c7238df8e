/* SPDX-License-Identifier: MIT */
/* The local APIC (xAPIC or x2APIC): end of interrupt, IPIs, timer. */
#pragma once

#include "lib/bits.h"
#include "lib/types.h"

/*
 * Vectors that the hypervisor itself uses; devices get 0x30 to 0xdf, but for
 * 0x80 and 0x82, which guests raise by instruction.
 */
#define VECTOR_DEVICE_FIRST 0x30
#define VECTOR_DEVICE_LAST  0xdf
#define VECTOR_IPI_WAKE     0xf0 /* re-examine work and run queue */
#define VECTOR_IPI_FLUSH    0xf1 /* serve TLB flush requests */
#define VECTOR_IPI_STOP     0xf2 /* panic or power-off: stop for good */
#define VECTOR_TIMER        0xf3
#define VECTOR_ERROR        0xfe
#define VECTOR_SPURIOUS     0xff

/*
 * Boot CPU, after acpi_init(): choose the mode, map, enable, mask the PIC; and
 * number the CPUs (cpu/percpu.h), this one first.
 */
void apic_init(void);
void apic_init_cpu(void); /* each further CPU */
void apic_eoi(void);
uint32_t apic_id(void); /* of this CPU; valid after apic_init() */
bool apic_is_x2apic(void);
void apic_ipi(unsigned cpu, uint8_t vector);
/* Each of `cpus` but this one. */
void apic_ipi_mask(const struct cpumask *cpus, uint8_t vector);
/* NMI to every other CPU (panic). */
void apic_nmi_others(void);
/* INIT, and then a start-up at page `start_page`; the caller waits between. */
void apic_send_init(uint32_t id);
void apic_send_startup(uint32_t id, uint8_t start_page);
/* Arm this CPU's timer for system time `deadline_ns`; 0 disarms. */
void apic_timer_set(uint64_t deadline_ns);
/* An error interrupt: say what it was. */
void apic_report_error(void);

/* For calibration: false when the TSC itself is the timer (TSC deadline). */
bool apic_timer_needs_rate(void);
/* Let it count down, without interrupt, and tell how far it got. */
void apic_timer_start_free(void);
uint32_t apic_timer_elapsed(void);
/* The rate that apic_timer_elapsed() was found to have; 0: not measured. */
void apic_timer_set_rate(uint64_t hz);
