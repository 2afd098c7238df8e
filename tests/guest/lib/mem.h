/* SPDX-License-Identifier: MIT */
/*
 * The guest's memory: translations, a page allocator, page tables.
 *
 * All of the guest's image is mapped at VIRT_BASE + pfn * 4096. Pages from
 * page_alloc() are part of the image, so they are mapped read-write; a test
 * that turns one into a page table remaps it read-only first (page_ro()) and
 * gives it back read-write (page_free() does that).
 * pfn_alloc() hands out frames that the boot mapping leaves out.
 */
#pragma once

#include "abi.h"

#define PAGE_SIZE 4096ul
#define VIRT_BASE 0xffffffff80000000ul

/* Page-table entry bits. */
#define PTE_P        0x001ul
#define PTE_RW       0x002ul
#define PTE_US       0x004ul
#define PTE_PWT      0x008ul
#define PTE_PCD      0x010ul
#define PTE_A        0x020ul
#define PTE_D        0x040ul
#define PTE_PSE      0x080ul
#define PTE_PAT      0x080ul
#define PTE_G        0x100ul
#define PTE_AVAIL    0xe00ul
#define PTE_NX       0x8000000000000000ul
#define PTE_MFN_MASK 0x000ffffffffff000ul

#define PTE_KERN     (PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)
#define PTE_KERN_RO  (PTE_P | PTE_US | PTE_A)
#define PTE_TABLE    (PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)

typedef uint64_t pte_t;

extern struct start_info *mem_start_info;

void mem_init(struct start_info *si);
/* shared_info, mapped read-write; NULL while that failed. */
struct shared_info *mem_shared_info(void);
struct vcpu_info *mem_vcpu_info(unsigned cpu);
/* After register_vcpu_info; NULL: back to the one in shared_info. */
void mem_set_vcpu_info(unsigned cpu, struct vcpu_info *vi);

uint64_t mem_mfn(const void *va); /* of an address in the image */
uint64_t mem_maddr(const void *va);
void *mem_va_of_mfn(uint64_t mfn); /* of a frame of the image */
uint64_t mem_m2p(uint64_t mfn);
uint64_t mem_p2m(uint64_t pfn);
void mem_p2m_set(uint64_t pfn, uint64_t mfn);

/*
 * The first frame of RAM above `after` that is not this domain's: the
 * hypervisor's or free. 0: none. Never the shared_info frame.
 */
uint64_t mem_foreign_mfn(uint64_t after);

/* A zeroed page of the image; never NULL (the test fails instead). */
void *page_alloc(void);
void page_free(void *page);
unsigned page_free_count(void);
long page_set(void *page, uint64_t flags); /* same frame, these flags */
long page_ro(void *page);
long page_rw(void *page);
/* An address with a present L1 table and no page behind it. */
void *window_alloc(void);
void window_free(void *va);
long window_map(void *va, uint64_t mfn, uint64_t flags);
long window_unmap(void *va);

/* A pfn outside the boot mapping. */
uint64_t pfn_alloc(void);
void pfn_free(uint64_t pfn);

/*
 * The entry for va at a level (1 = L1) under a root that is mapped in the
 * image, or under the boot root for NULL. Read-only memory, of course.
 */
const pte_t *pt_entry(const pte_t *root, const void *va, unsigned level);
uint64_t pt_entry_maddr(const void *va, unsigned level);
static inline unsigned pt_index(const void *va, unsigned level)
{
    return (unsigned)((ulong_t)va >> (12 + 9 * (level - 1))) & 511;
}

long pt_mmu_update(uint64_t ptr, uint64_t val);
long pt_mmu_update_done(uint64_t ptr, uint64_t val, unsigned *done);
long pt_mmuext(unsigned cmd, uint64_t mfn);
/* Write an entry of a live or dead table at its VA, through mmu_update. */
long pt_set(const void *table_va, unsigned index, uint64_t val);
