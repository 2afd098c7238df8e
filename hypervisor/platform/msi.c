/* SPDX-License-Identifier: MIT */
/*
 * Message-signalled interrupts (PCI 3.0 section 6.8).
 *
 * Invariant: while a device has mapped messages, what it is programmed with is
 * what our records say: dom0's writes to these registers are dropped, and
 * MSI-X tables are read-only to it (platform/mmio.c).
 * Invariant: an MSI-X table is touched only where the device's BAR puts it at
 * that moment, and only after that place was found to be neither RAM nor one
 * of our own devices.
 *
 * Locking: irq_lock for everything but the list's links: devices are added
 * and never removed. Mapping a table happens with no lock held.
 */
#include "platform/msi.h"

#include "cpu/percpu.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/heap.h"
#include "platform/irq_private.h"
#include "platform/msi_table.h"
#include "platform/pci.h"
#include "platform/vector.h"

/* Message control, at 2 in either capability. */
#define CONTROL           2
#define MSI_ENABLE        0x0001U
#define MSI_CAPABLE_SHIFT 1
#define MSI_GROUP_SHIFT   4
#define MSI_GROUP_MASK    0x0070U
#define MSI_64BIT         0x0080U
#define MSI_MASKABLE      0x0100U
#define MSIX_ENABLE       0x8000U
#define MSI_COUNT_MAX     32

#define MSI_ADDRESS       4
#define MESSAGE_ADDRESS   0xfee00000U

struct msi_device {
    struct msi_device *next;
    uint32_t sbdf;
    uint8_t msi_cap, msix_cap; /* offsets, 0: none */
    struct msi *msi;           /* the mapped MSI group */
    struct msix_table table;
    unsigned msix_count; /* entries mapped */
};

/* One MSI group, or one MSI-X entry. */
struct msi {
    struct msi_device *device;
    bool is_msix;
    uint16_t entry; /* MSI-X */
    uint16_t count;
    unsigned first_pirq;
    uint32_t address;
    uint16_t data;
    uint32_t masked; /* a bit for each message of the group */
};

static struct msi_device *devices;

static struct msi_device *find_device(uint32_t sbdf)
{
    struct msi_device *dev = atomic_load(&devices);

    while (dev && dev->sbdf != sbdf)
        dev = atomic_load(&dev->next);
    return dev;
}

/* The device's record, made if there is none. No lock is held. */
static int get_device(uint32_t sbdf, struct msi_device **out)
{
    struct msi_device *dev, *other;
    int rc = pci_open(sbdf);

    if (rc)
        return rc;
    dev = find_device(sbdf);
    if (!dev) {
        dev = heap_alloc(sizeof(*dev));
        if (!dev)
            return -ENOMEM;
        dev->sbdf = sbdf;
        spin_lock(&irq_lock);
        other = find_device(sbdf);
        if (!other) {
            dev->next = devices;
            atomic_store(&devices, dev);
        }
        spin_unlock(&irq_lock);
        if (other) {
            heap_free(dev);
            dev = other;
        }
    }
    spin_lock(&irq_lock);
    if (!dev->msi && !dev->msix_count) {
        dev->msi_cap = (uint8_t)pci_find_capability(sbdf, PCI_CAP_MSI);
        dev->msix_cap = (uint8_t)pci_find_capability(sbdf, PCI_CAP_MSIX);
    }
    spin_unlock(&irq_lock);
    *out = dev;
    return 0;
}

static uint32_t read_control(uint32_t sbdf, unsigned cap)
{
    return pci_read(sbdf, cap + CONTROL, 2);
}

static void write_control(uint32_t sbdf, unsigned cap, uint32_t control)
{
    pci_write(sbdf, cap + CONTROL, 2, control);
}

/* ---- Programming; irq_lock is held ---- */

static unsigned mask_register(const struct msi *m, uint32_t control)
{
    return m->device->msi_cap + (control & MSI_64BIT ? 16 : 12);
}

static void program_msi(const struct msi *m)
{
    uint32_t sbdf = m->device->sbdf;
    unsigned cap = m->device->msi_cap;
    uint32_t control = read_control(sbdf, cap);
    uint32_t group = (uint32_t)__builtin_ctz(m->count) << MSI_GROUP_SHIFT;

    write_control(sbdf, cap, control & ~MSI_ENABLE);
    pci_write(sbdf, cap + MSI_ADDRESS, 4, m->address);
    if (control & MSI_64BIT)
        pci_write(sbdf, cap + MSI_ADDRESS + 4, 4, 0);
    pci_write(sbdf, cap + (control & MSI_64BIT ? 12 : 8), 2, m->data);
    if (control & MSI_MASKABLE)
        pci_write(sbdf, mask_register(m, control), 4, m->masked);
    write_control(sbdf, cap, (control & ~MSI_GROUP_MASK) | group | MSI_ENABLE);
}

static int program(const struct msi *m)
{
    struct msi_device *dev = m->device;
    int rc;

    if (!m->is_msix) {
        program_msi(m);
        return 0;
    }
    rc = msix_table_write(&dev->table, dev->sbdf, m->entry, m->address, m->data,
                          m->masked);
    if (rc)
        return rc;
    write_control(dev->sbdf, dev->msix_cap,
                  read_control(dev->sbdf, dev->msix_cap) | MSIX_ENABLE);
    return 0;
}

void msi_set_mask(struct msi *m, unsigned pirq, bool masked)
{
    uint32_t bit = 1U << (pirq - m->first_pirq);
    uint32_t control;

    m->masked = masked ? m->masked | bit : m->masked & ~bit;
    if (m->is_msix) {
        msix_table_mask(&m->device->table, m->device->sbdf, m->entry, masked);
        return;
    }
    control = read_control(m->device->sbdf, m->device->msi_cap);
    if (control & MSI_MASKABLE)
        pci_write(m->device->sbdf, mask_register(m, control), 4, m->masked);
}

unsigned msi_count(const struct msi *m)
{
    return m->count;
}

unsigned msi_first_pirq(const struct msi *m)
{
    return m->first_pirq;
}

void msi_destroy(struct msi *m)
{
    struct msi_device *dev = m->device;

    if (m->is_msix) {
        dev->msix_count--;
        msix_table_mask(&dev->table, dev->sbdf, m->entry, true);
    } else {
        dev->msi = NULL;
        write_control(dev->sbdf, dev->msi_cap,
                      read_control(dev->sbdf, dev->msi_cap) & ~MSI_ENABLE);
    }
    heap_free(m);
}

/* ---- Mapping ---- */

/* The device's MSI or MSI-X can take what is asked for. irq_lock is held. */
static int check_free(const struct msi_device *dev, const struct msi *m)
{
    if (!m->is_msix) {
        uint32_t control = read_control(dev->sbdf, dev->msi_cap);

        if (m->count > 1U << (control >> MSI_CAPABLE_SHIFT & 7))
            return -EINVAL;
        return dev->msi ? -EEXIST : dev->msix_count ? -EBUSY : 0;
    }
    if (dev->msi)
        return -EBUSY;
    if (m->entry >= dev->table.entries)
        return -EINVAL;
    for (unsigned pirq = 0; pirq < IRQ_PIRQ_COUNT; pirq++) {
        const struct msi *other = irq_table[pirq].msi;

        if (other && other->device == dev && other->entry == m->entry)
            return -EEXIST;
    }
    return 0;
}

/* Take numbers and vectors, program the device. irq_lock is held. */
static int connect(struct domain *d, struct msi *m, int wanted)
{
    struct msi_device *dev = m->device;
    unsigned cpu;
    uint8_t vector;
    int rc = check_free(dev, m);

    if (!rc)
        rc = irq_find_messages(d, wanted, m->count, &m->first_pirq);
    if (!rc)
        rc = vector_alloc(m->first_pirq, m->count, &cpu, &vector);
    if (rc)
        return rc;
    m->address = MESSAGE_ADDRESS | cpu_apic_id[cpu] << 12;
    m->data = vector;
    m->masked = (uint32_t)((1ULL << m->count) - 1);
    rc = program(m);
    if (rc) {
        vector_free(cpu, vector, m->count);
        return rc;
    }
    if (m->is_msix)
        dev->msix_count++;
    else
        dev->msi = m;
    for (unsigned i = 0; i < m->count; i++)
        irq_table[m->first_pirq + i] = (struct irq){
            .kind = IRQ_MESSAGE,
            .vector = (uint8_t)(vector + i),
            .cpu = (uint16_t)cpu,
            .owner = d,
            .msi = m,
        };
    return 0;
}

/* Find out where the device's MSI-X table is, and map it. No lock is held. */
static int refresh_table(struct msi_device *dev)
{
    struct msix_table table, old = {0};
    bool is_busy;
    int rc = msix_table_locate(dev->sbdf, dev->msix_cap, &table);

    if (rc)
        return rc;
    spin_lock(&irq_lock);
    if (msix_table_is_same(&dev->table, &table)) {
        spin_unlock(&irq_lock);
        return 0;
    }
    is_busy = dev->msix_count;
    spin_unlock(&irq_lock);
    if (is_busy)
        return -EBUSY;
    rc = msix_table_map(&table);
    if (rc)
        return rc;
    spin_lock(&irq_lock);
    /* Somebody else may have been quicker. */
    is_busy = dev->msix_count;
    if (!is_busy) {
        old = dev->table;
        dev->table = table;
    } else {
        old = table;
    }
    spin_unlock(&irq_lock);
    msix_table_unmap(&old);
    return is_busy ? -EBUSY : 0;
}

int msi_map(struct domain *d, uint32_t sbdf, bool is_msix, unsigned entry,
            unsigned count, int *pirq)
{
    struct msi_device *dev;
    struct msi *m;
    int rc;

    if (!count || count > MSI_COUNT_MAX || (count & (count - 1)) ||
        (is_msix && count > 1) || entry > UINT16_MAX)
        return -EINVAL;
    rc = get_device(sbdf, &dev);
    if (rc)
        return rc;
    if (is_msix ? !dev->msix_cap : !dev->msi_cap)
        return -ENODEV;
    rc = is_msix ? refresh_table(dev) : 0;
    if (rc)
        return rc;
    m = heap_alloc(sizeof(*m));
    if (!m)
        return -ENOMEM;
    *m = (struct msi){
        .device = dev,
        .is_msix = is_msix,
        .entry = (uint16_t)entry,
        .count = (uint16_t)count,
    };
    spin_lock(&irq_lock);
    rc = connect(d, m, *pirq);
    if (!rc)
        *pirq = (int)m->first_pirq;
    spin_unlock(&irq_lock);
    if (rc)
        heap_free(m);
    return rc;
}

/* ---- A device's life ---- */

static void for_each_message(uint32_t sbdf, void (*fn)(struct irq *first))
{
    for (unsigned pirq = 0; pirq < IRQ_PIRQ_COUNT; pirq++) {
        struct irq *irq = &irq_table[pirq];

        if (irq->msi && irq->msi->device->sbdf == sbdf &&
            irq->msi->first_pirq == pirq)
            fn(irq);
    }
}

static void restore_message(struct irq *first)
{
    (void)program(first->msi);
}

void msi_restore(uint32_t sbdf)
{
    spin_lock(&irq_lock);
    for_each_message(sbdf, restore_message);
    spin_unlock(&irq_lock);
}

int msi_add_device(uint32_t sbdf)
{
    struct msi_device *dev;
    int rc = get_device(sbdf, &dev);

    if (rc == -ENOMEM)
        return rc;
    if (rc || !dev->msix_cap)
        return 0;
    rc = refresh_table(dev);
    return rc == -ENOMEM ? rc : 0;
}

void msi_remove_device(uint32_t sbdf)
{
    struct msi_device *dev = find_device(sbdf);
    struct msix_table old;

    if (!dev)
        return;
    spin_lock(&irq_lock);
    if (dev->msix_count || dev->msi) {
        /* dom0 still has to unmap; nothing answers there meanwhile. */
        spin_unlock(&irq_lock);
        return;
    }
    old = dev->table;
    dev->table = (struct msix_table){0};
    spin_unlock(&irq_lock);
    msix_table_unmap(&old);
}

int msi_prepare(uint32_t sbdf)
{
    struct msi_device *dev;
    int rc = get_device(sbdf, &dev);

    if (rc)
        return rc;
    return dev->msix_cap ? refresh_table(dev) : -ENODEV;
}

int msi_release(uint32_t sbdf)
{
    struct msi_device *dev = find_device(sbdf);

    if (!dev || !dev->msix_cap)
        return -ENODEV;
    return READ_ONCE(dev->msix_count) ? -EBUSY : 0;
}

bool msi_is_table_frame(uint64_t mfn)
{
    bool is_table = false;

    spin_lock(&irq_lock);
    for (struct msi_device *dev = devices; dev && !is_table; dev = dev->next)
        is_table = msix_table_has_frame(&dev->table, mfn);
    spin_unlock(&irq_lock);
    return is_table;
}

/* ---- dom0's writes to configuration space ---- */

/*
 * What may go to the device of a write of `size` bytes at `reg`, for a device
 * with a mapped MSI group: of the capability only the enable bit.
 */
static bool filter(const struct msi_device *dev, unsigned reg, unsigned size,
                   uint32_t *value)
{
    unsigned cap = dev->msi_cap;
    uint32_t control = read_control(dev->sbdf, cap);
    unsigned length =
        (control & MSI_64BIT ? 14 : 10) + (control & MSI_MASKABLE ? 10 : 0);

    if (reg + size > cap + MSI_ADDRESS && reg < cap + length)
        return false;
    if (reg <= cap + CONTROL && reg + size > cap + CONTROL) {
        unsigned shift = (cap + CONTROL - reg) * 8;

        *value &= ~(MSI_GROUP_MASK << shift);
        *value |= (control & MSI_GROUP_MASK) << shift;
    }
    return true;
}

void msi_write_config(uint32_t sbdf, unsigned reg, unsigned size,
                      uint32_t value)
{
    struct msi_device *dev;

    spin_lock(&irq_lock);
    dev = find_device(sbdf);
    if (!dev || !dev->msi || filter(dev, reg, size, &value))
        pci_write(sbdf, reg, size, value);
    spin_unlock(&irq_lock);
}
