/* SPDX-License-Identifier: MIT */
/*
 * Cache attributes of an L1 entry: each combination of PWT, PCD and PAT on
 * RAM, on a page table, on shared_info, and on device memory.
 */
#include "guest.h"

static uint64_t bits_of(unsigned i)
{
    return (i & 1 ? PTE_PWT : 0) | (i & 2 ? PTE_PCD : 0) |
           (i & 4 ? PTE_PAT : 0);
}

/*
 * dom0 has devices, so any combination is its right on its own RAM: taken as
 * asked, or refused; never something else. Data are the same through both.
 */
TEST(ram_each_combination)
{
    char *p = page_alloc(), *w = window_alloc();

    for (unsigned i = 0; i < 8; i++) {
        long rc = window_map(w, mem_mfn(p), PTE_KERN | bits_of(i));

        CHECK(rc == 0 || rc == -XEN_EINVAL || rc == -XEN_EPERM);
        if (rc)
            continue;
        *(volatile char *)w = (char)(i + 1);
        CHECK_EQ(*pt_entry(NULL, w, 1) & (PTE_PWT | PTE_PCD | PTE_PAT),
                 bits_of(i));
        CHECK_EQ(window_unmap(w), 0);
        CHECK_EQ(*(volatile char *)p, i + 1);
    }
    window_free(w);
    page_free(p);
}

/* A frame that was uncached becomes a page table: it works as one. */
TEST(uncached_then_page_table)
{
    pte_t *p = page_alloc(), *w = window_alloc();

    CHECK_EQ(page_ro(p), 0);
    if (window_map(w, mem_mfn(p), PTE_KERN | PTE_PCD) == 0) {
        w[3] = mem_maddr(mem_start_info) | PTE_KERN_RO;
        CHECK_CONFLICT(pt_mmuext(MMUEXT_PIN_L1_TABLE, mem_mfn(p)));
        CHECK_EQ(window_unmap(w), 0);
    }
    CHECK_EQ(pt_mmuext(MMUEXT_PIN_L1_TABLE, mem_mfn(p)), 0);
    CHECK_EQ(pt_mmuext(MMUEXT_UNPIN_TABLE, mem_mfn(p)), 0);
    window_free(w);
    page_free(p);
}

/* A table mapped read-only with odd attributes: refused, or as ordinary. */
TEST(page_table_each_combination)
{
    const pte_t *root = (const pte_t *)mem_start_info->pt_base;
    char *w = window_alloc();

    for (unsigned i = 0; i < 8; i++) {
        long rc = window_map(w, mem_mfn(root), PTE_KERN_RO | bits_of(i));

        CHECK(rc <= 0);
        if (rc == 0) {
            CHECK_EQ(((const volatile pte_t *)w)[511], root[511]);
            CHECK_EQ(window_unmap(w), 0);
        }
    }
    window_free(w);
}

/* shared_info is the hypervisor's frame: uncached it would differ. */
TEST(shared_info_each_combination)
{
    char *w = window_alloc();
    uint64_t mfn = mem_start_info->shared_info / PAGE_SIZE;

    CHECK_EQ(window_map(w, mfn, PTE_KERN), 0);
    CHECK_EQ(window_unmap(w), 0);
    for (unsigned i = 1; i < 8; i++) {
        long rc = window_map(w, mfn, PTE_KERN | bits_of(i));

        if (!test_on_xen())
            CHECK(rc < 0);
        if (rc == 0)
            CHECK_EQ(window_unmap(w), 0);
    }
    window_free(w);
}

/* Device memory: dom0 maps it as it likes. */
TEST(device_memory_each_combination)
{
    char *w = window_alloc();

    for (unsigned i = 0; i < 8; i++) {
        long rc = window_map(w, 0xb8, PTE_KERN | bits_of(i));

        CHECK_EQ(rc, 0);
        if (rc == 0) {
            CHECK_FAULT(TRAP_NONE, (void)*(volatile char *)w);
            CHECK_EQ(window_unmap(w), 0);
        }
    }
    window_free(w);
}

/*
 * The local APIC and the IO-APIC are the hypervisor's: not writable. A write
 * faults, or is thrown away (as Xen does with the IO-APIC's).
 */
TEST(apics_not_writable)
{
    static const uint64_t mfn[] = {0xfee00, 0xfec00};
    char *w = window_alloc();

    for (unsigned i = 0; i < ARRAY_LEN(mfn); i++) {
        long rc = window_map(w, mfn[i], PTE_KERN | PTE_PCD | PTE_PWT);

        if (rc == 0) {
            struct fault f = TRY(*(volatile uint32_t *)(w + 0x20) = 0);

            CHECK(f.vector == TRAP_PF || f.vector == TRAP_NONE);
            CHECK_EQ(*pt_entry(NULL, w, 1) & PTE_RW, 0);
            CHECK_EQ(window_unmap(w), 0);
        } else {
            CHECK(rc < 0);
        }
    }
    window_free(w);
}
