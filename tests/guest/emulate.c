/* SPDX-License-Identifier: MIT */
/*
 * Privileged and sensitive instructions in guest kernel mode: those that the
 * hypervisor emulates, with their results, and the rest, which are #GP.
 * From user mode: emulate_user.c. MSRs: msr.c. Ports: ports.c. Writes to page
 * tables: ptwr.c.
 */
#include "guest.h"

#define GP(code) CHECK_FAULT(TRAP_GP, __asm__ volatile(code : : : "memory"))

/* Linux asks for IOPL 1 before it uses ports or cli; Xen needs that. */
void family_init(void)
{
    struct physdev_set_iopl op = {.iopl = 1};

    hypercall(__HYPERVISOR_physdev_op, PHYSDEVOP_set_iopl, &op);
}

/* ---- CPUID ---- */

static void cpuid_forced(uint32_t leaf, uint32_t sub, uint32_t out[4])
{
    __asm__ volatile(XEN_CPUID
                     : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3])
                     : "0"(leaf), "2"(sub));
}

TEST(cpuid_forced_signature)
{
    uint32_t r[4];

    cpuid_forced(0x40000000, 0, r);
    CHECK(r[0] >= 0x40000002 && r[0] <= 0x400000ff);
    CHECK_EQ(r[1], 0x566e6558);
    CHECK_EQ(r[2], 0x65584d4d);
    CHECK_EQ(r[3], 0x4d4d566e);
}

TEST(cpuid_forced_version)
{
    uint32_t r[4];

    cpuid_forced(0x40000001, 0, r);
    CHECK_EQ(r[0], 4 << 16 | 17);
}

TEST(cpuid_forced_hypercall_pages)
{
    uint32_t r[4];

    cpuid_forced(0x40000002, 0, r);
    CHECK(r[0] <= 1);
    if (r[0])
        CHECK_EQ(r[1], 0x40000000); /* the MSR's index */
}

TEST(cpuid_forced_address_width)
{
    uint32_t r[4];

    cpuid_forced(0x40000000, 0, r);
    if (r[0] < 0x40000005)
        SKIP("no leaf 0x40000005");
    cpuid_forced(0x40000005, 0, r);
    CHECK((r[1] & 0xff) >= 28 && (r[1] & 0xff) <= 52);
}

/* What a PV kernel must not believe it has. */
TEST(cpuid_forced_features)
{
    uint32_t r[4];

    cpuid_forced(1, 0, r);
    CHECK(r[3] & BIT(0));     /* FPU */
    CHECK(r[3] & BIT(6));     /* PAE */
    CHECK(r[3] & BIT(24));    /* FXSR */
    CHECK(r[2] & BIT(31));    /* hypervisor present */
    CHECK(!(r[3] & BIT(3)));  /* PSE: no superpages */
    CHECK(!(r[2] & BIT(3)));  /* MONITOR */
    CHECK(!(r[2] & BIT(5)));  /* VMX */
    CHECK(!(r[2] & BIT(17))); /* PCID */
    cpuid_forced(7, 0, r);
    CHECK(!(r[1] & BIT(7)));  /* SMEP */
    CHECK(!(r[1] & BIT(20))); /* SMAP */
    CHECK(!(r[1] & BIT(10))); /* INVPCID */
    cpuid_forced(0x80000001, 0, r);
    CHECK(r[3] & BIT(29));    /* long mode */
    CHECK(r[3] & BIT(11));    /* SYSCALL */
    CHECK(!(r[2] & BIT(2)));  /* SVM */
    CHECK(!(r[3] & BIT(26))); /* 1 GiB pages */
}

TEST(cpuid_forced_topology_leaves_answer)
{
    uint32_t r[4];

    for (uint32_t leaf = 0; leaf < 0x20; leaf++)
        cpuid_forced(leaf, 0, r);
    for (uint32_t leaf = 0x80000000; leaf < 0x80000020; leaf++)
        cpuid_forced(leaf, 0, r);
    cpuid_forced(0xffffffff, 0xffffffff, r);
    cpuid_forced(0x7fffffff, 3, r);
}

/* The prefix works with cpuid only; else it is what its bytes say, ud2. */
TEST(forced_prefix_other_instruction_is_ud)
{
    CHECK_FAULT(TRAP_UD,
                __asm__ volatile(".byte 0x0f,0x0b,0x78,0x65,0x6e; nop"));
    CHECK_FAULT(TRAP_UD,
                __asm__ volatile(".byte 0x0f,0x0b,0x78,0x65,0x6e; rdtsc"
                                 :
                                 :
                                 : "eax", "edx"));
    CHECK_FAULT(TRAP_UD,
                __asm__ volatile(".byte 0x0f,0x0b,0x78,0x65,0x6f; cpuid"
                                 :
                                 :
                                 : "eax", "ebx", "ecx", "edx"));
}

/* RIP moves on by all seven bytes, and a single-step trap follows. */
static ulong_t db_rip;
static bool db_hook(struct regs *r)
{
    if (r->vector != TRAP_DB)
        return false;
    if (!db_rip)
        db_rip = r->rip;
    r->rflags &= ~0x100ul;
    return true;
}

extern char emul_step_end[];

TEST(cpuid_forced_single_step)
{
    db_rip = 0;
    trap_hook = db_hook;
    __asm__ volatile("xor %%eax, %%eax\n"
                     "pushf\n"
                     "orl $0x100, (%%rsp)\n"
                     "popf\n" XEN_CPUID "\n"
                     ".globl emul_step_end\n"
                     "emul_step_end:\n"
                     "nop\nnop\n"
                     :
                     :
                     : "eax", "ebx", "ecx", "edx");
    trap_hook = NULL;
    hypercall(__HYPERVISOR_set_debugreg, 6, 0xffff0ff0);
    CHECK_EQ(db_rip, (ulong_t)emul_step_end);
}

/* ---- control and debug registers ---- */

static ulong_t cr0_read(void)
{
    ulong_t v;

    __asm__ volatile("mov %%cr0, %0" : "=r"(v));
    return v;
}

static ulong_t cr4_read(void)
{
    ulong_t v;

    __asm__ volatile("mov %%cr4, %0" : "=r"(v));
    return v;
}

TEST(cr0_ts_write)
{
    ulong_t cr0 = cr0_read();

    CHECK_EQ(cr0 & 8, 0);
    __asm__ volatile("mov %0, %%cr0" : : "r"(cr0 | 8));
    CHECK_EQ(cr0_read() & 8, 8);
    CHECK_FAULT(TRAP_NM, __asm__ volatile("fnop"));
    __asm__ volatile("mov %0, %%cr0" : : "r"(cr0));
    CHECK_EQ(cr0_read(), cr0);
}

TEST(cr0_other_bits_refused)
{
    ulong_t cr0 = cr0_read();
    static const ulong_t bits[] = {1,          2,          4,         0x10000,
                                   0x20000000, 0x40000000, 0x80000000};

    for (unsigned i = 0; i < ARRAY_LEN(bits); i++) {
        struct fault f = TRY(__asm__ volatile("mov %0, %%cr0"
                                              :
                                              : "r"(cr0 ^ bits[i])));

        CHECK_VECTOR(f, TRAP_GP);
        CHECK_EQ(cr0_read(), cr0);
    }
}

TEST(clts_emulated)
{
    hypercall(__HYPERVISOR_fpu_taskswitch, 1);
    CHECK_EQ(cr0_read() & 8, 8);
    __asm__ volatile("clts");
    CHECK_EQ(cr0_read() & 8, 0);
    CHECK_FAULT(TRAP_NONE, __asm__ volatile("fnop"));
}

TEST(cr2_read_write)
{
    char *hole = window_alloc();
    ulong_t v = 0;

    CHECK_FAULT(TRAP_PF, (void)*(volatile char *)(hole + 0x77));
    __asm__ volatile("mov %%cr2, %0" : "=r"(v));
    CHECK_EQ(v, (ulong_t)hole + 0x77);
    __asm__ volatile("mov %0, %%cr2" : : "r"(0x1234ul));
    __asm__ volatile("mov %%cr2, %0" : "=r"(v));
    CHECK_EQ(v, 0x1234);
    window_free(hole);
}

TEST(cr3_read)
{
    ulong_t v = 0;
    struct fault f = TRY(__asm__ volatile("mov %%cr3, %0" : "=r"(v)));

    CHECK_VECTOR(f, TRAP_NONE);
    CHECK_EQ(v & PTE_MFN_MASK,
             mem_maddr((const void *)mem_start_info->pt_base));
}

TEST(cr3_write)
{
    ulong_t v = mem_maddr((const void *)mem_start_info->pt_base);
    struct fault f = TRY(__asm__ volatile("mov %0, %%cr3" : : "r"(v)));

    CHECK_VECTOR(f, TRAP_NONE);
    /* A frame that is no root. */
    f = TRY(__asm__ volatile("mov %0, %%cr3"
                             :
                             : "r"(mem_maddr(&f) & PTE_MFN_MASK)));
    CHECK_VECTOR(f, TRAP_GP);
    f = TRY(__asm__ volatile("mov %0, %%cr3" : : "r"(0x000ff00000000000ul)));
    CHECK_VECTOR(f, TRAP_GP);
    __asm__ volatile("mov %%cr3, %0" : "=r"(v));
    CHECK_EQ(v & PTE_MFN_MASK,
             mem_maddr((const void *)mem_start_info->pt_base));
}

TEST(cr4_write)
{
    ulong_t cr4 = cr4_read();
    struct fault f = TRY(__asm__ volatile("mov %0, %%cr4" : : "r"(cr4)));

    CHECK_VECTOR(f, TRAP_NONE);
    CHECK_EQ(cr4_read(), cr4);
    /* Bits that the guest may not have: ignored, or #GP. */
    f = TRY(__asm__ volatile("mov %0, %%cr4" : : "r"(cr4 ^ 0x20)));
    CHECK_EQ(cr4_read(), cr4);
    f = TRY(__asm__ volatile("mov %0, %%cr4" : : "r"(cr4 | 0x300000)));
    CHECK_EQ(cr4_read(), cr4);
    f = TRY(__asm__ volatile("mov %0, %%cr4" : : "r"(cr4 | BIT(40))));
    CHECK_EQ(cr4_read(), cr4);
}

TEST(cr4_tsd_is_the_guests)
{
    ulong_t cr4 = cr4_read();
    struct fault f = TRY(__asm__ volatile("mov %0, %%cr4" : : "r"(cr4 | 4)));

    CHECK_VECTOR(f, TRAP_NONE);
    CHECK_EQ(cr4_read(), cr4 | 4);
    __asm__ volatile("mov %0, %%cr4" : : "r"(cr4));
    CHECK_EQ(cr4_read(), cr4);
}

TEST(cr_bad_numbers)
{
    CHECK_FAULT(TRAP_GP, __asm__ volatile("mov %%cr8, %%rax" : : : "rax"));
    CHECK_FAULT(TRAP_GP, __asm__ volatile("mov %0, %%cr8" : : "r"(0ul)));
}

TEST(lmsw_and_smsw)
{
    ulong_t v = 0;
    struct fault f = TRY(__asm__ volatile("smsw %0" : "=r"(v)));

    CHECK(f.vector == TRAP_NONE || f.vector == TRAP_GP);
    if (f.vector == TRAP_NONE)
        CHECK_EQ(v & 1, 1);
    /* lmsw can set TS only; Xen 4.17 refuses nothing but changes of PE. */
    f = TRY(__asm__ volatile("lmsw %w0" : : "r"(cr0_read() & 0xffff)));
    CHECK(f.vector == TRAP_NONE || f.vector == TRAP_GP);
    CHECK_EQ(cr0_read() & 0x80000001, 0x80000001);
}

TEST(dr_read_write)
{
    ulong_t v = 0;

    __asm__ volatile("mov %0, %%db0" : : "r"(0x123456ul));
    __asm__ volatile("mov %%db0, %0" : "=r"(v));
    CHECK_EQ(v, 0x123456);
    __asm__ volatile("mov %0, %%db0" : : "r"(0ul));
    __asm__ volatile("mov %%db7, %0" : "=r"(v));
    CHECK_EQ(v & 0xff, 0);
    __asm__ volatile("mov %%db6, %0" : "=r"(v));
}

/* DR4 and DR5 are DR6 and DR7, unless CR4.DE makes them #UD. */
TEST(dr4_dr5)
{
    ulong_t v = 0;
    struct fault f = TRY(__asm__ volatile("mov %%db4, %0" : "=r"(v)));

    CHECK(f.vector == TRAP_NONE || f.vector == TRAP_UD || f.vector == TRAP_GP);
}

TEST(dr_hypervisor_address_refused)
{
    ulong_t v = 1;

    CHECK_FAULT(TRAP_GP, __asm__ volatile("mov %0, %%db0"
                                          :
                                          : "r"(0xffff82d040000000ul)));
    __asm__ volatile("mov %%db0, %0" : "=r"(v));
    CHECK_EQ(v, 0);
}

/* ---- interrupt flag ---- */

TEST(cli_sti_survive)
{
    ulong_t flags;
    struct fault f = TRY(__asm__ volatile("cli"));

    CHECK_VECTOR(f, TRAP_NONE);
    f = TRY(__asm__ volatile("sti"));
    CHECK_VECTOR(f, TRAP_NONE);
    __asm__ volatile("pushf; pop %0" : "=r"(flags));
    CHECK_EQ(flags & 0x200, 0x200); /* the real IF is always set */
}

/* popf can change neither IF nor IOPL. */
TEST(popf_if_iopl_ignored)
{
    ulong_t flags;

    __asm__ volatile("pushf\n"
                     "andl $~0x200, (%%rsp)\n"
                     "orl $0x3000, (%%rsp)\n"
                     "popf\n"
                     "pushf\n"
                     "pop %0"
                     : "=r"(flags));
    CHECK_EQ(flags & 0x3200, 0x200);
}

TEST(hlt_returns)
{
    /* With an event pending and unmasked, hlt is over at once. */
    long port = event_bind_ipi(0);

    REQUIRE(port > 0);
    event_port_unmask((unsigned)port);
    CHECK_EQ(event_send((unsigned)port), 0);
    struct fault f = TRY(__asm__ volatile("hlt"));

    if (test_on_xen()) {
        CHECK_VECTOR(f, TRAP_GP); /* not one of those that Xen emulates */
    } else {
        CHECK_VECTOR(f, TRAP_NONE);
        CHECK_EQ(event_count[port], 1);
    }
    event_mask();
    event_close((unsigned)port);
}

TEST(wbinvd_emulated)
{
    CHECK_FAULT(TRAP_NONE, __asm__ volatile("wbinvd"));
}

TEST(invd_emulated_or_refused)
{
    struct fault f = TRY(__asm__ volatile("invd"));

    CHECK(f.vector == TRAP_NONE || f.vector == TRAP_GP);
}

TEST(invlpg_not_executed)
{
    char *hole = window_alloc();
    struct fault f = TRY(__asm__ volatile("invlpg (%0)" : : "r"(hole)));

    CHECK(f.vector == TRAP_NONE || f.vector == TRAP_GP);
    window_free(hole);
}

/* ---- time stamp and performance counters ---- */

TEST(rdtsc_monotonic)
{
    uint32_t lo, hi;
    uint64_t last = 0;

    for (unsigned i = 0; i < 100; i++) {
        __asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
        uint64_t now = (uint64_t)hi << 32 | lo;

        CHECK(now > last);
        last = now;
    }
}

TEST(rdtscp_works)
{
    uint32_t lo, hi, aux;
    struct fault f = TRY(__asm__ volatile("rdtscp"
                                          : "=a"(lo), "=d"(hi), "=c"(aux)));

    CHECK(f.vector == TRAP_NONE || f.vector == TRAP_UD);
}

TEST(rdpmc_refused)
{
    CHECK_FAULT(TRAP_GP, __asm__ volatile("rdpmc" : : "c"(0) : "eax", "edx"));
}

/* ---- XCR0 ---- */

static uint64_t xgetbv(void)
{
    uint32_t lo, hi;

    __asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
    return (uint64_t)hi << 32 | lo;
}

static struct fault xsetbv(uint32_t reg, uint64_t val)
{
    return TRY(__asm__ volatile("xsetbv"
                                :
                                : "c"(reg), "a"((uint32_t)val),
                                  "d"((uint32_t)(val >> 32))));
}

static bool has_osxsave(void)
{
    uint32_t r[4];

    cpuid_forced(1, 0, r);
    return r[2] & BIT(26);
}

/*
 * A PV kernel looks for OSXSAVE before it sets CR4.OSXSAVE, and goes without
 * XSAVE if it is not there: it is what the CPU has, not what the guest set.
 */
TEST(cpuid_osxsave_before_cr4)
{
    uint32_t r[4];

    cpuid_forced(1, 0, r);
    CHECK_EQ(cr4_read() & BIT(18), 0);
    CHECK_EQ(r[2] >> 27 & 1, r[2] >> 26 & 1);
}

TEST(xsetbv_emulated)
{
    ulong_t cr4 = cr4_read();
    uint64_t xcr0;

    if (!has_osxsave())
        SKIP("no XSAVE");
    __asm__ volatile("mov %0, %%cr4" : : "r"(cr4 | BIT(18)));
    xcr0 = xgetbv();
    CHECK_EQ(xcr0 & 1, 1);
    CHECK_VECTOR(xsetbv(0, 3), TRAP_NONE);
    CHECK_EQ(xgetbv(), 3);
    CHECK_VECTOR(xsetbv(0, xcr0), TRAP_NONE);
    CHECK_EQ(xgetbv(), xcr0);
}

TEST(xsetbv_bad_values_refused)
{
    uint64_t xcr0;

    if (!has_osxsave())
        SKIP("no XSAVE");
    xcr0 = xgetbv();
    CHECK_VECTOR(xsetbv(0, 0), TRAP_GP); /* x87 is needed */
    CHECK_VECTOR(xsetbv(0, 5), TRAP_GP); /* AVX without SSE */
    CHECK_VECTOR(xsetbv(0, 1 | BIT(62)), TRAP_GP);
    CHECK_VECTOR(xsetbv(1, 1), TRAP_GP);
    CHECK_VECTOR(xsetbv(0xffffffff, 1), TRAP_GP);
    CHECK_EQ(xgetbv(), xcr0);
}

/* ---- refused ---- */

static struct {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed)) table;

TEST(gp_lgdt)
{
    CHECK_FAULT(TRAP_GP, __asm__ volatile("lgdt %0" : : "m"(table)));
}

TEST(gp_lidt)
{
    CHECK_FAULT(TRAP_GP, __asm__ volatile("lidt %0" : : "m"(table)));
}

TEST(gp_lldt_ltr)
{
    CHECK_FAULT(TRAP_GP, __asm__ volatile("lldt %w0" : : "r"(0)));
    CHECK_FAULT(TRAP_GP, __asm__ volatile("ltr %w0" : : "r"(0x28)));
}

TEST(gp_swapgs_sysret_sysexit)
{
    GP("swapgs");
    GP("sysretq");
    struct fault f = TRY(__asm__ volatile("sysexit"));

    CHECK(f.vector == TRAP_GP || f.vector == TRAP_UD); /* AMD, long mode */
}

TEST(gp_clac_stac)
{
    struct fault f = TRY(__asm__ volatile("clac"));

    CHECK(f.vector == TRAP_UD || f.vector == TRAP_GP);
    f = TRY(__asm__ volatile("stac"));
    CHECK(f.vector == TRAP_UD || f.vector == TRAP_GP);
}

TEST(ud_vmx_svm)
{
    struct fault f = TRY(__asm__ volatile("vmcall"));

    CHECK(f.vector == TRAP_UD || f.vector == TRAP_GP);
    f = TRY(__asm__ volatile("vmmcall"));
    CHECK(f.vector == TRAP_UD || f.vector == TRAP_GP);
    f = TRY(__asm__ volatile("vmrun"));
    CHECK(f.vector == TRAP_UD || f.vector == TRAP_GP);
    f = TRY(__asm__ volatile("vmxoff"));
    CHECK(f.vector == TRAP_UD || f.vector == TRAP_GP);
    f = TRY(__asm__ volatile("clgi"));
    CHECK(f.vector == TRAP_UD || f.vector == TRAP_GP);
}

TEST(monitor_mwait_refused)
{
    struct fault f = TRY(__asm__ volatile("monitor"
                                          :
                                          : "a"(&table), "c"(0), "d"(0)));

    CHECK(f.vector == TRAP_UD || f.vector == TRAP_GP);
    f = TRY(__asm__ volatile("mwait" : : "a"(0), "c"(0)));
    CHECK(f.vector == TRAP_UD || f.vector == TRAP_GP);
}

TEST(invpcid_xsaves_refused)
{
    static uint64_t area[128] ALIGNED(64);
    struct fault f = TRY(__asm__ volatile("invpcid (%0), %1"
                                          :
                                          : "r"(area), "r"(2ul)
                                          : "memory"));

    CHECK(f.vector == TRAP_UD || f.vector == TRAP_GP);
    f = TRY(__asm__ volatile("xsaves (%0)"
                             :
                             : "r"(area), "a"(1), "d"(0)
                             : "memory"));
    CHECK(f.vector == TRAP_UD || f.vector == TRAP_GP);
}

/* SGDT and SIDT must not tell where the hypervisor's tables are. */
TEST(sgdt_sidt_tell_nothing)
{
    struct fault f;

    table.base = 0;
    f = TRY(__asm__ volatile("sgdt %0" : "=m"(table)));
    CHECK(f.vector == TRAP_NONE || f.vector == TRAP_GP);
    print("INFO sgdt: %s base %lx\n", trap_name(f.vector), (ulong_t)table.base);
    table.base = 0;
    f = TRY(__asm__ volatile("sidt %0" : "=m"(table)));
    CHECK(f.vector == TRAP_NONE || f.vector == TRAP_GP);
    print("INFO sidt: %s base %lx\n", trap_name(f.vector), (ulong_t)table.base);
}

TEST(sldt_str)
{
    ulong_t v = 0;
    struct fault f = TRY(__asm__ volatile("sldt %0" : "=r"(v)));

    CHECK(f.vector == TRAP_NONE || f.vector == TRAP_GP);
    f = TRY(__asm__ volatile("str %0" : "=r"(v)));
    CHECK(f.vector == TRAP_NONE || f.vector == TRAP_GP);
}

/* An instruction of more than 15 bytes is #GP, not a longer emulation. */
TEST(gp_too_many_prefixes)
{
    GP(".byte 0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,0x66,"
       "0x66,0x66,0x66,0x0f,0x09");
}

/* LOCK in front of an emulated instruction is #UD. */
TEST(lock_prefix_is_ud)
{
    struct fault f = TRY(__asm__ volatile(".byte 0xf0, 0x0f, 0x09"));

    CHECK(f.vector == TRAP_UD || f.vector == TRAP_GP);
}

/* An emulated instruction whose second byte is on a page that is gone. */
TEST(emulate_across_missing_page)
{
    char *p = page_alloc(), *w = window_alloc();

    /* 0f 09 split: the page after the window is whatever; use the end of a
     * page followed by a hole: two windows in a row. */
    char *w2 = window_alloc();

    if (w2 != w + PAGE_SIZE) {
        window_free(w);
        window_free(w2);
        page_free(p);
        SKIP("windows are not adjacent");
    }
    p[PAGE_SIZE - 1] = 0x0f;
    CHECK_EQ(window_map(w, mem_mfn(p), PTE_KERN), 0);
    struct fault f = TRY(((void (*)(void))(w + PAGE_SIZE - 1))());

    CHECK_VECTOR(f, TRAP_PF);
    CHECK_EQ(f.cr2, (ulong_t)w2);
    CHECK_EQ(f.rip, (ulong_t)w + PAGE_SIZE - 1);
    window_free(w);
    window_free(w2);
    page_free(p);
}
