/* SPDX-License-Identifier: MIT */
/*
 * PCI configuration space: segment 0 by ports CF8 and CFC, others by the
 * memory window that the MCFG table names.
 *
 * Invariant: the address port belongs to the hypervisor; guests have a latch
 * of their own.
 *
 * Locking: config_lock keeps address and data accesses together. Windows are
 * mapped once, a bus at a time, and stay.
 */
#include "platform/pci.h"

#include "cpu/insn.h"
#include "lib/atomic.h"
#include "lib/errno.h"
#include "lib/spinlock.h"
#include "mm/heap.h"
#include "mm/map.h"
#include "platform/acpi.h"
#include "platform/msi.h"

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA    0xcfc
#define CONFIG_ENABLE  0x80000000U
#define CAPS_MAX       48
#define BUS_BYTES      (1UL << 20)
#define BUSES          256

static struct spinlock config_lock = SPINLOCK_INIT(LOCK_PLATFORM);
/* For each MCFG entry the mapped buses, NULL: not mapped. */
static void **windows[ACPI_MCFG_MAX];

/* ---- Segments other than 0 ---- */

static int find_mcfg(uint32_t sbdf)
{
    unsigned bus = sbdf >> 8 & 0xff;

    for (unsigned i = 0; i < acpi_info.mcfg_count; i++) {
        const struct acpi_mcfg *m = &acpi_info.mcfg[i];

        if (m->segment == sbdf >> 16 && bus >= m->first_bus &&
            bus <= m->last_bus)
            return (int)i;
    }
    return -ENODEV;
}

static int map_bus(uint32_t sbdf)
{
    int i = find_mcfg(sbdf);
    unsigned bus = sbdf >> 8 & 0xff;
    void **buses, **expected_buses = NULL, *map, *expected = NULL;

    if (i < 0)
        return i;
    if (!atomic_load(&windows[i])) {
        buses = heap_alloc(BUSES * sizeof(*buses));
        if (!buses)
            return -ENOMEM;
        if (!atomic_cas(&windows[i], &expected_buses, buses))
            heap_free(buses);
    }
    buses = atomic_load(&windows[i]);
    if (atomic_load(&buses[bus]))
        return 0;
    map = map_mmio(PADDR(acpi_info.mcfg[i].address + bus * BUS_BYTES),
                   BUS_BYTES, MMIO_UC);
    if (!map)
        return -ENOMEM;
    if (!atomic_cas(&buses[bus], &expected, map))
        unmap_mmio(map, BUS_BYTES);
    return 0;
}

/* A register in a mapped window, or NULL. */
static volatile void *window_register(uint32_t sbdf, unsigned reg)
{
    int i = find_mcfg(sbdf);
    void **buses = i < 0 ? NULL : atomic_load(&windows[i]);
    uint8_t *map = buses ? atomic_load(&buses[sbdf >> 8 & 0xff]) : NULL;

    return map ? map + ((sbdf & 0xff) << 12) + reg : NULL;
}

static uint32_t window_read(uint32_t sbdf, unsigned reg, unsigned size)
{
    volatile void *p = window_register(sbdf, reg);

    if (!p)
        return ~0U;
    switch (size) {
    case 1:
        return *(volatile uint8_t *)p;
    case 2:
        return *(volatile uint16_t *)p;
    default:
        return *(volatile uint32_t *)p;
    }
}

static void window_write(uint32_t sbdf, unsigned reg, unsigned size,
                         uint32_t value)
{
    volatile void *p = window_register(sbdf, reg);

    if (!p)
        return;
    switch (size) {
    case 1:
        *(volatile uint8_t *)p = (uint8_t)value;
        break;
    case 2:
        *(volatile uint16_t *)p = (uint16_t)value;
        break;
    default:
        *(volatile uint32_t *)p = value;
        break;
    }
}

/* ---- Segment 0 ---- */

static uint32_t data_read(uint16_t port, unsigned size)
{
    switch (size) {
    case 1:
        return inb(port);
    case 2:
        return inw(port);
    default:
        return inl(port);
    }
}

static void data_write(uint16_t port, unsigned size, uint32_t value)
{
    switch (size) {
    case 1:
        outb(port, (uint8_t)value);
        break;
    case 2:
        outw(port, (uint16_t)value);
        break;
    default:
        outl(port, value);
        break;
    }
}

uint32_t pci_read(uint32_t sbdf, unsigned reg, unsigned size)
{
    uint32_t value;

    if (sbdf >> 16)
        return window_read(sbdf, reg, size);
    spin_lock(&config_lock);
    outl(CONFIG_ADDRESS, CONFIG_ENABLE | sbdf << 8 | (reg & 0xfc));
    value = data_read((uint16_t)(CONFIG_DATA + (reg & 3)), size);
    spin_unlock(&config_lock);
    return value;
}

void pci_write(uint32_t sbdf, unsigned reg, unsigned size, uint32_t value)
{
    if (sbdf >> 16) {
        window_write(sbdf, reg, size, value);
        return;
    }
    spin_lock(&config_lock);
    outl(CONFIG_ADDRESS, CONFIG_ENABLE | sbdf << 8 | (reg & 0xfc));
    data_write((uint16_t)(CONFIG_DATA + (reg & 3)), size, value);
    spin_unlock(&config_lock);
}

int pci_open(uint32_t sbdf)
{
    int rc = sbdf >> 16 ? map_bus(sbdf) : 0;

    if (rc)
        return rc;
    return (pci_read(sbdf, 0, 2) & 0xffff) == 0xffff ? -ENODEV : 0;
}

unsigned pci_find_capability(uint32_t sbdf, uint8_t id)
{
    unsigned at;

    if (!(pci_read(sbdf, PCI_STATUS, 2) & PCI_STATUS_CAPS))
        return 0;
    at = pci_read(sbdf, PCI_CAPS, 1) & 0xfc;
    /* The list is the device's: it may be a ring. */
    for (unsigned i = 0; i < CAPS_MAX && at >= 0x40; i++) {
        uint32_t head = pci_read(sbdf, at, 2);

        if ((head & 0xff) == id)
            return at;
        at = head >> 8 & 0xfc;
    }
    return 0;
}

/* ---- dom0's ports ---- */

/* The device and register that the latch and the data port name. */
static bool decode(uint32_t latch, uint16_t port, unsigned size, uint32_t *sbdf,
                   unsigned *reg)
{
    if (port < CONFIG_DATA || port > PCI_PORT_LAST || (port & 3) + size > 4 ||
        !(latch & CONFIG_ENABLE))
        return false;
    *sbdf = latch >> 8 & 0xffff;
    *reg = (latch & 0xfc) + (port & 3);
    return true;
}

uint32_t pci_port_read(const uint32_t *latch, uint16_t port, unsigned size)
{
    uint32_t sbdf;
    unsigned reg;

    if (port == CONFIG_ADDRESS && size == 4)
        return *latch;
    if (decode(*latch, port, size, &sbdf, &reg))
        return pci_read(sbdf, reg, size);
    return size == 4 ? ~0U : (1U << 8 * size) - 1;
}

void pci_port_write(uint32_t *latch, uint16_t port, unsigned size,
                    uint32_t value)
{
    uint32_t sbdf;
    unsigned reg;

    if (port == CONFIG_ADDRESS && size == 4)
        *latch = value;
    else if (decode(*latch, port, size, &sbdf, &reg))
        msi_write_config(sbdf, reg, size, value);
}
