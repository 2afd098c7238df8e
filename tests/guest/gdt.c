/* SPDX-License-Identifier: MIT */
/*
 * Descriptor tables: set_gdt, update_descriptor, the descriptors that may be
 * in them, every selector loaded; set_segment_base.
 */
#include "guest.h"

#define BAD_PTR ((void *)0xffff820000000000ul)
#define DATA3   0x00cff3000000ffffull /* flat, writable, DPL 3 */
#define CODE3   0x00affb000000ffffull /* 64-bit, DPL 3 */

static long set_gdt(const xen_ulong_t *frames, unsigned entries)
{
    return hypercall(__HYPERVISOR_set_gdt, frames, entries);
}

static long update(uint64_t maddr, uint64_t desc)
{
    return hypercall(__HYPERVISOR_update_descriptor, maddr, desc);
}

static uint64_t *gdt;
static xen_ulong_t gdt_mfn[16];

/* A GDT of one page, in use; tests write it by update_descriptor. */
static void gdt_use(void)
{
    gdt = page_alloc();
    gdt_mfn[0] = mem_mfn(gdt);
    CHECK_EQ(page_ro(gdt), 0);
    CHECK_EQ(set_gdt(gdt_mfn, 512), 0);
}

static void gdt_drop(void)
{
    CHECK_EQ(set_gdt(gdt_mfn, 0), 0);
    page_free(gdt);
}

static struct fault load_fs(unsigned sel)
{
    struct fault f = TRY(__asm__ volatile("mov %0, %%fs" : : "r"(sel)));

    __asm__ volatile("mov %0, %%fs" : : "r"(0));
    return f;
}

TEST(set_gdt_ok, COVERS(set_gdt, ok))
{
    gdt_use();
    CHECK_EQ(page_rw(gdt), -XEN_EBUSY);
    CHECK_FAULT(TRAP_PF, *(volatile uint64_t *)&gdt[1] = 0);
    gdt_drop();
    CHECK_EQ(hypercall(__HYPERVISOR_xen_version, 0, 0), 4 << 16 | 17);
}

TEST(set_gdt_contents_used_ok, COVERS(set_gdt, ok))
{
    gdt = page_alloc();
    gdt[5] = DATA3;
    gdt_mfn[0] = mem_mfn(gdt);
    CHECK_EQ(page_ro(gdt), 0);
    CHECK_EQ(set_gdt(gdt_mfn, 512), 0);
    struct fault f = load_fs(5 * 8 | 3);

    CHECK_VECTOR(f, TRAP_NONE);
    f = load_fs(6 * 8 | 3);
    CHECK_VECTOR(f, TRAP_GP);
    CHECK_EQ(f.error, 6 * 8);
    gdt_drop();
}

TEST(set_gdt_fourteen_pages_ok, COVERS(set_gdt, ok))
{
    char *p[14];
    xen_ulong_t mfn[14];

    for (unsigned i = 0; i < 14; i++) {
        p[i] = page_alloc();
        mfn[i] = mem_mfn(p[i]);
        CHECK_EQ(page_ro(p[i]), 0);
    }
    CHECK_EQ(set_gdt(mfn, 14 * 512), 0);
    CHECK_EQ(set_gdt(NULL, 0), 0);
    for (unsigned i = 0; i < 14; i++)
        page_free(p[i]);
}

TEST(set_gdt_einval_entries, COVERS(set_gdt, EINVAL))
{
    CHECK_EQ(set_gdt(gdt_mfn, 14 * 512 + 1), -XEN_EINVAL);
    CHECK_EQ(set_gdt(gdt_mfn, 8192), -XEN_EINVAL);
    CHECK_EQ(set_gdt(gdt_mfn, ~0u), -XEN_EINVAL);
}

TEST(set_gdt_einval_frame, COVERS(set_gdt, EINVAL))
{
    xen_ulong_t mfn = 0xff00000000ul;
    char *p = page_alloc();

    CHECK_EQ(set_gdt(&mfn, 512), -XEN_EINVAL);
    mfn = mem_foreign_mfn(0);
    CHECK_EQ(set_gdt(&mfn, 512), -XEN_EINVAL);
    mfn = mem_mfn(p); /* still writable */
    CHECK_EQ(set_gdt(&mfn, 512), -XEN_EINVAL);
    mfn = mem_mfn((void *)mem_start_info->pt_base);
    CHECK_EQ(set_gdt(&mfn, 512), -XEN_EINVAL);
    page_free(p);
}

/* The second frame is bad: the first is not held. */
TEST(set_gdt_einval_second_frame, COVERS(set_gdt, EINVAL))
{
    char *p = page_alloc();
    xen_ulong_t mfn[2] = {mem_mfn(p), 0xff00000000ul};

    CHECK_EQ(page_ro(p), 0);
    CHECK_EQ(set_gdt(mfn, 1024), -XEN_EINVAL);
    CHECK_EQ(page_rw(p), 0);
    page_free(p);
}

TEST(set_gdt_efault, COVERS(set_gdt, EFAULT))
{
    CHECK_EQ(set_gdt(BAD_PTR, 512), -XEN_EFAULT);
    CHECK_EQ(set_gdt((void *)-8ul, 1024), -XEN_EFAULT);
}

/* ---- update_descriptor ---- */

TEST(update_descriptor_ok, COVERS(update_descriptor, ok))
{
    gdt_use();
    CHECK_EQ(update(mem_maddr(&gdt[7]), DATA3), 0);
    CHECK_EQ(gdt[7], DATA3);
    CHECK_VECTOR(load_fs(7 * 8 | 3), TRAP_NONE);
    CHECK_EQ(update(mem_maddr(&gdt[7]), 0), 0);
    struct fault f = load_fs(7 * 8 | 3);

    CHECK_VECTOR(f, TRAP_GP);
    gdt_drop();
}

/* On a plain writable page it is just a write. */
TEST(update_descriptor_plain_page_ok, COVERS(update_descriptor, ok))
{
    uint64_t *p = page_alloc();

    CHECK_EQ(update(mem_maddr(&p[3]), DATA3), 0);
    CHECK_EQ(p[3], DATA3);
    page_free(p);
}

TEST(update_descriptor_einval_misaligned, COVERS(update_descriptor, EINVAL))
{
    uint64_t *p = page_alloc();

    CHECK_EQ(update(mem_maddr(p) + 4, DATA3), -XEN_EINVAL);
    CHECK_EQ(update(mem_maddr(p) + 1, DATA3), -XEN_EINVAL);
    CHECK_EQ(p[0], 0);
    page_free(p);
}

TEST(update_descriptor_einval_frame, COVERS(update_descriptor, EINVAL))
{
    const pte_t *root = (const pte_t *)mem_start_info->pt_base;

    CHECK_EQ(update(0x000ff00000000000ul, DATA3), -XEN_EINVAL);
    CHECK_EQ(update(mem_foreign_mfn(0) << 12, DATA3), -XEN_EINVAL);
    CHECK_EQ(update(mem_maddr(&root[1]), DATA3), -XEN_EINVAL);
    CHECK_EQ(root[1], 0);
}

/* ---- what a descriptor may be ---- */

/* Access byte and flags over a flat base. */
static uint64_t make(unsigned access, unsigned flags)
{
    return 0x000f00000000ffffull | (uint64_t)access << 40 |
           (uint64_t)flags << 52;
}

/*
 * Every access byte with every G/D/L/AVL nibble: what is taken ends up with
 * DPL 3 if it can be loaded at all, no system descriptor is live, and no load
 * of any of it does harm.
 */
TEST(descriptor_patterns)
{
    unsigned taken = 0, loaded = 0;

    gdt_use();
    for (unsigned access = 0; access < 256; access++) {
        for (unsigned flags = 0; flags < 16; flags++) {
            uint64_t d = make(access, flags);
            long rc = update(mem_maddr(&gdt[9]), d);

            if (rc) {
                CHECK_EQ(rc, -XEN_EINVAL);
                CHECK_EQ(update(mem_maddr(&gdt[9]), 0), 0);
                continue;
            }
            taken++;
            uint64_t now = *(volatile uint64_t *)&gdt[9];
            bool present = now >> 47 & 1, s = now >> 44 & 1;
            unsigned dpl = now >> 45 & 3;

            /* Type 0 is a reserved one that the processor refuses; a gate
             * of DPL 0 is one that ring 3 cannot use. */
            if (present && !s && (now >> 40 & 15) && dpl != 0)
                test_fail(__FILE__, __LINE__, "system descriptor %lx",
                          (ulong_t)d);
            if (present && s && dpl == 0)
                test_fail(__FILE__, __LINE__, "DPL 0: %lx", (ulong_t)d);
            for (unsigned rpl = 0; rpl < 4; rpl++) {
                struct fault f = load_fs(9 * 8 | rpl);

                if (f.vector == TRAP_NONE)
                    loaded++;
                else if (f.vector != TRAP_GP && f.vector != TRAP_NP)
                    test_fail(__FILE__, __LINE__, "load %lx: %s", (ulong_t)d,
                              trap_name(f.vector));
            }
        }
    }
    CHECK(taken > 0 && loaded > 0);
    print("INFO %u of 4096 descriptors taken, %u loads\n", taken, loaded);
    gdt_drop();
}

/* Not present: #NP for a data segment, #SS for a stack, with the selector. */
TEST(not_present_np_ss)
{
    uint64_t absent = DATA3 & ~(1ull << 47);
    struct fault f;

    gdt_use();
    CHECK_EQ(update(mem_maddr(&gdt[9]), absent), 0);
    f = load_fs(9 * 8 | 3);
    CHECK_VECTOR(f, TRAP_NP);
    CHECK_EQ(f.error, 9 * 8);
    f = TRY(__asm__ volatile("mov %0, %%ss" : : "r"(9 * 8 | 3)));
    CHECK_VECTOR(f, TRAP_SS);
    CHECK_EQ(f.error, 9 * 8);
    gdt_drop();
}

/* A conforming code segment would let ring 3 code run at... ring 3: still
 * refused or harmless. A far jump to any selector never leaves ring 3. */
TEST(far_jump_stays_in_ring3)
{
    gdt_use();
    for (unsigned access = 0x98; access < 0x100; access++) {
        if (!(access & 8) || !(access & 0x10) || !(access & 0x80))
            continue;
        if (update(mem_maddr(&gdt[9]), make(access, 0xa)))
            continue;
        ulong_t cs = 3;
        struct fault f =
            TRY(__asm__ volatile("push %1\n"
                                 "lea 1f(%%rip), %%rax\n"
                                 "push %%rax\n"
                                 "lretq\n"
                                 "1: mov %%cs, %0\n"
                                 "push %2\n"
                                 "lea 2f(%%rip), %%rax\n"
                                 "push %%rax\n"
                                 "lretq\n"
                                 "2:\n"
                                 : "=&r"(cs)
                                 : "r"(9ul * 8 | 3), "i"(FLAT_KERNEL_CS)
                                 : "rax", "memory"));

        if (f.vector == TRAP_NONE)
            CHECK_EQ(cs & 3, 3);
    }
    gdt_drop();
}

/* Call gates: no type of gate can be made live. */
TEST(call_gates_refused)
{
    extern char gate_target[];
    struct {
        uint32_t offset;
        uint16_t sel;
    } __attribute__((packed)) far = {0, 9 * 8 | 3};

    gdt_use();
    for (unsigned type = 0; type < 16; type++) {
        uint64_t target = (uint64_t)FLAT_KERNEL_CS << 16 |
                          ((ulong_t)gate_target & 0xffff) |
                          ((ulong_t)gate_target & 0xffff0000) << 32 |
                          (uint64_t)(0xe0 | type) << 40;
        long rc = update(mem_maddr(&gdt[9]), target);

        if (rc == 0 && type != 0) /* absent, or DPL 0 */
            CHECK((gdt[9] >> 47 & 1) == 0 || (gdt[9] >> 45 & 3) == 0);
        struct fault f = TRY(__asm__ volatile("lcall *%0" : : "m"(far)));

        CHECK(f.vector == TRAP_GP || f.vector == TRAP_NP);
    }
    CHECK_EQ(update(mem_maddr(&gdt[9]), 0), 0);
    gdt_drop();
    __asm__ volatile(".globl gate_target\ngate_target:");
}

/* Every selector there is, into FS and GS: fine, #GP or #NP. */
TEST(all_selectors_loaded)
{
    unsigned ok = 0;

    for (unsigned sel = 0; sel < 0x10000; sel++) {
        struct fault f = TRY(__asm__ volatile("mov %0, %%fs" : : "r"(sel)));

        if (f.vector == TRAP_NONE)
            ok++;
        else if (f.vector != TRAP_GP && f.vector != TRAP_NP)
            test_fail(__FILE__, __LINE__, "selector %x: %s", sel,
                      trap_name(f.vector));
    }
    __asm__ volatile("mov %0, %%fs" : : "r"(0));
    print("INFO %u of 65536 selectors load\n", ok);
    CHECK(ok >= 4 + 2 && ok < 100);
}

TEST(all_selectors_loaded_gs)
{
    for (unsigned sel = 0; sel < 0x10000; sel += 1) {
        struct fault f = TRY(__asm__ volatile("mov %0, %%gs" : : "r"(sel)));

        if (f.vector != TRAP_NONE && f.vector != TRAP_GP && f.vector != TRAP_NP)
            test_fail(__FILE__, __LINE__, "selector %x: %s", sel,
                      trap_name(f.vector));
    }
    __asm__ volatile("mov %0, %%gs" : : "r"(0));
    CHECK_EQ(hypercall(__HYPERVISOR_xen_version, 0, 0), 4 << 16 | 17);
}

/* LAR and LSL tell nothing but about ring-3 segments, or what all know. */
TEST(lar_lsl_verr_all_selectors)
{
    unsigned visible = 0;

    for (unsigned sel = 0; sel < 0x10000; sel += 8) {
        uint32_t v;
        uint8_t zf;

        __asm__ volatile("lar %2, %0\nsete %1"
                         : "=r"(v), "=q"(zf)
                         : "r"(sel | 3)
                         : "cc");
        if (zf) {
            visible++;
            CHECK_EQ(v >> 13 & 3, 3); /* DPL */
        }
        __asm__ volatile("lsl %1, %0" : "=r"(v) : "r"(sel | 3) : "cc");
    }
    print("INFO lar: %u selectors\n", visible);
}

/* ---- set_segment_base ---- */

static uint64_t rdmsr(uint32_t msr)
{
    uint32_t lo, hi;

    __asm__ volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
    return (uint64_t)hi << 32 | lo;
}

static long segbase(unsigned which, ulong_t base)
{
    return hypercall(__HYPERVISOR_set_segment_base, which, base);
}

TEST(set_segment_base_fs_ok, COVERS(set_segment_base, ok))
{
    static ulong_t word = 0x1122334455667788;
    ulong_t v;

    CHECK_EQ(segbase(SEGBASE_FS, (ulong_t)&word), 0);
    CHECK_EQ(rdmsr(0xc0000100), (ulong_t)&word);
    __asm__ volatile("mov %%fs:0, %0" : "=r"(v));
    CHECK_EQ(v, 0x1122334455667788);
    CHECK_EQ(segbase(SEGBASE_FS, 0), 0);
}

TEST(set_segment_base_gs_kernel_ok, COVERS(set_segment_base, ok))
{
    static ulong_t word = 0x1122334455667799;
    ulong_t v;

    CHECK_EQ(segbase(SEGBASE_GS_KERNEL, (ulong_t)&word), 0);
    __asm__ volatile("mov %%gs:0, %0" : "=r"(v));
    CHECK_EQ(v, 0x1122334455667799);
    CHECK_EQ(segbase(SEGBASE_GS_KERNEL, 0), 0);
}

USER_CODE(u_read_gs, "mov %gs:0, %rax; mov %gs, %ecx");
USER_DATA static ulong_t user_word = 0x99887766;

TEST(set_segment_base_gs_user_ok, COVERS(set_segment_base, ok))
{
    static ulong_t kernel_word = 1;
    struct fault f;
    ulong_t v;

    CHECK_EQ(segbase(SEGBASE_GS_USER_SEL, 0), 0);
    CHECK_EQ(segbase(SEGBASE_GS_USER, (ulong_t)&user_word), 0);
    CHECK_EQ(segbase(SEGBASE_GS_KERNEL, (ulong_t)&kernel_word), 0);
    f = user_try(u_read_gs);
    CHECK_VECTOR(f, TRAP_SYSCALL);
    CHECK_EQ(f.regs.rax, 0x99887766);
    __asm__ volatile("mov %%gs:0, %0" : "=r"(v));
    CHECK_EQ(v, 1); /* back in kernel mode, the kernel's */
    CHECK_EQ(segbase(SEGBASE_GS_USER, 0), 0);
    CHECK_EQ(segbase(SEGBASE_GS_KERNEL, 0), 0);
}

USER_CODE(u_gs_sel, "mov %gs, %eax");

TEST(set_segment_base_gs_user_sel_ok, COVERS(set_segment_base, ok))
{
    struct fault f;

    CHECK_EQ(segbase(SEGBASE_GS_USER_SEL, FLAT_RING3_DS32), 0);
    f = user_try(u_gs_sel);
    CHECK_VECTOR(f, TRAP_SYSCALL);
    CHECK_EQ(f.regs.rax, FLAT_RING3_DS32);
    CHECK_EQ(segbase(SEGBASE_GS_USER_SEL, 0), 0);
    f = user_try(u_gs_sel);
    CHECK_EQ(f.regs.rax, 0);
}

/* A bad selector becomes NULL. Ring 0's are bad. */
TEST(set_segment_base_gs_user_sel_bad)
{
    static const unsigned sel[] = {0x1233, 0xe008, 0xe010, 0xe040, 0xffff};

    for (unsigned i = 0; i < ARRAY_LEN(sel); i++) {
        long rc = segbase(SEGBASE_GS_USER_SEL, sel[i]);

        CHECK(rc == 0 || rc == -XEN_EINVAL);
        struct fault f = user_try(u_gs_sel);

        CHECK_VECTOR(f, TRAP_SYSCALL);
        CHECK_EQ(f.regs.rax & 0xfffc, 0);
    }
    CHECK_EQ(segbase(SEGBASE_GS_USER_SEL, 0), 0);
}

TEST(set_segment_base_einval_noncanonical, COVERS(set_segment_base, EINVAL))
{
    for (unsigned which = SEGBASE_FS; which <= SEGBASE_GS_KERNEL; which++) {
        CHECK_EQ(segbase(which, 0x8000000000000000ul), -XEN_EINVAL);
        CHECK_EQ(segbase(which, 0x0000800000000000ul), -XEN_EINVAL);
    }
    CHECK_EQ(rdmsr(0xc0000100), 0);
    CHECK_EQ(rdmsr(0xc0000101), 0);
}

/* A base in the hypervisor's half is just a number. */
TEST(set_segment_base_negative_ok, COVERS(set_segment_base, ok))
{
    CHECK_EQ(segbase(SEGBASE_GS_KERNEL, 0xffff82d040000000ul), 0);
    CHECK_FAULT(TRAP_PF, __asm__ volatile("mov %%gs:0, %%rax" : : : "rax"));
    CHECK_EQ(hypercall(__HYPERVISOR_xen_version, 0, 0), 4 << 16 | 17);
    CHECK_EQ(segbase(SEGBASE_GS_KERNEL, ~0ul), 0);
    CHECK_EQ(hypercall(__HYPERVISOR_xen_version, 0, 0), 4 << 16 | 17);
    CHECK_FAULT(TRAP_UD, __asm__ volatile("ud2"));
    CHECK_EQ(segbase(SEGBASE_GS_KERNEL, 0), 0);
}

TEST(set_segment_base_einval_which, COVERS(set_segment_base, EINVAL))
{
    CHECK_EQ(segbase(4, 0), -XEN_EINVAL);
    CHECK_EQ(segbase(~0u, 0), -XEN_EINVAL);
}

/* ---- the failsafe callback ---- */

static volatile bool spin_on;
static void spinner(void *arg)
{
    (void)arg;
    while (spin_on)
        smp_relax();
}

static volatile unsigned failsafes;
static bool failsafe_hook(struct regs *r)
{
    if (r->vector != TRAP_FAILSAFE)
        return false;
    failsafes++;
    return true;
}

/*
 * A selector in FS whose descriptor goes away: when another vCPU has run in
 * between, reloading it faults, and the guest is entered at its failsafe
 * callback with the selectors that there were. Boot with SMP=1 to see it:
 * on two CPUs the two vCPUs do not take turns.
 */
TEST(failsafe_on_selector_reload)
{
    if (smp_count() < 2)
        SKIP("one vCPU");
    gdt_use();
    CHECK_EQ(update(mem_maddr(&gdt[9]), DATA3), 0);
    failsafes = 0;
    spin_on = true;
    trap_hook = failsafe_hook;
    REQUIRE_EQ(smp_start(1, spinner, NULL), 0);
    __asm__ volatile("mov %0, %%fs" : : "r"(9 * 8 | 3));
    CHECK_EQ(update(mem_maddr(&gdt[9]), 0), 0);
    for (unsigned i = 0; i < 300 && !failsafes; i++)
        smp_relax();
    __asm__ volatile("mov %0, %%fs" : : "r"(0));
    spin_on = false;
    CHECK(smp_join(1));
    trap_hook = NULL;
    gdt_drop();
    if (!failsafes)
        SKIP("the vCPUs do not share a CPU");
    CHECK_EQ(failsafes, 1);
    CHECK_EQ(trap_failsafe_sel[2], 9 * 8 | 3);
}
