/* SPDX-License-Identifier: MIT */
/*
 * What ACPI's static tables say of the machine. No AML, and nothing is kept of
 * the tables themselves: they are input, checked once and copied from.
 */
#pragma once

#include "lib/types.h"

#define ACPI_IOAPIC_MAX 64
#define ACPI_MCFG_MAX   16
#define ACPI_ISA_IRQS   16

struct acpi_cpu {
    uint32_t apic_id, acpi_id;
};

struct acpi_ioapic {
    uint32_t address; /* machine */
    uint32_t gsi_base;
    uint8_t id;
};

/* Where an ISA interrupt arrives, and how. */
struct acpi_isa_irq {
    uint32_t gsi;
    bool is_level, is_active_low;
};

/* Configuration space of buses first to last of a segment by memory. */
struct acpi_mcfg {
    uint64_t address; /* of bus 0, though it may lie outside the window */
    uint16_t segment;
    uint8_t first_bus, last_bus;
};

/* Generic address (ACPI 5.2.3.2). */
enum acpi_space {
    ACPI_SPACE_MEMORY = 0,
    ACPI_SPACE_IO = 1,
    ACPI_SPACE_PCI = 2
};
struct acpi_register {
    uint8_t space; /* enum acpi_space, or one that we don't know */
    uint8_t bits, bit_offset;
    uint64_t address; /* 0: there is no such register */
};

struct acpi_info {
    uint64_t rsdp; /* machine address */
    uint64_t lapic_address;
    /* Usable CPUs, those beyond NR_CPUS counted but not kept. */
    struct acpi_cpu cpus[CONFIG_NR_CPUS];
    unsigned cpu_count, cpus_left_out;
    struct acpi_ioapic ioapics[ACPI_IOAPIC_MAX];
    unsigned ioapic_count;
    struct acpi_isa_irq isa_irqs[ACPI_ISA_IRQS];
    uint16_t sci_irq;
    uint64_t hpet_address; /* 0: none */
    struct acpi_mcfg mcfg[ACPI_MCFG_MAX];
    unsigned mcfg_count;
    uint16_t pm_timer_port; /* 0: none */
    struct acpi_register pm1a_control, pm1b_control, pm1a_event, pm1b_event;
    uint8_t pm1_event_bytes;
    bool is_hw_reduced;
    struct acpi_register sleep_control, sleep_status; /* if is_hw_reduced */
    struct acpi_register reset; /* address 0: not supported */
    uint8_t reset_value;
    uint8_t rtc_century; /* CMOS index, 0: none */
    bool has_no_rtc, has_no_keyboard_controller;
    uint8_t kbd_shift_flags; /* as the BIOS left them; 0 on UEFI */
};

extern struct acpi_info acpi_info;

/* After mm_init(). Without usable tables it is the end of the boot. */
void acpi_init(void);
/* Machine address of the RSDP, for dom0's acpi_rsdp= on UEFI. */
uint64_t acpi_rsdp(void);
