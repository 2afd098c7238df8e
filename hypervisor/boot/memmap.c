/* SPDX-License-Identifier: MIT */
/* The firmware's memory map made sorted and free of overlaps. */
#include "boot/memmap.h"

/* How much a type must prevail where two regions claim one place. */
static unsigned strength(uint32_t type)
{
    switch (type) {
    case MEM_RAM:
        return 0;
    case MEM_ACPI:
        return 1;
    case MEM_NVS:
        return 2;
    case MEM_UNUSABLE:
        return 4;
    default:
        return 3;
    }
}

static bool is_valid(const struct mem_region *r)
{
    return r->size && r->base + r->size > r->base;
}

/* Strongest type over [at, next edge); false when nothing covers `at`. */
static bool type_at(const struct mem_region *map, unsigned count, uint64_t at,
                    uint32_t *type)
{
    bool found = false;

    for (unsigned i = 0; i < count; i++) {
        const struct mem_region *r = &map[i];

        if (!is_valid(r) || at < r->base || at >= r->base + r->size)
            continue;
        if (!found || strength(r->type) > strength(*type))
            *type = r->type;
        found = true;
    }
    return found;
}

/* The lowest region edge above `at`; false when there is none. */
static bool next_edge(const struct mem_region *map, unsigned count, uint64_t at,
                      bool first, uint64_t *edge)
{
    bool found = false;

    for (unsigned i = 0; i < count; i++) {
        const uint64_t edges[] = {map[i].base, map[i].base + map[i].size};

        for (unsigned e = 0; is_valid(&map[i]) && e < 2; e++) {
            if (!first && edges[e] <= at)
                continue;
            if (!found || edges[e] < *edge)
                *edge = edges[e];
            found = true;
        }
    }
    return found;
}

unsigned memmap_sanitize(struct mem_region *map, unsigned count, unsigned max)
{
    static struct mem_region out[BOOT_MEM_MAX];
    unsigned n = 0;
    uint64_t at = 0, end;
    bool more = next_edge(map, count, 0, true, &at);

    max = MIN(max, (unsigned)BOOT_MEM_MAX);
    while (more) {
        uint32_t type = MEM_RESERVED;

        more = next_edge(map, count, at, false, &end);
        if (!more)
            break;
        if (type_at(map, count, at, &type)) {
            struct mem_region *last = n ? &out[n - 1] : NULL;

            if (last && last->type == type && last->base + last->size == at)
                last->size += end - at;
            else if (n < max)
                out[n++] = (struct mem_region){at, end - at, type};
            else
                break;
        }
        at = end;
    }
    for (unsigned i = 0; i < n; i++)
        map[i] = out[i];
    return n;
}

enum mem_type memmap_type(const struct mem_region *map, unsigned count,
                          uint64_t pa)
{
    for (unsigned i = 0; i < count; i++)
        if (pa >= map[i].base && pa - map[i].base < map[i].size)
            return (enum mem_type)map[i].type;
    return MEM_RESERVED;
}
