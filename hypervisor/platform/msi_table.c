/* SPDX-License-Identifier: MIT */
/*
 * A device's MSI-X table (PCI 3.0 section 6.8.2).
 *
 * Invariant: before each write the device is asked again whether its BAR
 * still puts the table where we mapped it: dom0 may move or switch off the
 * BAR at any time, and that place may then be something else.
 */
#include "platform/msi_table.h"

#include "lib/atomic.h"
#include "lib/boot_info.h"
#include "lib/errno.h"
#include "mm/map.h"
#include "platform/acpi.h"
#include "platform/mmio.h"
#include "platform/pci.h"

#define CONTROL            2
#define CONTROL_COUNT_MASK 0x7ffU
#define TABLE              4
#define TABLE_BAR_MASK     7U
#define ENTRY_BYTES        16
#define ENTRY_WORDS        4
#define ENTRY_CONTROL      3
#define ENTRY_MASKED       1U

#define BAR_COUNT          6
#define BAR_IO             1U
#define BAR_TYPE_MASK      6U
#define BAR_TYPE_64        4U
#define BAR_FLAGS          0xfUL

/* The memory BAR's address; 0: none, or it is a port BAR. */
static uint64_t read_bar(uint32_t sbdf, unsigned bar)
{
    unsigned reg = PCI_BAR + bar * 4;
    uint64_t low = pci_read(sbdf, reg, 4), high = 0;

    if (low & BAR_IO)
        return 0;
    if ((low & BAR_TYPE_MASK) == BAR_TYPE_64) {
        if (bar + 1 == BAR_COUNT)
            return 0;
        high = pci_read(sbdf, reg + 4, 4);
    }
    return high << 32 | (low & ~BAR_FLAGS);
}

static bool decodes_memory(uint32_t sbdf)
{
    return pci_read(sbdf, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY;
}

/* Neither RAM nor anything of the hypervisor's own. */
static bool is_device_memory(uint64_t pa, uint64_t bytes)
{
    for (unsigned i = 0; i < boot_info.map_count; i++) {
        const struct mem_region *r = &boot_info.map[i];

        if (r->type == MEM_RAM && pa < r->base + r->size &&
            r->base < pa + bytes)
            return false;
    }
    for (uint64_t mfn = pa >> PAGE_SHIFT; mfn <= (pa + bytes - 1) >> PAGE_SHIFT;
         mfn++)
        if (platform_mmio_denied(MFN(mfn)) ||
            mfn == acpi_info.hpet_address >> PAGE_SHIFT)
            return false;
    return true;
}

static uint64_t table_bytes(const struct msix_table *t)
{
    return (uint64_t)t->entries * ENTRY_BYTES;
}

int msix_table_locate(uint32_t sbdf, unsigned cap, struct msix_table *out)
{
    uint32_t where = pci_read(sbdf, cap + TABLE, 4);
    struct msix_table t = {
        .entries = (pci_read(sbdf, cap + CONTROL, 2) & CONTROL_COUNT_MASK) + 1,
        .bar = where & TABLE_BAR_MASK,
        .offset = where & ~TABLE_BAR_MASK,
    };
    uint64_t base;

    if (t.bar >= BAR_COUNT)
        return -EINVAL;
    if (!decodes_memory(sbdf))
        return -ENXIO;
    base = read_bar(sbdf, t.bar);
    if (!base)
        return -ENXIO;
    /* A BAR is aligned to its size, so it is no larger than its alignment. */
    if (t.offset + table_bytes(&t) > (base & -base))
        return -EINVAL;
    t.pa = base + t.offset;
    if (t.pa >> 52 || !is_device_memory(t.pa, table_bytes(&t)))
        return -EINVAL;
    *out = t;
    return 0;
}

bool msix_table_is_same(const struct msix_table *a, const struct msix_table *b)
{
    return a->pa == b->pa && a->entries == b->entries && a->bar == b->bar;
}

int msix_table_map(struct msix_table *t)
{
    t->map = map_mmio(PADDR(t->pa), table_bytes(t), MMIO_UC);
    return t->map ? 0 : -ENOMEM;
}

void msix_table_unmap(struct msix_table *t)
{
    if (t->map)
        unmap_mmio((void *)(uintptr_t)t->map, table_bytes(t));
    t->map = NULL;
}

bool msix_table_has_frame(const struct msix_table *t, uint64_t mfn)
{
    return t->pa && mfn >= t->pa >> PAGE_SHIFT &&
           mfn <= (t->pa + table_bytes(t) - 1) >> PAGE_SHIFT;
}

/* The entry, if the device still shows its table there. */
static volatile uint32_t *find_entry(const struct msix_table *t, uint32_t sbdf,
                                     unsigned entry)
{
    if (!t->map || entry >= t->entries || !decodes_memory(sbdf) ||
        read_bar(sbdf, t->bar) + t->offset != t->pa)
        return NULL;
    return t->map + entry * ENTRY_WORDS;
}

int msix_table_write(const struct msix_table *t, uint32_t sbdf, unsigned entry,
                     uint32_t address, uint32_t data, bool masked)
{
    volatile uint32_t *e = find_entry(t, sbdf, entry);

    if (!e)
        return -ENXIO;
    /* A message may change only while it is masked. */
    e[ENTRY_CONTROL] = ENTRY_MASKED;
    e[0] = address;
    e[1] = 0;
    e[2] = data;
    e[ENTRY_CONTROL] = masked ? ENTRY_MASKED : 0;
    return 0;
}

void msix_table_mask(const struct msix_table *t, uint32_t sbdf, unsigned entry,
                     bool masked)
{
    volatile uint32_t *e = find_entry(t, sbdf, entry);

    if (e)
        e[ENTRY_CONTROL] = masked ? ENTRY_MASKED : 0;
}
