/* SPDX-License-Identifier: MIT */
/*
 * Descriptor tables and the per-CPU entry area: reserved GDT pages 14 and 15,
 * the IDT, TSS, I/O bitmap window and IST stacks.
 */
#pragma once

#include "cpu/layout.h"
#include "lib/types.h"

struct vcpu;

/* Frame of reserved GDT page 14 (i = 0) or 15 (i = 1). */
mfn_t gdt_reserved_mfn(unsigned i);

/* Early: tables at their image addresses, so that a fault is reported. */
void gdt_init_early(void);
/* All gates at their final stacks; the frame to map at IDT_BASE. */
mfn_t gdt_prepare_idt(void);
/* The frame to map as page 0 of each entry area. */
mfn_t gdt_stub_mfn(void);
/* Write the entry area of `cpu`, which is mapped. */
void gdt_fill_area(unsigned cpu);
/* Load tables, TSS and the SYSCALL registers on this CPU, `cpu`. */
void gdt_load(unsigned cpu);

/* Entries from a guest on this CPU land below `rsp0`, the stack of `v`. */
void gdt_set_stack(unsigned cpu, uintptr_t rsp0, struct vcpu *v);
/* Use the GDT window at address `window`, or the hypervisor's own. */
void gdt_load_guest(uintptr_t window);
void gdt_load_own(void);
/* Load an LDT of `entries` descriptors at `base`; 0 entries: none. */
void gdt_load_ldt(unsigned cpu, uintptr_t base, unsigned entries);

/* May the guest now running on `cpu` use the I/O bitmap's open ports? */
void gdt_allow_ports(unsigned cpu, bool allow);
/* The one bitmap (8 KiB; set bit: denied) behind every CPU's window. */
extern uint8_t gdt_ioport_bitmap[3 * 4096];
