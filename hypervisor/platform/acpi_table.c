/* SPDX-License-Identifier: MIT */
/*
 * Finding and mapping ACPI tables (ACPI 5.2.5 to 5.2.8).
 *
 * Invariant: nothing of a table is used before its length was bounded, that
 * many bytes were mapped and their sum was found to be 0.
 */
#include "platform/acpi_table.h"

#include "lib/boot_info.h"
#include "lib/string.h"
#include "mm/map.h"
#include "mm/memory_map.h"

#define HEADER_BYTES    36
#define TABLE_BYTES_MAX (1U << 20)
#define RSDP_V1_BYTES   20
#define RSDP_V2_BYTES   36
#define RSDP_ALIGN      16
#define TABLES_MAX      256

/* Where a BIOS leaves the RSDP: the first KiB of the EBDA, or here. */
#define BDA_EBDA_SEGMENT 0x40e
#define BIOS_AREA        0xe0000
#define BIOS_AREA_BYTES  0x20000

/* In the direct map, which covers RAM from 1 MiB on. */
static bool is_ram(uint64_t pa, size_t bytes)
{
    for (uint64_t mfn = pa >> PAGE_SHIFT; mfn <= (pa + bytes - 1) >> PAGE_SHIFT;
         mfn++)
        if (!memory_map_is_ram(MFN(mfn)))
            return false;
    return true;
}

const void *firmware_map(uint64_t pa, size_t bytes, void **map,
                         size_t *map_bytes)
{
    uint64_t start = pa & PAGE_MASK;

    if (pa + bytes < pa || (pa + bytes) >> 52)
        return NULL;
    *map = NULL;
    *map_bytes = 0;
    if (is_ram(pa, bytes))
        return paddr_to_virt(PADDR(pa));
    *map_bytes = ROUND_UP(pa + bytes, PAGE_SIZE) - start;
    *map = map_mmio(PADDR(start), *map_bytes, MMIO_WB);
    if (!*map)
        return NULL;
    return (const uint8_t *)*map + (pa - start);
}

void firmware_unmap(void *map, size_t map_bytes)
{
    if (map)
        unmap_mmio(map, map_bytes);
}

static uint64_t get_le(const uint8_t *p, unsigned bytes)
{
    uint64_t v = 0;

    while (bytes--)
        v = v << 8 | p[bytes];
    return v;
}

uint64_t acpi_table_get(const struct acpi_table *t, uint32_t offset,
                        unsigned bytes)
{
    if (offset > t->length || bytes > t->length - offset)
        return 0;
    return get_le(t->bytes + offset, bytes);
}

static bool is_sum_zero(const uint8_t *p, size_t bytes)
{
    uint8_t sum = 0;

    while (bytes--)
        sum += *p++;
    return sum == 0;
}

/* `p`: RSDP_V1_BYTES at least are readable, `room` in all. */
static bool is_rsdp(const uint8_t *p, size_t room)
{
    uint64_t length;

    if (memcmp(p, "RSD PTR ", 8) || !is_sum_zero(p, RSDP_V1_BYTES))
        return false;
    if (p[15] < 2)
        return true;
    if (room < RSDP_V2_BYTES)
        return false;
    length = get_le(p + 20, 4);
    return length >= RSDP_V2_BYTES && length <= room && is_sum_zero(p, length);
}

static uint64_t scan(uint64_t pa, size_t bytes)
{
    void *map;
    size_t map_bytes;
    const uint8_t *p = firmware_map(pa, bytes, &map, &map_bytes);
    uint64_t found = 0;

    if (!p)
        return 0;
    for (size_t at = 0; at + RSDP_V1_BYTES <= bytes; at += RSDP_ALIGN) {
        if (is_rsdp(p + at, bytes - at)) {
            found = pa + at;
            break;
        }
    }
    firmware_unmap(map, map_bytes);
    return found;
}

static uint64_t ebda_address(void)
{
    void *map;
    size_t map_bytes;
    const uint8_t *bda = firmware_map(0, PAGE_SIZE, &map, &map_bytes);
    uint64_t address = 0;

    if (bda)
        address = get_le(bda + BDA_EBDA_SEGMENT, 2) << 4;
    firmware_unmap(map, map_bytes);
    return address;
}

uint64_t acpi_table_find_rsdp(void)
{
    uint64_t ebda, found = 0;

    if (boot_info.rsdp)
        found = scan(boot_info.rsdp, RSDP_V2_BYTES);
    if (found || boot_info.is_uefi)
        return found;
    ebda = ebda_address();
    if (ebda >= 0x400 && ebda < 0xa0000)
        found = scan(ebda, 1024);
    return found ? found : scan(BIOS_AREA, BIOS_AREA_BYTES);
}

void acpi_table_close(struct acpi_table *t)
{
    firmware_unmap(t->map, t->map_bytes);
    t->bytes = NULL;
    t->map = NULL;
}

/* The table at `pa` if it has this signature and is whole. */
static bool open_at(uint64_t pa, const char signature[4],
                    struct acpi_table *out)
{
    struct acpi_table t = {0};
    uint32_t length;

    t.bytes = firmware_map(pa, HEADER_BYTES, &t.map, &t.map_bytes);
    if (!t.bytes)
        return false;
    if (memcmp(t.bytes, signature, 4)) {
        acpi_table_close(&t);
        return false;
    }
    length = (uint32_t)get_le(t.bytes + 4, 4);
    acpi_table_close(&t);
    if (length < HEADER_BYTES || length > TABLE_BYTES_MAX)
        return false;
    t.length = length;
    t.bytes = firmware_map(pa, length, &t.map, &t.map_bytes);
    if (!t.bytes)
        return false;
    if (!is_sum_zero(t.bytes, length)) {
        acpi_table_close(&t);
        return false;
    }
    *out = t;
    return true;
}

/* The XSDT where there is one, else the RSDT. */
static bool open_root(uint64_t rsdp, struct acpi_table *root,
                      unsigned *entry_bytes)
{
    void *map;
    size_t map_bytes;
    const uint8_t *p = firmware_map(rsdp, RSDP_V2_BYTES, &map, &map_bytes);
    uint64_t rsdt, xsdt;

    if (!p)
        return false;
    rsdt = get_le(p + 16, 4);
    xsdt = p[15] >= 2 ? get_le(p + 24, 8) : 0;
    firmware_unmap(map, map_bytes);
    *entry_bytes = 8;
    if (xsdt && open_at(xsdt, "XSDT", root))
        return true;
    *entry_bytes = 4;
    return rsdt && open_at(rsdt, "RSDT", root);
}

bool acpi_table_open(uint64_t rsdp, const char signature[4],
                     struct acpi_table *out)
{
    struct acpi_table root;
    unsigned entry_bytes, count;
    bool found = false;

    if (!open_root(rsdp, &root, &entry_bytes))
        return false;
    count = (root.length - HEADER_BYTES) / entry_bytes;
    for (unsigned i = 0; i < MIN(count, TABLES_MAX) && !found; i++) {
        uint64_t pa =
            acpi_table_get(&root, HEADER_BYTES + i * entry_bytes, entry_bytes);

        found = pa && open_at(pa, signature, out);
    }
    acpi_table_close(&root);
    return found;
}
