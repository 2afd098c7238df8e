/* SPDX-License-Identifier: MIT */
/*
 * GDT and LDT windows of a vCPU.
 *
 * Invariant: each guest frame mapped in a window holds a reference of the
 * descriptor-table type; it is dropped only after the mapping is gone.
 */
#include "pv/segments.h"

#include "cpu/gdt.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/upcall.h"
#include "mm/frame.h"
#include "mm/guest_access.h"
#include "mm/guest_pt.h"
#include "mm/map.h"

#define WINDOW_FLAGS    (PTE_PRESENT | PTE_WRITE | PTE_NX)
#define GDT_GUEST_PAGES GDT_RESERVED_PAGE

static unsigned pages_of(unsigned entries)
{
    return (entries + 511) / 512;
}

static int get_frames(struct vcpu *v, const uint64_t *frames, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        int rc = frame_get_type(&v->mm, MFN(frames[i]), v->domain->id,
                                FRAME_SEGDESC);

        if (!rc)
            continue;
        while (i--)
            frame_put_type(&v->mm, MFN(frames[i]), FRAME_SEGDESC);
        return rc == -ECANCELED ? rc : -EINVAL;
    }
    return 0;
}

/* Selectors of no table read as absent descriptors, not as page faults. */
static const uint8_t empty_page[PAGE_SIZE] PAGE_ALIGNED;

bool pv_is_empty_page(mfn_t mfn)
{
    return mfn_eq(mfn, virt_to_mfn(empty_page));
}

int pv_empty_gdt(struct vcpu *v)
{
    for (unsigned i = 0; i < GDT_GUEST_PAGES; i++) {
        uintptr_t va = pv_gdt_window(v) + i * PAGE_SIZE;
        const uint64_t *entry = map_l1_entry(va);
        int rc;

        if (entry && (*entry & PTE_PRESENT))
            continue;
        rc = map_frames(va, virt_to_mfn(empty_page), 1, PTE_PRESENT | PTE_NX);
        if (rc)
            return rc;
    }
    return 0;
}

void pv_drop_gdt(struct vcpu *v)
{
    unsigned count = pages_of(v->pv.gdt_entries);

    v->pv.gdt_entries = 0;
    if (!count)
        return;
    map_remove(pv_gdt_window(v), count);
    CHECK(!pv_empty_gdt(v));
    for (unsigned i = 0; i < count; i++)
        frame_put_type(&v->mm, v->pv.gdt_frames[i], FRAME_SEGDESC);
}

int pv_set_gdt(struct vcpu *v, const uint64_t *frames, unsigned entries)
{
    unsigned count = pages_of(entries);
    int rc;

    if (count > GDT_GUEST_PAGES)
        return -EINVAL;
    rc = get_frames(v, frames, count);
    if (rc)
        return rc;
    pv_drop_gdt(v);
    if (count)
        map_remove(pv_gdt_window(v), count);
    for (unsigned i = 0; i < count; i++) {
        v->pv.gdt_frames[i] = MFN(frames[i]);
        /* The window's tables exist since its reserved pages were mapped. */
        if (map_frames(pv_gdt_window(v) + i * PAGE_SIZE, MFN(frames[i]), 1,
                       WINDOW_FLAGS)) {
            for (unsigned j = i; j < count; j++)
                frame_put_type(&v->mm, MFN(frames[j]), FRAME_SEGDESC);
            v->pv.gdt_entries = i * 512;
            return -ENOMEM;
        }
    }
    v->pv.gdt_entries = entries;
    return 0;
}

void pv_drop_ldt(struct vcpu *v)
{
    uint32_t mapped = v->pv.ldt_frames_mapped;

    v->pv.ldt_entries = 0;
    v->pv.ldt_frames_mapped = 0;
    if (v == current_vcpu())
        gdt_load_ldt(cpu_id(), 0, 0);
    if (!mapped)
        return;
    for (unsigned i = 0; i < 16; i++) {
        uintptr_t va = pv_ldt_window(v) + i * PAGE_SIZE;
        mfn_t mfn;

        if (!(mapped >> i & 1))
            continue;
        mfn = paddr_to_mfn(PADDR(*map_l1_entry(va) & PTE_ADDR));
        map_remove(va, 1);
        frame_put_type(&v->mm, mfn, FRAME_SEGDESC);
    }
}

int pv_set_ldt(struct vcpu *v, uint64_t base, uint32_t entries)
{
    if (entries > LDT_ENTRIES_MAX || (base & ~PAGE_MASK) ||
        (entries && !guest_range_ok((const void __guest *)base, entries * 8)))
        return -EINVAL;
    if (v->pv.ldt_entries == entries && v->pv.ldt_base == base)
        return 0;
    pv_drop_ldt(v);
    v->pv.ldt_base = base;
    v->pv.ldt_entries = entries;
    if (v == current_vcpu())
        gdt_load_ldt(cpu_id(), pv_ldt_window(v), entries);
    return 0;
}

bool pv_fault_selector(const struct vcpu *v, uint64_t va, uint32_t *error)
{
    uint64_t gdt = pv_gdt_window(v), ldt = pv_ldt_window(v);

    if (va >= gdt && va < gdt + 0x10000)
        *error = (uint32_t)(va - gdt) & 0xfff8;
    else if (va >= ldt && va < ldt + 0x10000)
        *error = ((uint32_t)(va - ldt) & 0xfff8) | 4;
    else
        return false;
    return true;
}

bool pv_fault_ldt(struct vcpu *v, uint64_t va)
{
    uint64_t ldt = pv_ldt_window(v), entry;
    unsigned i = (unsigned)((va - ldt) / PAGE_SIZE);
    mfn_t mfn;

    if (va < ldt || i >= pages_of(v->pv.ldt_entries) ||
        (v->pv.ldt_frames_mapped >> i & 1))
        return false;
    if (!guest_pt_lookup(v->mm.kernel_root, v->pv.ldt_base + i * PAGE_SIZE,
                         &entry) ||
        !(entry & PTE_PRESENT))
        return false;
    mfn = paddr_to_mfn(PADDR(entry & PTE_ADDR));
    if (frame_get_type(&v->mm, mfn, v->domain->id, FRAME_SEGDESC))
        return false;
    if (map_frames(ldt + i * PAGE_SIZE, mfn, 1, WINDOW_FLAGS)) {
        frame_put_type(&v->mm, mfn, FRAME_SEGDESC);
        return false;
    }
    v->pv.ldt_frames_mapped |= 1U << i;
    return true;
}
