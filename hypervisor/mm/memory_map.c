/* SPDX-License-Identifier: MIT */
/* Which machine memory is RAM, and what of it is free at boot. */
#include "mm/memory_map.h"

#include "cpu/layout.h"

bool memory_map_is_ram(mfn_t mfn)
{
    uint64_t start, end;

    if (mfn.v >= DIRECT_BYTES >> PAGE_SHIFT)
        return false;
    start = mfn.v << PAGE_SHIFT;
    end = start + PAGE_SIZE;
    if (start < MEMORY_MAP_LOW)
        return false;
    for (unsigned i = 0; i < boot_info.map_count; i++) {
        const struct mem_region *m = &boot_info.map[i];

        if (m->type == MEM_RAM && start >= m->base && end <= m->base + m->size)
            return true;
    }
    return false;
}

static void range_remove(struct mem_ranges *r, unsigned i)
{
    r->count--;
    for (; i < r->count; i++)
        r->range[i] = r->range[i + 1];
}

static void range_insert(struct mem_ranges *r, unsigned at, uint64_t start,
                         uint64_t end)
{
    if (start >= end || r->count == MEM_RANGES_MAX)
        return;
    for (unsigned i = r->count; i > at; i--)
        r->range[i] = r->range[i - 1];
    r->range[at] = (struct mem_range){start, end};
    r->count++;
}

void memory_map_exclude(struct mem_ranges *r, uint64_t start, uint64_t end)
{
    for (unsigned i = 0; i < r->count; i++) {
        struct mem_range old = r->range[i];

        if (start >= end || old.end <= start || old.start >= end)
            continue;
        range_remove(r, i);
        range_insert(r, i, MAX(end, old.start), old.end);
        range_insert(r, i, old.start, MIN(start, old.end));
        /* At most one of the two lies before what comes next. */
        if (old.start < start)
            continue;
        i--;
    }
}

void memory_map_free_ranges(const struct boot_info *info, uint64_t image_end_pa,
                            struct mem_ranges *out)
{
    out->count = 0;
    for (unsigned i = 0; i < info->map_count; i++) {
        const struct mem_region *m = &info->map[i];
        uint64_t end = MIN(m->base + m->size, DIRECT_BYTES);

        if (m->type == MEM_RAM)
            range_insert(out, out->count,
                         ROUND_UP(MAX(m->base, MEMORY_MAP_LOW), PAGE_SIZE),
                         ROUND_DOWN(end, PAGE_SIZE));
    }
    memory_map_exclude(out, IMAGE_PHYS, ROUND_UP(image_end_pa, PAGE_SIZE));
    for (unsigned i = 0; i < info->module_count; i++)
        memory_map_exclude(out, ROUND_DOWN(info->modules[i].start, PAGE_SIZE),
                           ROUND_UP(info->modules[i].end, PAGE_SIZE));
}

uint64_t memory_map_take(struct mem_ranges *r, uint64_t bytes, uint64_t align,
                         uint64_t limit)
{
    for (unsigned i = r->count; i-- > 0;) {
        uint64_t end = MIN(r->range[i].end, limit), start;

        if (end < bytes)
            continue;
        start = ROUND_DOWN(end - bytes, align);
        if (start < r->range[i].start || start == 0)
            continue;
        memory_map_exclude(r, start, start + bytes);
        return start;
    }
    return 0;
}
