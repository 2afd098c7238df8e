/* SPDX-License-Identifier: MIT */
/*
 * The guest's memory. See mem.h.
 */
#include "mem.h"

#include "hypercall.h"
#include "print.h"
#include "test.h"

#define POOL_PAGES 384
#define WINDOWS    32
#define SPARE_PFNS 64

struct start_info *mem_start_info;

static char pool[POOL_PAGES][PAGE_SIZE] ALIGNED(4096);
static bool pool_used[POOL_PAGES];
static char window[WINDOWS][PAGE_SIZE] ALIGNED(4096);
static bool window_used[WINDOWS];
static char shared_info_va[PAGE_SIZE] ALIGNED(4096);
static bool shared_info_mapped;
static struct vcpu_info dummy_vcpu_info;
static struct vcpu_info *vcpu_info_of[XEN_LEGACY_MAX_VCPUS];
static uint64_t spare_pfn_next, spare_pfn_free[SPARE_PFNS];
static unsigned spare_pfn_free_count;

static uint64_t pfn_of(const void *va)
{
    return ((ulong_t)va - VIRT_BASE) / PAGE_SIZE;
}

uint64_t mem_p2m(uint64_t pfn)
{
    return ((const ulong_t *)mem_start_info->mfn_list)[pfn];
}

void mem_p2m_set(uint64_t pfn, uint64_t mfn)
{
    ((volatile ulong_t *)mem_start_info->mfn_list)[pfn] = mfn;
}

uint64_t mem_m2p(uint64_t mfn)
{
    return ((const volatile ulong_t *)MACH2PHYS_VIRT_START)[mfn];
}

uint64_t mem_mfn(const void *va)
{
    return mem_p2m(pfn_of(va));
}

uint64_t mem_maddr(const void *va)
{
    return mem_mfn(va) * PAGE_SIZE + (ulong_t)va % PAGE_SIZE;
}

void *mem_va_of_mfn(uint64_t mfn)
{
    return (void *)(VIRT_BASE + mem_m2p(mfn) * PAGE_SIZE);
}

uint64_t mem_foreign_mfn(uint64_t after)
{
    uint64_t last = 0;

    for (uint64_t pfn = 0; pfn < mem_start_info->nr_pages; pfn++)
        if (mem_p2m(pfn) > last)
            last = mem_p2m(pfn);
    /* 1 MiB to our highest frame is RAM, where machines are not odd. */
    for (uint64_t mfn = after < 0x100 ? 0x100 : after + 1; mfn < last; mfn++) {
        uint64_t pfn = mem_m2p(mfn);

        if (mfn == mem_start_info->shared_info / PAGE_SIZE)
            continue;
        if (pfn >= mem_start_info->nr_pages || mem_p2m(pfn) != mfn)
            return mfn;
    }
    return 0;
}

struct shared_info *mem_shared_info(void)
{
    return shared_info_mapped ? (struct shared_info *)shared_info_va : NULL;
}

struct vcpu_info *mem_vcpu_info(unsigned cpu)
{
    if (vcpu_info_of[cpu])
        return vcpu_info_of[cpu];
    return shared_info_mapped ? &mem_shared_info()->vcpu_info[cpu]
                              : &dummy_vcpu_info;
}

void mem_set_vcpu_info(unsigned cpu, struct vcpu_info *vi)
{
    vcpu_info_of[cpu] = vi;
}

void mem_init(struct start_info *si)
{
    long rc;

    mem_start_info = si;
    rc = hypercall(__HYPERVISOR_update_va_mapping, shared_info_va,
                   si->shared_info | PTE_KERN, UVMF_INVLPG);
    shared_info_mapped = rc == 0;
    if (rc < 0)
        print("NOTE mem_init: map shared_info: %ld\n", rc);
    /* The boot mapping ends at the next 4 MiB after all boot data. */
    spare_pfn_next = si->nr_pages / 2;
    for (unsigned i = 0; i < WINDOWS; i++) {
        rc = window_unmap(window[i]);
        if (rc < 0) {
            print("NOTE mem_init: unmap window: %ld\n", rc);
            break;
        }
    }
}

void *page_alloc(void)
{
    for (unsigned i = 0; i < POOL_PAGES; i++) {
        if (!pool_used[i]) {
            pool_used[i] = true;
            memset(pool[i], 0, PAGE_SIZE);
            return pool[i];
        }
    }
    test_abort("no page left");
}

void page_free(void *page)
{
    ulong_t i = (ulong_t)((char *)page - pool[0]) / PAGE_SIZE;
    const pte_t *pte = pt_entry(NULL, page, 1);
    uint64_t want = mem_mfn(page) * PAGE_SIZE | PTE_P | PTE_RW;

    if (!pte || (*pte & (PTE_MFN_MASK | PTE_P | PTE_RW)) != want) {
        long rc = page_rw(page);

        if (rc < 0) {
            test_fail(__FILE__, __LINE__, "page_free: still in use: %ld", rc);
            return; /* never hand it out again */
        }
    }
    pool_used[i] = false;
}

unsigned page_free_count(void)
{
    unsigned n = 0;

    for (unsigned i = 0; i < POOL_PAGES; i++)
        n += !pool_used[i];
    return n;
}

long page_set(void *page, uint64_t flags)
{
    return hypercall(__HYPERVISOR_update_va_mapping, page,
                     mem_mfn(page) * PAGE_SIZE | flags, UVMF_INVLPG | UVMF_ALL);
}

long page_ro(void *page)
{
    return page_set(page, PTE_KERN_RO);
}

long page_rw(void *page)
{
    return page_set(page, PTE_KERN);
}

void *window_alloc(void)
{
    for (unsigned i = 0; i < WINDOWS; i++) {
        if (!window_used[i]) {
            window_used[i] = true;
            return window[i];
        }
    }
    test_abort("no window left");
}

void window_free(void *va)
{
    window_unmap(va);
    window_used[(ulong_t)((char *)va - window[0]) / PAGE_SIZE] = false;
}

long window_map(void *va, uint64_t mfn, uint64_t flags)
{
    return hypercall(__HYPERVISOR_update_va_mapping, va,
                     mfn * PAGE_SIZE | flags, UVMF_INVLPG | UVMF_ALL);
}

long window_unmap(void *va)
{
    return hypercall(__HYPERVISOR_update_va_mapping, va, 0,
                     UVMF_INVLPG | UVMF_ALL);
}

uint64_t pfn_alloc(void)
{
    if (spare_pfn_free_count)
        return spare_pfn_free[--spare_pfn_free_count];
    if (spare_pfn_next >= mem_start_info->nr_pages)
        test_abort("no spare frame left");
    return spare_pfn_next++;
}

void pfn_free(uint64_t pfn)
{
    if (spare_pfn_free_count < SPARE_PFNS)
        spare_pfn_free[spare_pfn_free_count++] = pfn;
}

const pte_t *pt_entry(const pte_t *root, const void *va, unsigned level)
{
    const pte_t *table = root ? root : (const pte_t *)mem_start_info->pt_base;

    for (unsigned l = 4; l > level; l--) {
        pte_t e = table[pt_index(va, l)];

        if (!(e & PTE_P))
            return NULL;
        table = mem_va_of_mfn((e & PTE_MFN_MASK) / PAGE_SIZE);
    }
    return &table[pt_index(va, level)];
}

uint64_t pt_entry_maddr(const void *va, unsigned level)
{
    const pte_t *e = pt_entry(NULL, va, level);

    return e ? mem_maddr(e) : 0;
}

long pt_mmu_update_done(uint64_t ptr, uint64_t val, unsigned *done)
{
    struct mmu_update req = {.ptr = ptr, .val = val};

    return hypercall(__HYPERVISOR_mmu_update, &req, 1, done, DOMID_SELF);
}

long pt_mmu_update(uint64_t ptr, uint64_t val)
{
    return pt_mmu_update_done(ptr, val, NULL);
}

long pt_mmuext(unsigned cmd, uint64_t mfn)
{
    struct mmuext_op op;

    memset(&op, 0, sizeof(op));
    op.cmd = cmd;
    op.arg1.mfn = (xen_pfn_t)mfn;
    return hypercall(__HYPERVISOR_mmuext_op, &op, 1, NULL, DOMID_SELF);
}

long pt_set(const void *table_va, unsigned index, uint64_t val)
{
    return pt_mmu_update(mem_maddr((const pte_t *)table_va + index), val);
}
