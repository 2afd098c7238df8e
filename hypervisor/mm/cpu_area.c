/* SPDX-License-Identifier: MIT */
/*
 * The per-CPU entry areas: what is mapped where, and with which rights.
 *
 * Invariant: only the stub page is executable, and it is not writable.
 */
#include "mm/cpu_area.h"

#include "cpu/gdt.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/heap.h"
#include "mm/map.h"

/* Used pages at the top of each IST stack's slot. */
#define IST_STACK_ORDER 1
#define DATA            (PTE_PRESENT | PTE_WRITE | PTE_NX)

int cpu_area_init(void)
{
    memset(gdt_ioport_bitmap, 0xff, sizeof(gdt_ioport_bitmap));
    return map_frames(IDT_BASE, gdt_prepare_idt(), 1, PTE_PRESENT | PTE_NX);
}

/* Fresh memory whose last byte lies below `end`. */
static int map_new(uintptr_t end, unsigned order)
{
    void *pages = heap_alloc_pages(order, 0);

    if (!pages)
        return -ENOMEM;
    return map_frames(end - (PAGE_SIZE << order), virt_to_mfn(pages),
                      1UL << order, DATA);
}

int cpu_area_create(unsigned cpu)
{
    uintptr_t base = CPU_AREA_BASE + cpu * CPU_AREA_BYTES;
    int rc = map_frames(base, gdt_stub_mfn(), 1, PTE_PRESENT);

    if (!rc)
        rc = map_new(base + 2 * PAGE_SIZE, 0);
    if (!rc)
        rc =
            map_frames(base + CPU_AREA_IOBITMAP_OFFSET,
                       virt_to_mfn(gdt_ioport_bitmap), 3, PTE_PRESENT | PTE_NX);
    for (unsigned i = 0; !rc && i < IST_COUNT; i++)
        rc = map_new(base + CPU_AREA_IST_OFFSET + (i + 1) * STACK_BYTES,
                     IST_STACK_ORDER);
    if (!rc)
        gdt_fill_area(cpu);
    return rc;
}
