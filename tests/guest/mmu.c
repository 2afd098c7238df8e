/* SPDX-License-Identifier: MIT */
/*
 * mmu_update and update_va_mapping: every entry that a guest may write, and
 * every one that it may not.
 */
#include "guest.h"

#define BAD_PTR       ((void *)0xffff820000000000ul)
#define MMU(ptr, val) pt_mmu_update(ptr, val)

/* An L1 entry of the image that maps `page`. */
static uint64_t l1e_of(const void *page)
{
    return pt_entry_maddr(page, 1);
}

/* A live L1, L2, L3 of its own, hung into the boot root at a free slot. */
struct tree {
    pte_t *l1, *l2, *l3;
    char *base; /* what l1[0] maps */
};

#define TREE_SLOT 300 /* of L4; above the hypervisor's hole */

static void tree_make(struct tree *t)
{
    t->l1 = page_alloc();
    t->l2 = page_alloc();
    t->l3 = page_alloc();
    t->base = (char *)(0xffff000000000000ul | (uint64_t)TREE_SLOT << 39);
    t->l2[0] = mem_maddr(t->l1) | PTE_TABLE;
    t->l3[0] = mem_maddr(t->l2) | PTE_TABLE;
    CHECK_EQ(page_ro(t->l1), 0);
    CHECK_EQ(page_ro(t->l2), 0);
    CHECK_EQ(page_ro(t->l3), 0);
    CHECK_EQ(pt_set((void *)mem_start_info->pt_base, TREE_SLOT,
                    mem_maddr(t->l3) | PTE_TABLE),
             0);
}

static void tree_drop(struct tree *t)
{
    CHECK_EQ(pt_set((void *)mem_start_info->pt_base, TREE_SLOT, 0), 0);
    pt_mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0);
    page_free(t->l1);
    page_free(t->l2);
    page_free(t->l3);
}

TEST(mmu_update_zero_requests_ok, COVERS(mmu_update, ok))
{
    unsigned done = 77;

    CHECK_EQ(hypercall(__HYPERVISOR_mmu_update, NULL, 0, &done, DOMID_SELF), 0);
    CHECK_EQ(done, 0);
}

TEST(mmu_update_l1_ok, COVERS(mmu_update, ok))
{
    char *p = page_alloc();
    uint64_t pte = mem_maddr(p);
    unsigned done = 77;

    CHECK_EQ(pt_mmu_update_done(l1e_of(p), pte | PTE_KERN_RO, &done), 0);
    CHECK_EQ(done, 1);
    pt_mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0);
    CHECK_FAULT(TRAP_PF, *(volatile char *)p = 1);
    CHECK_EQ(MMU(l1e_of(p), pte | PTE_KERN), 0);
    *(volatile char *)p = 1;
    page_free(p);
}

TEST(mmu_update_batch_ok, COVERS(mmu_update, ok))
{
    char *p[4];
    struct mmu_update req[4];
    unsigned done = 0;

    for (unsigned i = 0; i < 4; i++) {
        p[i] = page_alloc();
        req[i].ptr = l1e_of(p[i]);
        req[i].val = mem_maddr(p[i]) | PTE_KERN_RO;
    }
    CHECK_EQ(hypercall(__HYPERVISOR_mmu_update, req, 4, &done, DOMID_SELF), 0);
    CHECK_EQ(done, 4);
    for (unsigned i = 0; i < 4; i++)
        page_free(p[i]);
}

/* The count of those done is right when one in the middle fails. */
TEST(mmu_update_batch_stops_at_error, COVERS(mmu_update, EPERM))
{
    char *p[3];
    struct mmu_update req[3];
    unsigned done = 77;

    for (unsigned i = 0; i < 3; i++) {
        p[i] = page_alloc();
        req[i].ptr = l1e_of(p[i]);
        req[i].val = mem_maddr(p[i]) | PTE_KERN_RO;
    }
    req[1].val |= BIT(51); /* a frame that does not exist */
    CHECK_NO_FRAME(
        hypercall(__HYPERVISOR_mmu_update, req, 3, &done, DOMID_SELF));
    CHECK_EQ(done, 1);
    pt_mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0);
    CHECK_FAULT(TRAP_PF, *(volatile char *)p[0] = 1);
    *(volatile char *)p[2] = 1;
    for (unsigned i = 0; i < 3; i++)
        page_free(p[i]);
}

TEST(mmu_update_not_present_ok, COVERS(mmu_update, ok))
{
    char *p = page_alloc();

    /* A not-present entry may hold anything. */
    CHECK_EQ(MMU(l1e_of(p), 0xdeadbeefdeadbeeful & ~PTE_P), 0);
    CHECK_EQ(*pt_entry(NULL, p, 1), 0xdeadbeefdeadbeeful & ~PTE_P);
    CHECK_EQ(MMU(l1e_of(p), 0), 0);
    pt_mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0);
    CHECK_FAULT(TRAP_PF, (void)*(volatile char *)p);
    page_free(p);
}

/* The hardware bits of an L1 entry as they read back: U is forced. */
TEST(mmu_update_l1_user_bit_forced, COVERS(mmu_update, ok))
{
    char *p = page_alloc();

    CHECK_EQ(MMU(l1e_of(p), mem_maddr(p) | PTE_P | PTE_RW), 0);
    CHECK_EQ(*pt_entry(NULL, p, 1) & (PTE_P | PTE_RW | PTE_US),
             PTE_P | PTE_RW | PTE_US);
    page_free(p);
}

TEST(mmu_update_l1_avail_bits_kept, COVERS(mmu_update, ok))
{
    char *p = page_alloc();
    /* Bits 9 and 11 and 52..; bit 10 is Xen's own for guest kernel pages
     * in debug builds. */
    uint64_t avail = BIT(9) | BIT(11) | BIT(52) | BIT(58);

    CHECK_EQ(MMU(l1e_of(p), mem_maddr(p) | PTE_KERN | avail), 0);
    CHECK_EQ(*pt_entry(NULL, p, 1) & avail, avail);
    page_free(p);
}

TEST(mmu_update_preserve_ad_ok, COVERS(mmu_update, ok))
{
    char *p = page_alloc();
    uint64_t ad = PTE_A | PTE_D;

    CHECK_EQ(MMU(l1e_of(p), mem_maddr(p) | PTE_P | PTE_RW), 0);
    pt_mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0);
    *(volatile char *)p = 1;
    CHECK_EQ(*pt_entry(NULL, p, 1) & ad, ad);
    CHECK_EQ(MMU(l1e_of(p) | MMU_PT_UPDATE_PRESERVE_AD,
                 mem_maddr(p) | PTE_P | PTE_RW),
             0);
    CHECK_EQ(*pt_entry(NULL, p, 1) & ad, ad);
    CHECK_EQ(MMU(l1e_of(p), mem_maddr(p) | PTE_P | PTE_RW), 0);
    CHECK_EQ(*pt_entry(NULL, p, 1) & ad, 0);
    page_free(p);
}

TEST(mmu_update_no_translate_ok, COVERS(mmu_update, ok))
{
    char *p = page_alloc();

    CHECK_EQ(
        MMU(l1e_of(p) | MMU_PT_UPDATE_NO_TRANSLATE, mem_maddr(p) | PTE_KERN_RO),
        0);
    CHECK_EQ(*pt_entry(NULL, p, 1) & PTE_RW, 0);
    page_free(p);
}

TEST(mmu_update_l2_l3_l4_ok, COVERS(mmu_update, ok))
{
    struct tree t;
    char *p = page_alloc();

    tree_make(&t);
    CHECK_EQ(MMU(mem_maddr(&t.l1[3]), mem_maddr(p) | PTE_KERN), 0);
    t.base[3 * PAGE_SIZE] = 55;
    CHECK_EQ(p[0], 55);
    /* Take L2 out and in again. */
    CHECK_EQ(MMU(mem_maddr(&t.l3[0]), 0), 0);
    pt_mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0);
    CHECK_FAULT(TRAP_PF, (void)*(volatile char *)(t.base + 3 * PAGE_SIZE));
    CHECK_EQ(MMU(mem_maddr(&t.l3[1]), mem_maddr(t.l2) | PTE_TABLE), 0);
    CHECK_EQ(t.base[BIT(30) + 3 * PAGE_SIZE], 55);
    /* L1 twice in one L2. */
    CHECK_EQ(MMU(mem_maddr(&t.l2[5]), mem_maddr(t.l1) | PTE_TABLE), 0);
    CHECK_EQ(t.base[BIT(30) + 5 * BIT(21) + 3 * PAGE_SIZE], 55);
    tree_drop(&t);
    page_free(p);
}

/* Past the end of memory: no RAM, and no device that dom0 may use. */
TEST(mmu_update_eperm_no_frame, COVERS(mmu_update, EPERM))
{
    char *p = page_alloc();

    CHECK_NO_FRAME(MMU(l1e_of(p), 0x000ff00000000000ul | PTE_KERN));
    page_free(p);
}

TEST(mmu_update_einval_l1_reserved_bits, COVERS(mmu_update, EINVAL))
{
    char *p = page_alloc();

    /* PAT, PCD and PWT combinations are checked in cache.c. */
    CHECK_EQ(MMU(l1e_of(p), mem_maddr(p) | PTE_KERN | PTE_G), 0);
    CHECK_EQ(MMU(l1e_of(p), mem_maddr(p) | PTE_KERN), 0);
    page_free(p);
}

TEST(mmu_update_einval_l2_superpage, COVERS(mmu_update, EINVAL))
{
    struct tree t;

    tree_make(&t);
    CHECK_EQ(MMU(mem_maddr(&t.l2[1]), mem_maddr(t.l1) | PTE_TABLE | PTE_PSE),
             -XEN_EINVAL);
    CHECK_EQ(MMU(mem_maddr(&t.l2[1]), PTE_TABLE | PTE_PSE), -XEN_EINVAL);
    CHECK_EQ(t.l2[1], 0);
    /* Only a flag changes: still refused. */
    CHECK_EQ(MMU(mem_maddr(&t.l2[0]), mem_maddr(t.l1) | PTE_TABLE | PTE_PSE),
             -XEN_EINVAL);
    CHECK_EQ(t.l2[0] & PTE_PSE, 0);
    tree_drop(&t);
}

TEST(mmu_update_einval_l3_l4_superpage, COVERS(mmu_update, EINVAL))
{
    struct tree t;
    pte_t *l4 = (pte_t *)mem_start_info->pt_base;

    tree_make(&t);
    CHECK_EQ(MMU(mem_maddr(&t.l3[0]), mem_maddr(t.l2) | PTE_TABLE | PTE_PSE),
             -XEN_EINVAL);
    CHECK_EQ(
        MMU(mem_maddr(&l4[TREE_SLOT]), mem_maddr(t.l3) | PTE_TABLE | PTE_PSE),
        -XEN_EINVAL);
    tree_drop(&t);
}

/* Each level takes a table of the level below only. */
TEST(mmu_update_einval_bad_level, COVERS(mmu_update, EINVAL))
{
    struct tree t;

    tree_make(&t);
    CHECK_CONFLICT(MMU(mem_maddr(&t.l2[1]), mem_maddr(t.l3) | PTE_TABLE));
    CHECK_CONFLICT(MMU(mem_maddr(&t.l3[1]), mem_maddr(t.l1) | PTE_TABLE));
    CHECK_CONFLICT(MMU(mem_maddr(&t.l3[1]), mem_maddr(t.l3) | PTE_TABLE));
    CHECK_CONFLICT(MMU(mem_maddr(&t.l2[1]), mem_maddr(t.l2) | PTE_TABLE));
    CHECK_EQ(t.l2[1], 0);
    CHECK_EQ(t.l3[1], 0);
    tree_drop(&t);
}

/* A frame with a writable mapping cannot become a table. */
TEST(mmu_update_einval_table_still_writable, COVERS(mmu_update, EINVAL))
{
    struct tree t;
    pte_t *w = page_alloc();

    tree_make(&t);
    CHECK_CONFLICT(MMU(mem_maddr(&t.l2[1]), mem_maddr(w) | PTE_TABLE));
    CHECK_CONFLICT(MMU(mem_maddr(&t.l3[1]), mem_maddr(w) | PTE_TABLE));
    CHECK_EQ(t.l2[1], 0);
    page_free(w);
    tree_drop(&t);
}

/* A table cannot be mapped writable, at any level. */
TEST(mmu_update_ebusy_map_table_writable, COVERS(mmu_update, EBUSY))
{
    struct tree t;

    tree_make(&t);
    CHECK_EQ(page_rw(t.l1), -XEN_EBUSY);
    CHECK_EQ(page_rw(t.l2), -XEN_EBUSY);
    CHECK_EQ(page_rw(t.l3), -XEN_EBUSY);
    CHECK_EQ(page_rw((void *)mem_start_info->pt_base), -XEN_EBUSY);
    CHECK_FAULT(TRAP_PF, *(volatile pte_t *)&t.l2[7] = 0);
    CHECK_FAULT(TRAP_PF, *(volatile pte_t *)&t.l3[7] = 0);
    tree_drop(&t);
}

/* A table with a bad entry is refused whole when it is hung in. */
TEST(mmu_update_eperm_table_with_bad_entry, COVERS(mmu_update, EPERM))
{
    struct tree t;
    pte_t *bad = page_alloc();

    tree_make(&t);
    bad[511] = 0x000ff00000000000ul | PTE_KERN;
    CHECK_EQ(page_ro(bad), 0);
    CHECK_NO_FRAME(MMU(mem_maddr(&t.l2[1]), mem_maddr(bad) | PTE_TABLE));
    CHECK_EQ(t.l2[1], 0);
    /* It is no table: writable again at once. */
    CHECK_EQ(page_rw(bad), 0);
    tree_drop(&t);
    page_free(bad);
}

TEST(mmu_update_l4_hypervisor_slots, COVERS(mmu_update, EINVAL))
{
    struct tree t;
    pte_t *l4 = (pte_t *)mem_start_info->pt_base;

    tree_make(&t);
    for (unsigned i = 256; i < 272; i++) {
        pte_t before = l4[i];

        CHECK_EQ(MMU(mem_maddr(&l4[i]), mem_maddr(t.l3) | PTE_TABLE),
                 -XEN_EINVAL);
        CHECK_EQ(MMU(mem_maddr(&l4[i]), 0), -XEN_EINVAL);
        CHECK_EQ(l4[i], before);
    }
    tree_drop(&t);
}

TEST(mmu_update_einval_ptr_frame, COVERS(mmu_update, EINVAL))
{
    CHECK_EQ(MMU(0x000ff00000000000ul, 0), -XEN_EINVAL);
}

/*
 * Bits 2:0 of the pointer are the command, and four are defined. 5 is left
 * out: it is a machphys update of a frame whose low bits do not matter.
 */
TEST(mmu_update_enosys_command, COVERS(mmu_update, ENOSYS))
{
    static const unsigned cmds[] = {4, 6, 7};
    char *p = page_alloc();

    for (unsigned i = 0; i < ARRAY_LEN(cmds); i++)
        CHECK_EITHER(MMU(l1e_of(p) | cmds[i], 0), -XEN_ENOSYS, -XEN_EINVAL);
    page_free(p);
}

/* A plain writable page: Xen 4.17 lets mmu_update write it as memory. */
TEST(mmu_update_plain_page, COVERS(mmu_update, ok))
{
    pte_t *p = page_alloc();
    long rc = MMU(mem_maddr(&p[3]), 0x123456789abcdef0ul);

    CHECK(rc == 0 || rc == -XEN_EINVAL);
    CHECK_EQ(p[3], rc == 0 ? 0x123456789abcdef0ul : 0);
    page_free(p);
}

TEST(mmu_update_hypervisor_frame_as_ptr, COVERS(mmu_update, EINVAL))
{
    CHECK_EQ(MMU(mem_foreign_mfn(0) << 12, 0), -XEN_EINVAL);
}

TEST(mmu_update_shared_info_as_ptr, COVERS(mmu_update, EINVAL))
{
    /* shared_info is a writable page of the hypervisor's: Xen writes it. */
    CHECK(MMU(mem_start_info->shared_info + 0xff8, 0) <= 0);
}

TEST(mmu_update_machphys_ok, COVERS(mmu_update, ok))
{
    char *p = page_alloc();
    uint64_t mfn = mem_mfn(p), pfn = mem_m2p(mfn);

    CHECK_EQ(MMU(mfn << 12 | MMU_MACHPHYS_UPDATE, 0x12345), 0);
    CHECK_EQ(mem_m2p(mfn), 0x12345);
    CHECK_EQ(MMU(mfn << 12 | MMU_MACHPHYS_UPDATE, pfn), 0);
    CHECK_EQ(mem_m2p(mfn), pfn);
    page_free(p);
}

TEST(mmu_update_machphys_foreign_frame, COVERS(mmu_update, EINVAL))
{
    /* A frame that is not the caller's, and one that does not exist. */
    CHECK_EQ(MMU(0x000ff00000000000ul | MMU_MACHPHYS_UPDATE, 1), -XEN_EINVAL);
    CHECK_EQ(MMU(mem_foreign_mfn(0) << 12 | MMU_MACHPHYS_UPDATE, 1),
             -XEN_EINVAL);
}

TEST(mmu_update_esrch_domid, COVERS(mmu_update, ESRCH))
{
    struct mmu_update req = {0, 0};

    CHECK_EQ(hypercall(__HYPERVISOR_mmu_update, &req, 1, NULL, 77), -XEN_ESRCH);
    CHECK_EQ(hypercall(__HYPERVISOR_mmu_update, &req, 1, NULL, DOMID_INVALID),
             -XEN_ESRCH);
}

TEST(mmu_update_domid_io, COVERS(mmu_update, ok))
{
    struct mmu_update req;
    char *w = window_alloc();

    /* DOMID_IO: device memory. 0xb8000 is no RAM of anybody's. */
    req.ptr = pt_entry_maddr(w, 1);
    req.val = 0xb8000 | PTE_P | PTE_RW | PTE_US | PTE_PCD;
    CHECK_EQ(hypercall(__HYPERVISOR_mmu_update, &req, 1, NULL, DOMID_IO), 0);
    pt_mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0);
    CHECK_FAULT(TRAP_NONE, (void)*(volatile char *)w);
    window_free(w);
}

TEST(mmu_update_efault_reqs, COVERS(mmu_update, EFAULT))
{
    unsigned done = 77;
    char *hole = window_alloc();

    CHECK_EQ(hypercall(__HYPERVISOR_mmu_update, BAD_PTR, 1, &done, DOMID_SELF),
             -XEN_EFAULT);
    CHECK_EQ(hypercall(__HYPERVISOR_mmu_update, hole, 1, &done, DOMID_SELF),
             -XEN_EFAULT);
    CHECK_EQ(hypercall(__HYPERVISOR_mmu_update, (void *)0x8000000000000000ul, 1,
                       &done, DOMID_SELF),
             -XEN_EFAULT);
    window_free(hole);
}

TEST(mmu_update_efault_wrap, COVERS(mmu_update, EFAULT))
{
    unsigned done = 77;

    CHECK_EQ(hypercall(__HYPERVISOR_mmu_update, (void *)-16ul, 0x1000, &done,
                       DOMID_SELF),
             -XEN_EFAULT);
    CHECK_EQ(hypercall(__HYPERVISOR_mmu_update, (void *)0x7ffffffffff0ul,
                       0x7fffffff, &done, DOMID_SELF),
             -XEN_EFAULT);
}

TEST(mmu_update_esrch_flags_in_domid, COVERS(mmu_update, ESRCH))
{
    struct mmu_update req = {0, 0};

    /* Bits 31:16 name the page tables' owner plus one. */
    CHECK_EQ(hypercall(__HYPERVISOR_mmu_update, &req, 1, NULL,
                       DOMID_SELF | (77 + 1) << 16),
             -XEN_ESRCH);
}

/* ---- update_va_mapping ---- */

#define UVM(va, val, flags) \
    hypercall(__HYPERVISOR_update_va_mapping, va, val, flags)

TEST(update_va_mapping_ok, COVERS(update_va_mapping, ok))
{
    static const ulong_t flags[] = {
        UVMF_NONE,
        UVMF_TLB_FLUSH | UVMF_LOCAL,
        UVMF_INVLPG | UVMF_LOCAL,
        UVMF_TLB_FLUSH | UVMF_ALL,
        UVMF_INVLPG | UVMF_ALL,
    };
    char *w = window_alloc(), *p = page_alloc();

    for (unsigned i = 0; i < ARRAY_LEN(flags); i++) {
        CHECK_EQ(UVM(w, mem_maddr(p) | PTE_KERN, flags[i]), 0);
        w[0] = (char)(i + 1);
        CHECK_EQ(p[0], i + 1);
        CHECK_EQ(UVM(w, 0, UVMF_INVLPG | UVMF_ALL), 0);
        CHECK_FAULT(TRAP_PF, (void)*(volatile char *)w);
    }
    window_free(w);
    page_free(p);
}

TEST(update_va_mapping_multi_mask_ok, COVERS(update_va_mapping, ok))
{
    uint64_t mask = 3;
    char *w = window_alloc(), *p = page_alloc();

    CHECK_EQ(UVM(w, mem_maddr(p) | PTE_KERN, (ulong_t)&mask | UVMF_INVLPG), 0);
    w[0] = 9;
    CHECK_EQ(UVM(w, 0, (ulong_t)&mask | UVMF_TLB_FLUSH), 0);
    CHECK_FAULT(TRAP_PF, (void)*(volatile char *)w);
    window_free(w);
    page_free(p);
}

TEST(update_va_mapping_efault_mask, COVERS(update_va_mapping, EFAULT))
{
    char *w = window_alloc(), *p = page_alloc();

    CHECK_EQ(
        UVM(w, mem_maddr(p) | PTE_KERN, 0xffff820000000000ul | UVMF_INVLPG),
        -XEN_EFAULT);
    window_free(w);
    page_free(p);
}

TEST(update_va_mapping_einval_no_l1, COVERS(update_va_mapping, EINVAL))
{
    /* No table there at all. */
    CHECK_EQ(UVM(0x123456789000ul, 0, 0), -XEN_EINVAL);
    CHECK_EQ(UVM(0x0000700000000000ul, 0, UVMF_INVLPG), -XEN_EINVAL);
}

TEST(update_va_mapping_einval_hypervisor_va, COVERS(update_va_mapping, EINVAL))
{
    for (ulong_t va = 0xffff800000000000ul; va < 0xffff880000000000ul;
         va += BIT(39))
        CHECK(UVM(va, 0, 0) < 0);
    CHECK(UVM(0xffff87fffffff000ul, 0, 0) < 0);
    CHECK(UVM(0x8000000000000000ul, 0, 0) < 0);
}

TEST(update_va_mapping_eperm_no_frame, COVERS(update_va_mapping, EPERM))
{
    char *w = window_alloc();

    CHECK_NO_FRAME(UVM(w, 0x000ff00000000000ul | PTE_KERN, 0));
    CHECK_FAULT(TRAP_PF, (void)*(volatile char *)w);
    window_free(w);
}

/* Somebody else's RAM: not the guest's frame. */
TEST(update_va_mapping_ebusy_hypervisor_frame, COVERS(update_va_mapping, EBUSY))
{
    char *w = window_alloc();
    uint64_t mfn, after = 0;

    for (unsigned i = 0; i < 64; i++) {
        mfn = mem_foreign_mfn(after);
        if (!mfn)
            break;
        after = mfn;
        CHECK_EITHER(UVM(w, mfn << 12 | PTE_KERN, 0), -XEN_EBUSY, -XEN_EINVAL);
        CHECK_EITHER(UVM(w, mfn << 12 | PTE_KERN_RO, 0), -XEN_EBUSY,
                     -XEN_EINVAL);
    }
    CHECK(after != 0);
    CHECK_FAULT(TRAP_PF, (void)*(volatile char *)w);
    window_free(w);
}

TEST(update_va_mapping_table_writable, COVERS(update_va_mapping, EINVAL))
{
    char *w = window_alloc();
    const pte_t *l4 = (const pte_t *)mem_start_info->pt_base;
    long rc = UVM(w, mem_maddr(l4) | PTE_KERN, 0);

    CHECK(rc == -XEN_EINVAL || rc == -XEN_EBUSY);
    CHECK_EQ(UVM(w, mem_maddr(l4) | PTE_KERN_RO, UVMF_INVLPG), 0);
    CHECK_EQ(((pte_t *)w)[511], l4[511]);
    CHECK_FAULT(TRAP_PF, *(volatile pte_t *)w = 0);
    window_free(w);
}

TEST(update_va_mapping_otherdomain_ok,
     COVERS(update_va_mapping_otherdomain, ok))
{
    char *w = window_alloc(), *p = page_alloc();

    CHECK_EQ(hypercall(__HYPERVISOR_update_va_mapping_otherdomain, w,
                       mem_maddr(p) | PTE_KERN, UVMF_INVLPG, DOMID_SELF),
             0);
    w[0] = 1;
    CHECK_EQ(p[0], 1);
    window_free(w);
    page_free(p);
}

TEST(update_va_mapping_otherdomain_esrch,
     COVERS(update_va_mapping_otherdomain, ESRCH))
{
    char *w = window_alloc();

    CHECK_EQ(hypercall(__HYPERVISOR_update_va_mapping_otherdomain, w, 0, 0, 77),
             -XEN_ESRCH);
    window_free(w);
}
