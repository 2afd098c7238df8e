/* SPDX-License-Identifier: MIT */
/*
 * Start of day: what the first instruction finds in registers, start_info,
 * shared_info, page tables and the M2P.
 */
#include "guest.h"

/* In entry_64.S: rsp rsi rflags cs ss ds es fs gs as the guest was entered. */
extern ulong_t boot_regs[9];
extern char guest_start[], guest_end[];

TEST(hello)
{
    print("INFO hello from a tiny guest\n");
}

TEST(registers)
{
    CHECK_EQ(boot_regs[1], (ulong_t)mem_start_info);
    CHECK_EQ(boot_regs[3], FLAT_KERNEL_CS);
    CHECK_EQ(boot_regs[4], FLAT_KERNEL_SS);
    /* DS to GS: NULL, or the flat ring-3 data segment as Xen 4.17 has it. */
    for (unsigned i = 5; i < 9; i++)
        CHECK(boot_regs[i] == 0 || boot_regs[i] == FLAT_RING3_DS32);
    CHECK_EQ(boot_regs[2] & 0x200, 0x200); /* IF */
    CHECK_EQ(boot_regs[2] & 0x7500, 0);    /* no IOPL, NT, TF, DF */
    /* The boot stack: mapped, 512 KiB below the end of the boot mapping. */
    CHECK(boot_regs[0] > VIRT_BASE);
}

TEST(start_info_magic)
{
    /* Xen's dom0 builder adds a "p" (PAE), libxc's does not. */
    CHECK(strncmp(mem_start_info->magic, "xen-3.0-x86_64", 14) == 0);
}

TEST(start_info_fields)
{
    struct start_info *si = mem_start_info;

    CHECK((ulong_t)si % PAGE_SIZE == 0);
    CHECK(si->nr_pages > 1024);
    CHECK(si->shared_info != 0 && si->shared_info % PAGE_SIZE == 0);
    CHECK_EQ(si->flags & (SIF_PRIVILEGED | SIF_INITDOMAIN),
             SIF_PRIVILEGED | SIF_INITDOMAIN);
    CHECK_EQ(si->store_evtchn, 0);
    CHECK(si->pt_base % PAGE_SIZE == 0 && si->pt_base > VIRT_BASE);
    CHECK(si->nr_pt_frames >= 4);
    CHECK(si->mfn_list % PAGE_SIZE == 0);
    CHECK_EQ(si->mod_len, 0);
}

TEST(shared_info_mapped)
{
    struct shared_info *sh = mem_shared_info();

    REQUIRE(sh != NULL);
    CHECK(sh->wc_sec != 0);
    CHECK_EQ(sh->wc_version & 1, 0);
    CHECK_EQ(sh->vcpu_info[0].time.version & 1, 0);
    CHECK(sh->vcpu_info[0].time.tsc_to_system_mul != 0);
}

TEST(p2m_m2p_agree)
{
    uint64_t pages = mem_start_info->nr_pages;

    for (uint64_t pfn = 0; pfn < pages; pfn++) {
        uint64_t mfn = mem_p2m(pfn);

        if (mem_m2p(mfn) != pfn) {
            test_fail(__FILE__, __LINE__, "pfn %lx mfn %lx m2p %lx",
                      (ulong_t)pfn, (ulong_t)mfn, (ulong_t)mem_m2p(mfn));
            return;
        }
    }
}

TEST(image_is_contiguous_in_pfns)
{
    for (char *p = guest_start; p < guest_end; p += PAGE_SIZE) {
        const pte_t *e = pt_entry(NULL, p, 1);

        REQUIRE(e != NULL);
        if (*e & PTE_P)
            CHECK((*e & PTE_MFN_MASK) == mem_mfn(p) * PAGE_SIZE ||
                  p == (char *)mem_shared_info());
    }
}

/* pt_base is the root; the nr_pt_frames from there on are its tables, and
 * every one is mapped read-only. */
TEST(page_tables_read_only)
{
    char *p = (char *)mem_start_info->pt_base;

    for (unsigned i = 0; i < mem_start_info->nr_pt_frames; i++) {
        const pte_t *e = pt_entry(NULL, p + i * PAGE_SIZE, 1);

        REQUIRE(e != NULL);
        CHECK_EQ(*e & (PTE_P | PTE_RW), PTE_P);
    }
}

TEST(page_table_write_faults)
{
    volatile pte_t *l4 = (volatile pte_t *)mem_start_info->pt_base;

    /* An L4 entry is not emulated as an L1 entry is. */
    struct fault f = TRY(l4[1] = 0);

    CHECK_VECTOR(f, TRAP_PF);
    CHECK_EQ(f.error, 3); /* present, write, and U cleared: kernel mode */
    CHECK_EQ(f.cr2, (ulong_t)&l4[1]);
}

TEST(upcalls_masked_at_start)
{
    REQUIRE(mem_shared_info() != NULL);
    CHECK_EQ(mem_shared_info()->vcpu_info[0].evtchn_upcall_mask, 1);
}

TEST(bss_is_zero)
{
    static char zero[PAGE_SIZE];

    for (unsigned i = 0; i < sizeof(zero); i++)
        REQUIRE(zero[i] == 0);
}

/* ring 3, and the guest's flags cannot say otherwise */
TEST(privilege_ring3)
{
    ulong_t cs;

    __asm__ volatile("mov %%cs, %0" : "=r"(cs));
    CHECK_EQ(cs & 3, 3);
}

TEST(cr_reads)
{
    ulong_t cr0, cr4;

    __asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    CHECK_EQ(cr0 & 0x80000001, 0x80000001); /* PG, PE */
    CHECK_EQ(cr4 & 0x20, 0x20);             /* PAE */
}

TEST(cpuid_hypervisor_leaf)
{
    uint32_t a = 0x40000000, b, c = 0, d;

    __asm__ volatile(XEN_CPUID : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    CHECK(a >= 0x40000002);
    CHECK_EQ(b, 0x566e6558);
    CHECK_EQ(c, 0x65584d4d);
    CHECK_EQ(d, 0x4d4d566e);
}

TEST(framework_page_alloc)
{
    char *p = page_alloc();

    p[0] = 1;
    CHECK_EQ(page_ro(p), 0);
    CHECK_FAULT(TRAP_PF, *(volatile char *)p = 2);
    CHECK_EQ(page_rw(p), 0);
    *(volatile char *)p = 3;
    CHECK_EQ(p[0], 3);
    page_free(p);
}

USER_CODE(user_nop, "nop");
USER_CODE(user_add, "mov $40, %eax; add $2, %eax");

TEST(framework_user_mode)
{
    struct fault f = user_try(user_nop);

    CHECK_VECTOR(f, TRAP_SYSCALL);
    f = user_try(user_add);
    CHECK_VECTOR(f, TRAP_SYSCALL);
    CHECK_EQ(f.regs.rax, 42);
    CHECK_EQ(f.regs.cs, FLAT_USER_CS);
}

static volatile unsigned smp_ran;

static void smp_body(void *arg)
{
    smp_ran += *(unsigned *)arg;
}

TEST(framework_second_vcpu)
{
    unsigned arg = 7;

    if (smp_count() < 2)
        SKIP("one vCPU");
    REQUIRE_EQ(smp_start(1, smp_body, &arg), 0);
    CHECK(smp_join(1));
    CHECK_EQ(smp_ran, 7);
    REQUIRE_EQ(smp_start(1, smp_body, &arg), 0);
    CHECK(smp_join(1));
    CHECK_EQ(smp_ran, 14);
}
