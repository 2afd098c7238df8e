/* SPDX-License-Identifier: MIT */
/*
 * Setting up memory at boot, from the boot root that maps 4 GiB to our own.
 *
 * Steps: (1) the direct map, with tables from free memory below 4 GiB, which
 * the boot root maps at DIRECT_BASE; (2) the image, each part with its own
 * rights; (3) our root is loaded, all RAM can be reached; (4) the frame table
 * and the M2P, from the top of memory; (5) what is left goes to the heap.
 *
 * Invariant: boot memory is handed out once: `ranges` never holds a byte of
 * the image, a module or anything handed out.
 */
#include "mm/boot.h"

#include "cpu/insn.h"
#include "cpu/percpu.h"
#include "cpu/tlb.h"
#include "debug/log.h"
#include "lib/assert.h"
#include "lib/bits.h"
#include "lib/boot_info.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "mm/m2p.h"
#include "mm/map.h"
#include "mm/memory_map.h"

#define PAGE_2M        0x200000UL
#define LIMIT_4G       0x100000000UL
#define SECTION_FRAMES (1UL << FRAME_SECTION_SHIFT)
#define SECTION_BYTES  (SECTION_FRAMES << PAGE_SHIFT)
#define FLAGS_DATA     (PTE_PRESENT | PTE_WRITE | PTE_ACCESSED | PTE_DIRTY | PTE_NX)

uint64_t m2p_frames;

/* NULL once the heap works. */
static struct mem_ranges *ranges;
static struct mem_ranges boot_ranges INIT_DATA;
/* Boot memory must end here: what is mapped at this point. */
static uint64_t reach = LIMIT_4G;

/* Boot memory, not zeroed. */
static INIT_TEXT uint64_t take(uint64_t bytes, uint64_t align)
{
    uint64_t pa = memory_map_take(ranges, bytes, align, reach);

    if (!pa)
        boot_fail("Not enough memory for the hypervisor's own tables: give "
                  "the machine more RAM");
    return pa;
}

void *mm_table_alloc(void)
{
    void *table;

    if (likely(!ranges))
        return heap_alloc_pages(0, 0);
    table = paddr_to_virt(PADDR(take(PAGE_SIZE, PAGE_SIZE)));
    cpu_zero(table, PAGE_SIZE);
    return table;
}

/* During boot take() does not return without memory, so neither can these. */
static INIT_TEXT void map_or_die(uintptr_t va, uint64_t pa, uint64_t bytes,
                                 uint64_t flags)
{
    if (map_large(va, pa, bytes, flags))
        panic("boot memory for page tables");
}

static INIT_TEXT bool region_frames(const struct mem_region *m, uint64_t *start,
                                    uint64_t *end)
{
    if (m->type != MEM_RAM)
        return false;
    *start = ROUND_UP(m->base, PAGE_SIZE);
    *end = ROUND_DOWN(MIN(m->base + m->size, DIRECT_BYTES), PAGE_SIZE);
    return *start < *end;
}

static INIT_TEXT void map_direct(void)
{
    uint64_t start, end;

    for (unsigned i = 0; i < boot_info.map_count; i++)
        if (region_frames(&boot_info.map[i], &start, &end))
            map_or_die(DIRECT_BASE + start, start, end - start, FLAGS_DATA);
}

static INIT_TEXT void map_part(const char *start, const char *end,
                               uint64_t flags)
{
    uintptr_t va = (uintptr_t)start & PAGE_MASK;
    size_t bytes = ROUND_UP((uintptr_t)end, PAGE_SIZE) - va;

    if (bytes && map_frames(va, paddr_to_mfn(PADDR(va - IMAGE_BASE)),
                            bytes / PAGE_SIZE, flags))
        panic("boot memory for page tables");
}

static INIT_TEXT void map_image(void)
{
    map_part(text_start, text_end, PTE_PRESENT | PTE_ACCESSED);
    map_part(rodata_start, rodata_end, PTE_PRESENT | PTE_ACCESSED | PTE_NX);
    map_part(init_start, init_end, FLAGS_DATA & ~PTE_NX);
    map_part(data_start, image_end, FLAGS_DATA);
}

/* Map zeroed memory at [va, va + bytes), with large pages where they fit. */
static INIT_TEXT void map_table(uintptr_t va, uint64_t bytes)
{
    while (bytes) {
        uint64_t step = PAGE_2M - va % PAGE_2M;
        uint64_t pa;

        step = MIN(step, bytes);
        pa = take(step, step == PAGE_2M ? PAGE_2M : PAGE_SIZE);
        cpu_zero(paddr_to_virt(PADDR(pa)), step);
        map_or_die(va, pa, step, FLAGS_DATA);
        va += step;
        bytes -= step;
    }
}

static INIT_TEXT void map_sections(uint64_t first, uint64_t last)
{
    uint64_t bytes = SECTION_FRAMES * sizeof(struct frame);

    for (uint64_t s = first; s <= last; s++) {
        uint64_t run = 0;

        while (s + run <= last && !bit_test(frame_sections, s + run))
            bit_set(frame_sections, s + run++);
        if (run)
            map_table(FRAME_TABLE_BASE + s * bytes, run * bytes);
        s += run;
    }
}

/* One chunk of the M2P: a GiB of machine memory. All frames are unknown. */
static INIT_TEXT void map_m2p_chunk(uint64_t chunk)
{
    uint64_t offset = chunk * M2P_CHUNK_BYTES;
    uint64_t pa = take(M2P_CHUNK_BYTES, M2P_CHUNK_BYTES);

    cpu_fill(paddr_to_virt(PADDR(pa)), M2P_INVALID.v, M2P_CHUNK_BYTES);
    map_or_die(M2P_RW_BASE + offset, pa, M2P_CHUNK_BYTES, FLAGS_DATA);
    map_or_die(M2P_RO_BASE + offset, pa, M2P_CHUNK_BYTES,
               PTE_PRESENT | PTE_USER | PTE_ACCESSED | PTE_NX);
    for (uint64_t i = 0; i < M2P_CHUNK_BYTES / PAGE_SIZE; i++)
        frame_share(MFN((pa >> PAGE_SHIFT) + i), DOMID_M2P, FRAME_RO,
                    tlb_clean_at_boot());
}

static INIT_TEXT void map_tables(void)
{
    uint64_t start, end, next_chunk = 0;

    for (unsigned i = 0; i < boot_info.map_count; i++)
        if (region_frames(&boot_info.map[i], &start, &end))
            map_sections(start / SECTION_BYTES, (end - 1) / SECTION_BYTES);
    for (unsigned i = 0; i < boot_info.map_count; i++) {
        if (!region_frames(&boot_info.map[i], &start, &end))
            continue;
        m2p_frames = end >> PAGE_SHIFT;
        end = (m2p_frames - 1) >> M2P_CHUNK_SHIFT;
        start = start >> (PAGE_SHIFT + M2P_CHUNK_SHIFT);
        for (start = MAX(start, next_chunk); start <= end; start++)
            map_m2p_chunk(start);
        next_chunk = end + 1;
    }
}

static INIT_TEXT void reserve_slots(void)
{
    if (map_reserve_slot(ENTRY_BASE) || map_reserve_slot(MMIO_BASE))
        panic("boot memory for page tables");
}

static INIT_TEXT void fill_heap(void)
{
    for (unsigned i = 0; i < boot_ranges.count; i++) {
        const struct mem_range *r = &boot_ranges.range[i];

        heap_give_new(paddr_to_mfn(PADDR(r->start)),
                      (r->end - r->start) >> PAGE_SHIFT);
    }
}

INIT_TEXT void mm_init(void)
{
    uint64_t image_end_pa = (uintptr_t)image_end - IMAGE_BASE;

    memory_map_free_ranges(&boot_info, image_end_pa, &boot_ranges);
    ranges = &boot_ranges;
    map_direct();
    map_image();
    reserve_slots();
    tlb_load_root(virt_to_paddr(map_root));
    reach = DIRECT_BYTES;
    map_tables();
    ranges = NULL;
    fill_heap();
}

void mm_free_boot_memory(uint64_t start, uint64_t end)
{
    start = ROUND_UP(MAX(start, MEMORY_MAP_LOW), PAGE_SIZE);
    end = ROUND_DOWN(end, PAGE_SIZE);
    for (; start < end; start += PAGE_SIZE)
        if (memory_map_is_ram(MFN(start >> PAGE_SHIFT)))
            heap_give_new(MFN(start >> PAGE_SHIFT), 1);
}

void mm_free_init(void)
{
    uintptr_t start = (uintptr_t)init_start, end = (uintptr_t)init_end;

    map_remove(start, (end - start) / PAGE_SIZE);
    mm_free_boot_memory(start - IMAGE_BASE, end - IMAGE_BASE);
}
