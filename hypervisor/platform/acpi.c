/* SPDX-License-Identifier: MIT */
/*
 * What ACPI's static tables say of the machine (ACPI 5.2.9, 5.2.12; HPET 1.0a
 * 3.2.4; PCI firmware 4.1.2).
 *
 * Invariant: acpi_info never changes after acpi_init().
 */
#include "platform/acpi.h"

#include "debug/log.h"
#include "lib/boot_info.h"
#include "lib/string.h"
#include "platform/acpi_table.h"

#define MADT_ENTRIES             44
#define MADT_CPU                 0
#define MADT_IOAPIC              1
#define MADT_OVERRIDE            2
#define MADT_LAPIC_ADDRESS       5
#define MADT_X2APIC              9
#define MADT_CPU_ENABLED         1U
#define MADT_BROADCAST_ID        0xff

#define FADT_SCI_IRQ             46
#define FADT_PM1A_EVENT          56
#define FADT_PM1B_EVENT          60
#define FADT_PM1A_CONTROL        64
#define FADT_PM1B_CONTROL        68
#define FADT_PM_TIMER            76
#define FADT_PM1_EVENT_BYTES     88
#define FADT_PM1_CONTROL_BYTES   89
#define FADT_CENTURY             108
#define FADT_BOOT_FLAGS          109
#define FADT_FLAGS               112
#define FADT_RESET               116
#define FADT_RESET_VALUE         128
#define FADT_X_PM1A_EVENT        148
#define FADT_X_PM1B_EVENT        160
#define FADT_X_PM1A_CONTROL      172
#define FADT_X_PM1B_CONTROL      184
#define FADT_X_PM_TIMER          208
#define FADT_SLEEP_CONTROL       244
#define FADT_SLEEP_STATUS        256
#define FADT_BOOT_8042           (1U << 1)
#define FADT_BOOT_NO_RTC         (1U << 5)
#define FADT_FLAG_RESET          (1U << 10)
#define FADT_FLAG_HW_REDUCED     (1U << 20)
#define FADT_REVISION_BOOT_FLAGS 2

#define HPET_BASE                40

#define MCFG_ENTRIES             44
#define MCFG_ENTRY_BYTES         16

#define BDA_KBD_SHIFT_FLAGS      0x417

struct acpi_info acpi_info;

uint64_t acpi_rsdp(void)
{
    return acpi_info.rsdp;
}

/* ---- MADT ---- */

static void add_cpu(uint32_t apic_id, uint32_t acpi_id, uint32_t flags)
{
    struct acpi_info *a = &acpi_info;

    if (!(flags & MADT_CPU_ENABLED))
        return;
    /* Some firmware lists a CPU as local APIC and as x2APIC. */
    for (unsigned i = 0; i < a->cpu_count; i++)
        if (a->cpus[i].apic_id == apic_id)
            return;
    if (a->cpu_count == CONFIG_NR_CPUS)
        a->cpus_left_out++;
    else
        a->cpus[a->cpu_count++] = (struct acpi_cpu){apic_id, acpi_id};
}

static void add_ioapic(uint8_t id, uint32_t address, uint32_t gsi_base)
{
    struct acpi_info *a = &acpi_info;

    if (!address || a->ioapic_count == ACPI_IOAPIC_MAX) {
        log_warning("ACPI: IO-APIC %u at %#x is left out", id, address);
        return;
    }
    a->ioapics[a->ioapic_count++] = (struct acpi_ioapic){address, gsi_base, id};
}

/* Flags: polarity in bits 0-1, trigger mode in bits 2-3; 0 is ISA's way. */
static void add_override(uint8_t bus, uint8_t irq, uint32_t gsi, uint16_t flags)
{
    if (bus != 0 || irq >= ACPI_ISA_IRQS)
        return;
    acpi_info.isa_irqs[irq] = (struct acpi_isa_irq){
        .gsi = gsi,
        .is_level = (flags >> 2 & 3) == 3,
        .is_active_low = (flags & 3) == 3,
    };
}

/* `at`: an entry that lies within the table, `length` bytes of it. */
static void parse_madt_entry(const struct acpi_table *t, uint32_t at,
                             uint8_t length)
{
    switch (t->bytes[at]) {
    case MADT_CPU:
        if (length >= 8 && t->bytes[at + 3] != MADT_BROADCAST_ID)
            add_cpu(t->bytes[at + 3], t->bytes[at + 2],
                    (uint32_t)acpi_table_get(t, at + 4, 4));
        break;
    case MADT_IOAPIC:
        if (length >= 12)
            add_ioapic(t->bytes[at + 2], (uint32_t)acpi_table_get(t, at + 4, 4),
                       (uint32_t)acpi_table_get(t, at + 8, 4));
        break;
    case MADT_OVERRIDE:
        if (length >= 10)
            add_override(t->bytes[at + 2], t->bytes[at + 3],
                         (uint32_t)acpi_table_get(t, at + 4, 4),
                         (uint16_t)acpi_table_get(t, at + 8, 2));
        break;
    case MADT_LAPIC_ADDRESS:
        if (length >= 12)
            acpi_info.lapic_address = acpi_table_get(t, at + 4, 8);
        break;
    case MADT_X2APIC:
        if (length >= 16 && acpi_table_get(t, at + 4, 4) != ~0U)
            add_cpu((uint32_t)acpi_table_get(t, at + 4, 4),
                    (uint32_t)acpi_table_get(t, at + 12, 4),
                    (uint32_t)acpi_table_get(t, at + 8, 4));
        break;
    default:
        break;
    }
}

static void parse_madt(const struct acpi_table *t)
{
    uint32_t at = MADT_ENTRIES;

    acpi_info.lapic_address = acpi_table_get(t, 36, 4);
    for (unsigned irq = 0; irq < ACPI_ISA_IRQS; irq++)
        acpi_info.isa_irqs[irq] = (struct acpi_isa_irq){.gsi = irq};
    while (at + 2 <= t->length) {
        uint8_t length = t->bytes[at + 1];

        if (length < 2 || length > t->length - at) {
            log_warning("ACPI: the MADT is malformed at offset %u", at);
            break;
        }
        parse_madt_entry(t, at, length);
        at += length;
    }
}

/* ---- FADT ---- */

static struct acpi_register get_register(const struct acpi_table *t,
                                         uint32_t offset)
{
    return (struct acpi_register){
        .space = (uint8_t)acpi_table_get(t, offset, 1),
        .bits = (uint8_t)acpi_table_get(t, offset + 1, 1),
        .bit_offset = (uint8_t)acpi_table_get(t, offset + 2, 1),
        .address = acpi_table_get(t, offset + 4, 8),
    };
}

/* The extended field where it is filled in, else the old one: a port. */
static struct acpi_register get_block(const struct acpi_table *t, uint32_t old,
                                      uint32_t extended)
{
    struct acpi_register r = get_register(t, extended);

    if (!r.address)
        r = (struct acpi_register){
            .space = ACPI_SPACE_IO,
            .bits = 16,
            .address = acpi_table_get(t, old, 4),
        };
    return r;
}

static void parse_fadt_power(const struct acpi_table *t, uint32_t flags)
{
    struct acpi_info *a = &acpi_info;

    a->pm1a_control = get_block(t, FADT_PM1A_CONTROL, FADT_X_PM1A_CONTROL);
    a->pm1b_control = get_block(t, FADT_PM1B_CONTROL, FADT_X_PM1B_CONTROL);
    a->pm1a_event = get_block(t, FADT_PM1A_EVENT, FADT_X_PM1A_EVENT);
    a->pm1b_event = get_block(t, FADT_PM1B_EVENT, FADT_X_PM1B_EVENT);
    a->pm1_event_bytes = (uint8_t)acpi_table_get(t, FADT_PM1_EVENT_BYTES, 1);
    a->is_hw_reduced = flags & FADT_FLAG_HW_REDUCED;
    if (a->is_hw_reduced) {
        a->sleep_control = get_register(t, FADT_SLEEP_CONTROL);
        a->sleep_status = get_register(t, FADT_SLEEP_STATUS);
    }
    if (flags & FADT_FLAG_RESET) {
        a->reset = get_register(t, FADT_RESET);
        a->reset_value = (uint8_t)acpi_table_get(t, FADT_RESET_VALUE, 1);
    }
}

static void parse_fadt(const struct acpi_table *t)
{
    struct acpi_info *a = &acpi_info;
    uint32_t flags = (uint32_t)acpi_table_get(t, FADT_FLAGS, 4);
    uint32_t boot_flags = (uint32_t)acpi_table_get(t, FADT_BOOT_FLAGS, 2);
    struct acpi_register timer;

    parse_fadt_power(t, flags);
    a->sci_irq = (uint16_t)acpi_table_get(t, FADT_SCI_IRQ, 2);
    timer = get_block(t, FADT_PM_TIMER, FADT_X_PM_TIMER);
    if (timer.space == ACPI_SPACE_IO && timer.address <= 0xfffc)
        a->pm_timer_port = (uint16_t)timer.address;
    a->rtc_century = (uint8_t)acpi_table_get(t, FADT_CENTURY, 1);
    if (a->rtc_century >= 0x80)
        a->rtc_century = 0;
    if (t->bytes[8] >= FADT_REVISION_BOOT_FLAGS) {
        a->has_no_rtc = boot_flags & FADT_BOOT_NO_RTC;
        a->has_no_keyboard_controller = !(boot_flags & FADT_BOOT_8042);
    }
}

/* ---- HPET, MCFG ---- */

static void parse_hpet(const struct acpi_table *t)
{
    struct acpi_register r = get_register(t, HPET_BASE);

    if (r.space == ACPI_SPACE_MEMORY)
        acpi_info.hpet_address = r.address;
}

static void parse_mcfg(const struct acpi_table *t)
{
    struct acpi_info *a = &acpi_info;

    for (uint32_t at = MCFG_ENTRIES;
         at + MCFG_ENTRY_BYTES <= t->length && a->mcfg_count < ACPI_MCFG_MAX;
         at += MCFG_ENTRY_BYTES) {
        struct acpi_mcfg m = {
            .address = acpi_table_get(t, at, 8),
            .segment = (uint16_t)acpi_table_get(t, at + 8, 2),
            .first_bus = t->bytes[at + 10],
            .last_bus = t->bytes[at + 11],
        };

        if (m.address && !(m.address & ((1UL << 20) - 1)) &&
            m.address < 1UL << 51 && m.first_bus <= m.last_bus)
            a->mcfg[a->mcfg_count++] = m;
    }
}

static bool parse_table(const char *signature,
                        void (*parse)(const struct acpi_table *))
{
    struct acpi_table t;

    if (!acpi_table_open(acpi_info.rsdp, signature, &t))
        return false;
    parse(&t);
    acpi_table_close(&t);
    return true;
}

static void read_bios_data(void)
{
    void *map;
    size_t map_bytes;
    const uint8_t *bda;

    if (boot_info.is_uefi)
        return;
    bda = firmware_map(0, PAGE_SIZE, &map, &map_bytes);
    if (bda)
        acpi_info.kbd_shift_flags = bda[BDA_KBD_SHIFT_FLAGS];
    firmware_unmap(map, map_bytes);
}

void acpi_init(void)
{
    struct acpi_info *a = &acpi_info;

    a->rsdp = acpi_table_find_rsdp();
    if (!a->rsdp && boot_info.is_uefi && boot_info.multiboot == 1)
        boot_fail("no ACPI tables: multiboot 1 can't pass them on a UEFI "
                  "machine; load Parvis with GRUB's multiboot2 and module2");
    if (!a->rsdp)
        boot_fail("no ACPI tables (no valid RSDP): turn ACPI on in the "
                  "firmware; on a UEFI machine use GRUB's multiboot2");
    if (!parse_table("APIC", parse_madt) || !a->cpu_count)
        boot_fail("no usable ACPI table MADT, which lists the CPUs: turn the "
                  "APIC on in the firmware");
    if (!parse_table("FACP", parse_fadt))
        log_warning("ACPI: no valid FADT: no power off, no PM timer");
    if (!parse_table("HPET", parse_hpet))
        log_debug("ACPI: no HPET table");
    if (!parse_table("MCFG", parse_mcfg))
        log_debug("ACPI: no MCFG table");
    read_bios_data();
    log_info("ACPI: RSDP at %#lx, %u CPUs, %u IO-APICs", a->rsdp, a->cpu_count,
             a->ioapic_count);
    if (a->cpus_left_out)
        log_warning("ACPI: %u more CPUs than NR_CPUS=%u are left out",
                    a->cpus_left_out, CONFIG_NR_CPUS);
}
