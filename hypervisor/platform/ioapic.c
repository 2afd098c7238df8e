/* SPDX-License-Identifier: MIT */
/*
 * The IO-APICs (82093AA data sheet).
 *
 * Locking: ioapic_lock keeps an index write and the access to the window
 * behind it together.
 */
#include "platform/ioapic.h"

#include "debug/log.h"
#include "lib/errno.h"
#include "lib/spinlock.h"
#include "mm/map.h"
#include "platform/acpi.h"

#define IOAPIC_BYTES       32
#define REG_SELECT         0x00
#define REG_WINDOW         0x10
#define IOAPIC_ID          0
#define IOAPIC_VERSION     1
#define IOAPIC_ARBITRATION 2
#define IOAPIC_PINS        0x10 /* two registers a pin */
#define PINS_MAX           240

static struct ioapic {
    volatile uint32_t *regs;
    uint64_t address;
    unsigned gsi_base, pins;
} ioapics[ACPI_IOAPIC_MAX];
static unsigned count, gsi_count;
static struct spinlock ioapic_lock = SPINLOCK_INIT(LOCK_PLATFORM);

static uint32_t read_reg(const struct ioapic *a, uint32_t reg)
{
    uint32_t v;

    spin_lock(&ioapic_lock);
    a->regs[REG_SELECT / 4] = reg;
    v = a->regs[REG_WINDOW / 4];
    spin_unlock(&ioapic_lock);
    return v;
}

static void write_reg(const struct ioapic *a, uint32_t reg, uint32_t v)
{
    spin_lock(&ioapic_lock);
    a->regs[REG_SELECT / 4] = reg;
    a->regs[REG_WINDOW / 4] = v;
    spin_unlock(&ioapic_lock);
}

static const struct ioapic *find_gsi(unsigned gsi)
{
    for (unsigned i = 0; i < count; i++)
        if (gsi >= ioapics[i].gsi_base &&
            gsi - ioapics[i].gsi_base < ioapics[i].pins)
            return &ioapics[i];
    return NULL;
}

static uint32_t pin_register(const struct ioapic *a, unsigned gsi)
{
    return IOAPIC_PINS + 2 * (gsi - a->gsi_base);
}

unsigned ioapic_gsi_count(void)
{
    return gsi_count;
}

bool ioapic_has_gsi(unsigned gsi)
{
    return find_gsi(gsi) != NULL;
}

void ioapic_route(unsigned gsi, uint8_t vector, uint32_t dest, bool is_level,
                  bool is_active_low)
{
    const struct ioapic *a = find_gsi(gsi);
    uint32_t low = IOAPIC_MASKED | vector;

    if (!a)
        return;
    low |= is_level ? IOAPIC_LEVEL : 0;
    low |= is_active_low ? IOAPIC_ACTIVE_LOW : 0;
    write_reg(a, pin_register(a, gsi), IOAPIC_MASKED);
    write_reg(a, pin_register(a, gsi) + 1, dest << 24);
    write_reg(a, pin_register(a, gsi), low);
}

static void set_mask(unsigned gsi, bool masked)
{
    const struct ioapic *a = find_gsi(gsi);
    uint32_t low;

    if (!a)
        return;
    low = read_reg(a, pin_register(a, gsi));
    write_reg(a, pin_register(a, gsi),
              masked ? low | IOAPIC_MASKED : low & ~IOAPIC_MASKED);
}

void ioapic_mask(unsigned gsi)
{
    set_mask(gsi, true);
}

void ioapic_unmask(unsigned gsi)
{
    set_mask(gsi, false);
}

bool ioapic_find(uint64_t pa, unsigned *idx)
{
    for (unsigned i = 0; i < count; i++) {
        if (ioapics[i].address == pa) {
            *idx = i;
            return true;
        }
    }
    return false;
}

unsigned ioapic_count(void)
{
    return count;
}

uint64_t ioapic_address(unsigned idx)
{
    return ioapics[idx].address;
}

int ioapic_read(unsigned idx, uint32_t reg, uint32_t *value)
{
    const struct ioapic *a = &ioapics[idx];

    if (reg > IOAPIC_ARBITRATION &&
        (reg < IOAPIC_PINS || reg >= IOAPIC_PINS + 2 * a->pins))
        return -EINVAL;
    *value = read_reg(a, reg);
    return 0;
}

bool ioapic_register_gsi(unsigned idx, uint32_t reg, unsigned *gsi)
{
    const struct ioapic *a = &ioapics[idx];

    if (reg < IOAPIC_PINS || reg >= IOAPIC_PINS + 2 * a->pins || reg % 2)
        return false;
    *gsi = a->gsi_base + (reg - IOAPIC_PINS) / 2;
    return true;
}

static void add(const struct acpi_ioapic *from)
{
    struct ioapic a = {.address = from->address, .gsi_base = from->gsi_base};

    a.regs = map_mmio(PADDR(a.address), IOAPIC_BYTES, MMIO_UC);
    if (!a.regs) {
        log_warning("ioapic: no room to map the one at %#lx", a.address);
        return;
    }
    a.pins = (read_reg(&a, IOAPIC_VERSION) >> 16 & 0xff) + 1;
    if (a.pins > PINS_MAX || a.gsi_base > 0xffff) {
        log_warning("ioapic: nothing answers at %#lx", a.address);
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        const struct ioapic *b = &ioapics[i];

        if (a.gsi_base < b->gsi_base + b->pins &&
            b->gsi_base < a.gsi_base + a.pins) {
            log_warning("ioapic: the one at %#lx has interrupts of the one "
                        "at %#lx, it is left out",
                        a.address, b->address);
            return;
        }
    }
    for (unsigned pin = 0; pin < a.pins; pin++)
        write_reg(&a, IOAPIC_PINS + 2 * pin, IOAPIC_MASKED);
    ioapics[count++] = a;
    gsi_count = MAX(gsi_count, a.gsi_base + a.pins);
    log_debug("ioapic: at %#lx, GSI %u to %u", a.address, a.gsi_base,
              a.gsi_base + a.pins - 1);
}

void ioapic_init(void)
{
    for (unsigned i = 0; i < acpi_info.ioapic_count; i++)
        add(&acpi_info.ioapics[i]);
    if (!count)
        log_warning("ioapic: there is none, so no device's interrupt line "
                    "works");
}
