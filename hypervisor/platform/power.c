/* SPDX-License-Identifier: MIT */
/*
 * Reboot, power off, halt (ACPI 4.8.3.2, 4.8.3.6, 4.8.3.7).
 *
 * Invariant: usable at any time, after a panic too: takes no lock, waits for
 * nothing for long.
 */
#include "platform/power.h"

#include "cpu/insn.h"
#include "cpu/percpu.h"
#include "debug/log.h"
#include "lib/atomic.h"
#include "lib/errno.h"
#include "lib/params.h"
#include "mm/map.h"
#include "platform/acpi.h"
#include "platform/apic.h"
#include "platform/pci.h"
#include "time/clock.h"

#define PM1_SLEEP_TYPE           (7U << 10)
#define PM1_SLEEP_ENABLE         (1U << 13)
#define PM1_STATUS_WAKE          (1U << 15)
#define SLEEP_CONTROL_TYPE_SHIFT 2
#define SLEEP_CONTROL_ENABLE     (1U << 5)
#define SLEEP_TYPE_MAX           7
#define STATE_S5                 5

#define RESET_PORT               0xcf9
#define KBD_STATUS               0x64
#define KBD_COMMAND              0x64
#define KBD_STATUS_BUSY          2U
#define KBD_PULSE_RESET          0xfe

#define STOP_PATIENCE_US         100000
#define TRY_US                   50000 /* for a reset or power-off to take effect */

static uint32_t stopped_count;
static volatile uint8_t *reset_map; /* mapped before it is needed */

void power_stop_cpu(void)
{
    cpu_cli();
    atomic_and(&cpu_online.w[cpu_id() / 64], ~(1ULL << cpu_id() % 64));
    atomic_add(&stopped_count, 1);
    for (;;)
        cpu_halt();
}

void power_init(void)
{
    const struct acpi_register *r = &acpi_info.reset;

    if (r->address && r->space == ACPI_SPACE_MEMORY)
        reset_map = map_mmio(PADDR(r->address), 1, MMIO_UC);
}

static bool are_others_online(void)
{
    unsigned cpu, self = cpu_id();

    CPUMASK_FOR_EACH(cpu, &cpu_online)
    if (cpu != self)
        return true;
    return false;
}

void power_stop_others(void)
{
    if (!are_others_online())
        return;
    apic_ipi_mask(&cpu_online, VECTOR_IPI_STOP);
    for (unsigned us = 0; us < STOP_PATIENCE_US && are_others_online();
         us += 10)
        clock_delay_us(10);
}

void power_halt(void)
{
    cpu_cli();
    power_stop_others();
    for (;;)
        cpu_halt();
}

/* ---- Registers that ACPI describes ---- */

static void write_register(const struct acpi_register *r, uint32_t value)
{
    if (r->space != ACPI_SPACE_IO || r->address > 0xfffc)
        return;
    if (r->bits <= 8)
        outb((uint16_t)r->address, (uint8_t)value);
    else
        outw((uint16_t)r->address, (uint16_t)value);
}

static uint16_t read_register(const struct acpi_register *r)
{
    return inw((uint16_t)r->address);
}

static bool is_port(const struct acpi_register *r)
{
    return r->address && r->space == ACPI_SPACE_IO && r->address <= 0xfffc;
}

/* ---- Reboot ---- */

static void reset_by_acpi(void)
{
    const struct acpi_register *r = &acpi_info.reset;

    if (!r->address)
        return;
    if (r->space == ACPI_SPACE_IO) {
        outb((uint16_t)r->address, acpi_info.reset_value);
    } else if (r->space == ACPI_SPACE_PCI) {
        /* Device in bits 47:32, function in 31:16, offset in 15:0, bus 0. */
        uint32_t devfn = (uint32_t)(r->address >> 32 & 0x1f) << 3 |
                         (uint32_t)(r->address >> 16 & 7);

        outl(0xcf8, 0x80000000U | devfn << 8 | (r->address & 0xfc));
        outb((uint16_t)(0xcfc + (r->address & 3)), acpi_info.reset_value);
    } else if (r->space == ACPI_SPACE_MEMORY) {
        if (reset_map)
            *reset_map = acpi_info.reset_value;
    }
    clock_delay_us(TRY_US);
}

static void reset_by_port(void)
{
    uint8_t v = inb(RESET_PORT) & (uint8_t)~6U;

    outb(RESET_PORT, v | 2); /* a hard reset, */
    clock_delay_us(50);
    outb(RESET_PORT, v | 6); /* now */
    clock_delay_us(TRY_US);
}

static void reset_by_keyboard(void)
{
    if (acpi_info.has_no_keyboard_controller)
        return;
    for (unsigned i = 0; i < 10000; i++) {
        if (!(inb(KBD_STATUS) & KBD_STATUS_BUSY))
            break;
        clock_delay_us(1);
    }
    outb(KBD_COMMAND, KBD_PULSE_RESET);
    clock_delay_us(TRY_US);
}

static void reset_by_fault(void)
{
    static const struct table_ptr no_idt = {0, 0};

    cpu_lidt(&no_idt);
    asm volatile("int3" ::: "memory");
}

void power_reboot(void)
{
    cpu_cli();
    power_stop_others();
    switch (boot_params.reboot_method) {
    case 'p':
        reset_by_port();
        break;
    case 'k':
        reset_by_keyboard();
        break;
    case 't':
        reset_by_fault();
        break;
    default:
        break;
    }
    reset_by_acpi();
    reset_by_keyboard();
    reset_by_port();
    reset_by_fault();
    for (;;)
        cpu_halt();
}

/* ---- Power off ---- */

static void write_sleep(const struct acpi_register *r, uint16_t value,
                        uint32_t enable)
{
    uint16_t keep;

    if (!is_port(r))
        return;
    keep = read_register(r) & (uint16_t) ~(PM1_SLEEP_TYPE | PM1_SLEEP_ENABLE);
    write_register(r, keep | (value & PM1_SLEEP_TYPE) | enable);
}

static void enter_by_pm1(uint16_t value_a, uint16_t value_b)
{
    const struct acpi_info *a = &acpi_info;

    /* A wake-up status left over would end the sleep at once. */
    if (is_port(&a->pm1a_event))
        outw((uint16_t)a->pm1a_event.address, PM1_STATUS_WAKE);
    if (is_port(&a->pm1b_event))
        outw((uint16_t)a->pm1b_event.address, PM1_STATUS_WAKE);
    write_sleep(&a->pm1a_control, value_a, 0);
    write_sleep(&a->pm1b_control, value_b, 0);
    cpu_wbinvd();
    write_sleep(&a->pm1a_control, value_a, PM1_SLEEP_ENABLE);
    write_sleep(&a->pm1b_control, value_b, PM1_SLEEP_ENABLE);
}

int power_enter_sleep(unsigned state, uint16_t value_a, uint16_t value_b,
                      bool is_extended)
{
    const struct acpi_info *a = &acpi_info;

    if (state != STATE_S5)
        return -EOPNOTSUPP;
    if (is_extended) {
        if (value_a > SLEEP_TYPE_MAX || value_b > SLEEP_TYPE_MAX)
            return -EINVAL;
        if (!is_port(&a->sleep_control))
            return -EOPNOTSUPP;
    } else {
        /* dom0 hands over whole registers, enable bit and all. */
        if (!is_port(&a->pm1a_control))
            return -EOPNOTSUPP;
        if (!(value_a & PM1_SLEEP_ENABLE) ||
            (is_port(&a->pm1b_control) && !(value_b & PM1_SLEEP_ENABLE)))
            return -EINVAL;
    }
    log_info("power: off");
    power_stop_others();
    if (is_extended)
        write_register(&a->sleep_control,
                       (uint32_t)value_a << SLEEP_CONTROL_TYPE_SHIFT |
                           SLEEP_CONTROL_ENABLE);
    else
        enter_by_pm1(value_a, value_b);
    clock_delay_us(TRY_US);
    log_error("power: the machine does not switch off; it halts");
    power_halt();
}
