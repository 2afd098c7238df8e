/* SPDX-License-Identifier: MIT */
/*
 * Counters of known frequency: HPET (IA-PC HPET 1.0a), PM timer (ACPI 4.8.3.3)
 * and PIT channel 2 (8254). Used at boot only; all three are denied to dom0.
 */
#include "time/reference.h"

#include "cpu/insn.h"
#include "mm/map.h"
#include "platform/acpi.h"

#define HPET_BYTES         1024
#define HPET_PERIOD        0x04 /* femtoseconds a tick */
#define HPET_CONFIG        0x10
#define HPET_CONFIG_ENABLE 1U
#define HPET_COUNTER       0xf0
#define HPET_PERIOD_MAX    100000000U

#define PM_HZ              3579545

#define PIT_CHANNEL2       0x42
#define PIT_COMMAND        0x43
#define PIT_MODE0_CHANNEL2 0xb0
#define PIT_LATCH_CHANNEL2 0x80
#define PORT_61            0x61
#define PORT_61_GATE       1U
#define PORT_61_SPEAKER    2U

/* Reads that differ by so little time mean that the counter stands still. */
#define ALIVE_READS 1000

static volatile uint32_t *hpet;
static uint8_t port_61_before;

static bool is_counting(const struct reference *r)
{
    uint64_t first = r->read();

    for (unsigned i = 0; i < ALIVE_READS; i++)
        if (r->read() != first)
            return true;
    return false;
}

static uint64_t read_hpet(void)
{
    return hpet[HPET_COUNTER / 4];
}

static void close_hpet(void)
{
    unmap_mmio((void *)(uintptr_t)hpet, HPET_BYTES);
    hpet = NULL;
}

bool reference_open_hpet(struct reference *out)
{
    uint32_t period;

    if (!acpi_info.hpet_address)
        return false;
    hpet = map_mmio(PADDR(acpi_info.hpet_address), HPET_BYTES, MMIO_UC);
    if (!hpet)
        return false;
    period = hpet[HPET_PERIOD / 4];
    *out = (struct reference){
        .name = "HPET",
        .rate_num = 1000000000000000ULL,
        .rate_den = period,
        .mask = 0xffffffff,
        .window_ms = 20,
        .read = read_hpet,
        .stop = close_hpet,
    };
    if (period && period <= HPET_PERIOD_MAX) {
        hpet[HPET_CONFIG / 4] |= HPET_CONFIG_ENABLE;
        if (is_counting(out))
            return true;
    }
    close_hpet();
    return false;
}

static uint64_t read_pmtimer(void)
{
    return inl(acpi_info.pm_timer_port);
}

bool reference_open_pmtimer(struct reference *out)
{
    if (!acpi_info.pm_timer_port)
        return false;
    *out = (struct reference){
        .name = "ACPI PM timer",
        .rate_num = PM_HZ,
        .rate_den = 1,
        .mask = 0xffffff,
        .window_ms = 30,
        .read = read_pmtimer,
    };
    return is_counting(out);
}

static uint64_t read_pit(void)
{
    unsigned low;

    outb(PIT_COMMAND, PIT_LATCH_CHANNEL2);
    low = inb(PIT_CHANNEL2);
    return 0xffff - (low | (unsigned)inb(PIT_CHANNEL2) << 8);
}

static void close_pit(void)
{
    outb(PORT_61, port_61_before);
}

bool reference_open_pit(struct reference *out)
{
    *out = (struct reference){
        .name = "PIT",
        .rate_num = PM_HZ,
        .rate_den = 3,
        .mask = 0xffff,
        .window_ms = 40, /* it wraps after 55 */
        .read = read_pit,
        .stop = close_pit,
    };
    port_61_before = inb(PORT_61) & (PORT_61_GATE | PORT_61_SPEAKER);
    outb(PORT_61, PORT_61_GATE);
    outb(PIT_COMMAND, PIT_MODE0_CHANNEL2);
    outb(PIT_CHANNEL2, 0xff);
    outb(PIT_CHANNEL2, 0xff);
    if (is_counting(out))
        return true;
    close_pit();
    return false;
}
