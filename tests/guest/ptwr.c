/* SPDX-License-Identifier: MIT */
/*
 * Writes to a page-table entry that the guest makes with plain instructions:
 * the hypervisor emulates them on L1 tables, checked as mmu_update is.
 */
#include "guest.h"

static char *page;
static volatile pte_t *pte; /* the L1 entry that maps page */
static pte_t good;          /* what it holds */

static void setup(void)
{
    /* dom0's boot-time default differs between builders: ask for it. */
    hypercall(__HYPERVISOR_vm_assist, VMASST_CMD_enable,
              VMASST_TYPE_writable_pagetables);
    page = page_alloc();
    pte = (volatile pte_t *)(ulong_t)pt_entry(NULL, page, 1);
    good = mem_maddr(page) | PTE_KERN;
}

static void teardown(void)
{
    pt_mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0);
    page_free(page);
}

static void flush(void)
{
    pt_mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0);
}

TEST(mov_clears)
{
    setup();
    struct fault f = TRY(*pte = 0);

    CHECK_VECTOR(f, TRAP_NONE);
    CHECK_EQ(*pte, 0);
    flush();
    CHECK_FAULT(TRAP_PF, (void)*(volatile char *)page);
    teardown();
}

TEST(mov_sets)
{
    setup();
    *pte = 0;
    *pte = good;
    CHECK_EQ(*pte & (PTE_MFN_MASK | 7), good & (PTE_MFN_MASK | 7));
    flush();
    page[0] = 1;
    teardown();
}

TEST(mov_sets_read_only)
{
    setup();
    *pte = mem_maddr(page) | PTE_KERN_RO;
    flush();
    CHECK_FAULT(TRAP_PF, *(volatile char *)page = 1);
    teardown();
}

TEST(mov_forces_user_bit)
{
    setup();
    *pte = mem_maddr(page) | PTE_P | PTE_RW;
    CHECK_EQ(*pte & 7, 7);
    teardown();
}

TEST(xchg)
{
    pte_t old = 0;

    setup();
    old = __atomic_exchange_n(pte, 0, __ATOMIC_SEQ_CST);
    CHECK_EQ(old & (PTE_MFN_MASK | 7), good & (PTE_MFN_MASK | 7));
    CHECK_EQ(*pte, 0);
    teardown();
}

TEST(cmpxchg_succeeds)
{
    pte_t old;
    uint8_t zf;

    setup();
    old = *pte;
    __asm__ volatile("lock cmpxchg %3, %1\n"
                     "sete %2"
                     : "+a"(old), "+m"(*pte), "=q"(zf)
                     : "r"(mem_maddr(page) | PTE_KERN_RO)
                     : "memory", "cc");
    CHECK_EQ(zf, 1);
    CHECK_EQ(*pte & PTE_RW, 0);
    teardown();
}

TEST(cmpxchg_fails)
{
    pte_t old = 0x1234, before;
    uint8_t zf;

    setup();
    before = *pte;
    __asm__ volatile("lock cmpxchg %3, %1\n"
                     "sete %2"
                     : "+a"(old), "+m"(*pte), "=q"(zf)
                     : "r"(0ul)
                     : "memory", "cc");
    CHECK_EQ(zf, 0);
    CHECK_EQ(old & ~(PTE_A | PTE_D), before & ~(PTE_A | PTE_D));
    CHECK_EQ(*pte & ~(PTE_A | PTE_D), before & ~(PTE_A | PTE_D));
    teardown();
}

TEST(lock_and_byte)
{
    setup();
    __asm__ volatile("lock andb %1, %0"
                     : "+m"(*(volatile uint8_t *)pte)
                     : "i"((uint8_t)~PTE_RW));
    CHECK_EQ(*pte & 7, 5);
    teardown();
}

TEST(lock_or_byte)
{
    setup();
    *pte = mem_maddr(page) | PTE_KERN_RO;
    __asm__ volatile("lock orb %1, %0"
                     : "+m"(*(volatile uint8_t *)pte)
                     : "i"((uint8_t)PTE_RW));
    CHECK_EQ(*pte & 7, 7);
    teardown();
}

TEST(lock_btr)
{
    uint8_t cf;

    setup();
    __asm__ volatile("lock btrq %2, %0\n"
                     "setc %1"
                     : "+m"(*pte), "=q"(cf)
                     : "r"(1ul)
                     : "cc");
    CHECK_EQ(cf, 1);
    CHECK_EQ(*pte & 7, 5);
    teardown();
}

TEST(lock_bts)
{
    uint8_t cf;

    setup();
    *pte = mem_maddr(page) | PTE_KERN_RO;
    __asm__ volatile("lock btsq %2, %0\n"
                     "setc %1"
                     : "+m"(*pte), "=q"(cf)
                     : "r"(1ul)
                     : "cc");
    CHECK_EQ(cf, 0);
    CHECK_EQ(*pte & 7, 7);
    teardown();
}

TEST(and_or_quad)
{
    setup();
    __asm__ volatile("andq %1, %0" : "+m"(*pte) : "r"(~PTE_RW) : "cc");
    CHECK_EQ(*pte & 7, 5);
    __asm__ volatile("orq %1, %0" : "+m"(*pte) : "r"(PTE_RW) : "cc");
    CHECK_EQ(*pte & 7, 7);
    teardown();
}

TEST(xadd)
{
    pte_t v = 0x400000 - 0x400000;

    setup();
    __asm__ volatile("lock xaddq %1, %0" : "+m"(*pte), "+r"(v) : : "cc");
    CHECK_EQ(v & PTE_MFN_MASK, good & PTE_MFN_MASK);
    teardown();
}

TEST(mov_immediate)
{
    setup();
    __asm__ volatile("movq $0, %0" : "=m"(*pte));
    CHECK_EQ(*pte, 0);
    teardown();
}

/* A 32-bit write of the low half: the entry must be valid in between. */
TEST(mov_32_low_half)
{
    setup();
    struct fault f = TRY(*(volatile uint32_t *)pte = 0);

    CHECK(f.vector == TRAP_NONE || f.vector == TRAP_PF);
    if (f.vector == TRAP_NONE)
        CHECK_EQ(*pte & 0xffffffff, 0);
    teardown();
}

/* Bad values arrive as the guest's page fault, and nothing was written. */
static void refused(pte_t value)
{
    pte_t before;

    setup();
    before = *pte;
    struct fault f = TRY(*pte = value);

    CHECK_VECTOR(f, TRAP_PF);
    CHECK_EQ(f.error, 3);
    CHECK_EQ(f.cr2, (ulong_t)pte);
    CHECK_EQ(*pte & ~(PTE_A | PTE_D), before & ~(PTE_A | PTE_D));
    teardown();
}

TEST(bad_frame)
{
    refused(0x000ff00000000000ul | PTE_KERN);
}

TEST(bad_foreign_frame)
{
    refused(mem_foreign_mfn(0) << 12 | PTE_KERN);
    refused(mem_foreign_mfn(0) << 12 | PTE_KERN_RO);
}

TEST(bad_table_writable)
{
    refused(mem_maddr((const void *)mem_start_info->pt_base) | PTE_KERN);
    refused(mem_maddr((const void *)(ulong_t)pte) | PTE_KERN);
}

/* L2 and above are not emulated. */
TEST(l2_l3_l4_write_faults)
{
    setup();
    for (unsigned level = 2; level <= 4; level++) {
        volatile pte_t *e =
            (volatile pte_t *)(ulong_t)pt_entry(NULL, page, level);
        pte_t before = *e;
        struct fault f = TRY(*e = 0);

        CHECK_VECTOR(f, TRAP_PF);
        CHECK_EQ(f.error, 3);
        CHECK_EQ(*e, before);
    }
    teardown();
}

/* A write that straddles two entries is not one that is emulated. */
TEST(misaligned_write_faults)
{
    setup();
    pte_t before = *pte;
    struct fault f = TRY(*(volatile uint64_t *)((ulong_t)pte + 4) = 0);

    CHECK_VECTOR(f, TRAP_PF);
    CHECK_EQ(*pte & ~(PTE_A | PTE_D), before & ~(PTE_A | PTE_D));
    teardown();
}

/* Instructions outside the list fault. */
TEST(other_instructions_fault)
{
    if (test_on_xen())
        SKIP("Xen 4.17.7 panics on FPU and SSE stores to a page table");
    setup();
    struct fault f = TRY(__asm__ volatile("movdqu %%xmm0, %0"
                                          : "=m"(*(char(*)[16])(ulong_t)pte)));

    CHECK_VECTOR(f, TRAP_PF);
    f = TRY(__asm__ volatile("fstpt %0" : "=m"(*(char(*)[10])(ulong_t)pte)));
    CHECK_VECTOR(f, TRAP_PF);
    __asm__ volatile("fninit");
    f = TRY(__asm__ volatile("push %1\n"
                             "mov %%rsp, %%rbx\n"
                             "lea 8(%0), %%rsp\n"
                             "mov %%rbx, %%rsp\n"
                             "pop %1"
                             :
                             : "r"(pte), "r"(0ul)
                             : "rbx"));
    teardown();
}

TEST(rep_stos)
{
    void *d;
    ulong_t n = 1;

    setup();
    d = (void *)(ulong_t)pte;
    struct fault f = TRY(__asm__ volatile("rep stosq"
                                          : "+D"(d), "+c"(n)
                                          : "a"(0)
                                          : "memory"));

    CHECK(f.vector == TRAP_NONE || f.vector == TRAP_PF);
    if (f.vector == TRAP_NONE)
        CHECK_EQ(*pte, 0);
    teardown();
}

/* A table not in use anywhere (plain read-only page) is no page table. */
TEST(plain_read_only_page_faults)
{
    volatile char *p = page_alloc();

    CHECK_EQ(page_ro((void *)(ulong_t)p), 0);
    struct fault f = TRY(*p = 1);

    CHECK_VECTOR(f, TRAP_PF);
    CHECK_EQ(f.error, 3);
    page_free((void *)(ulong_t)p);
}

USER_CODE(user_write_pte, "movq $0, (%rdi)");

/* From user mode a page table is just a read-only page. */
TEST(user_mode_write_faults)
{
    struct regs r;
    struct fault f;
    pte_t *l1;

    if (user_init() < 0)
        test_abort("user_init");
    /* Map the user L1 table itself into user space, read-only. */
    const pte_t *root = mem_va_of_mfn(user_root_mfn());
    const pte_t *e = pt_entry(root, user_write_pte, 2);

    REQUIRE(e != NULL);
    l1 = mem_va_of_mfn((*e & PTE_MFN_MASK) >> 12);
    unsigned slot = 511;

    REQUIRE_EQ(l1[slot], 0);
    CHECK_EQ(pt_set(l1, slot, mem_maddr(l1) | PTE_KERN_RO), 0);
    pt_mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0);
    r = user_regs(user_write_pte);
    r.rdi = ((ulong_t)user_write_pte & ~(BIT(21) - 1)) + slot * PAGE_SIZE;
    f = user_run(&r);
    CHECK_VECTOR(f, TRAP_PF);
    CHECK_EQ(f.error, 7);
    CHECK_EQ(l1[0], 0);
    CHECK_EQ(pt_set(l1, slot, 0), 0);
    pt_mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0);
}

/* Without the assist Xen leaves such writes to the guest; Parvis may, too. */
TEST(assist_off)
{
    setup();
    CHECK_EQ(hypercall(__HYPERVISOR_vm_assist, VMASST_CMD_disable,
                       VMASST_TYPE_writable_pagetables),
             0);
    pte_t before = *pte;
    struct fault f = TRY(*pte = 0);

    CHECK(f.vector == TRAP_NONE || f.vector == TRAP_PF);
    if (f.vector == TRAP_PF)
        CHECK_EQ(*pte & ~(PTE_A | PTE_D), before & ~(PTE_A | PTE_D));
    CHECK_EQ(hypercall(__HYPERVISOR_vm_assist, VMASST_CMD_enable,
                       VMASST_TYPE_writable_pagetables),
             0);
    teardown();
}
