/* SPDX-License-Identifier: MIT */
/*
 * The iret hypercall: what a frame may say, what is forced, and where a frame
 * that cannot be returned to ends up.
 */
#include "guest.h"

extern ulong_t resume_flags;

USER_CODE(u_here, "nop");
USER_CODE(u_flags, "pushf; pop %rax");

/* All registers of user mode arrive as the frame says. */
TEST(iret_user_registers_ok, COVERS(iret, ok))
{
    struct regs r = user_regs(u_here);
    struct fault f;

    if (user_init() < 0)
        test_abort("user_init");
    r.rax = 0x1111111111111111;
    r.rbx = 0x2222222222222222;
    r.rcx = 0x3333333333333333;
    r.rdx = 0x4444444444444444;
    r.rsi = 0x5555555555555555;
    r.rdi = 0x6666666666666666;
    r.rbp = 0x7777777777777777;
    r.r8 = 0x8888888888888888;
    r.r9 = 0x9999999999999999;
    r.r10 = 0xaaaaaaaaaaaaaaaa;
    r.r11 = 0xbbbbbbbbbbbbbbbb;
    r.r12 = 0xcccccccccccccccc;
    r.r13 = 0xdddddddddddddddd;
    r.r14 = 0xeeeeeeeeeeeeeeee;
    r.r15 = 0xffffffffffffffff;
    f = user_run(&r);
    CHECK_VECTOR(f, TRAP_SYSCALL);
    CHECK_EQ(f.regs.rax, r.rax);
    CHECK_EQ(f.regs.rbx, r.rbx);
    CHECK_EQ(f.regs.rdx, r.rdx);
    CHECK_EQ(f.regs.rsi, r.rsi);
    CHECK_EQ(f.regs.rdi, r.rdi);
    CHECK_EQ(f.regs.rbp, r.rbp);
    CHECK_EQ(f.regs.r8, r.r8);
    CHECK_EQ(f.regs.r9, r.r9);
    CHECK_EQ(f.regs.r10, r.r10);
    CHECK_EQ(f.regs.r12, r.r12);
    CHECK_EQ(f.regs.r13, r.r13);
    CHECK_EQ(f.regs.r14, r.r14);
    CHECK_EQ(f.regs.r15, r.r15);
    CHECK_EQ(f.regs.rsp, r.rsp);
}

USER_CODE(u_save_rcx_r11, "mov %rcx, %rax; mov %r11, %rbx");

/* Without VGCF_in_syscall the frame's rcx and r11 are restored. */
TEST(iret_rcx_r11_restored_ok, COVERS(iret, ok))
{
    struct regs r = user_regs(u_save_rcx_r11);
    struct fault f;

    if (user_init() < 0)
        test_abort("user_init");
    r.rcx = 0x123456789abcdef0;
    r.r11 = 0x0fedcba987654321;
    f = user_run(&r);
    CHECK_EQ(f.regs.rax, r.rcx);
    CHECK_EQ(f.regs.rbx, r.r11);
}

/* With it, RCX is RIP and R11 is RFLAGS: no kernel value leaks. */
TEST(iret_in_syscall_ok, COVERS(iret, ok))
{
    struct regs r = user_regs(u_save_rcx_r11);
    struct fault f;

    if (user_init() < 0)
        test_abort("user_init");
    r.rcx = 0xdeadbeef;
    r.r11 = 0xdeadbeef;
    resume_flags = VGCF_in_syscall;
    f = user_run(&r);
    resume_flags = 0;
    CHECK_VECTOR(f, TRAP_SYSCALL);
    CHECK_EQ(f.regs.rax, (ulong_t)u_save_rcx_r11);
    CHECK_EQ(f.regs.rbx & ~0x10000ul, 0x202);
}

/* The same, with a frame that sysret could not make. */
TEST(iret_in_syscall_odd_selectors)
{
    struct regs r = user_regs(u_save_rcx_r11);
    struct fault f;

    if (user_init() < 0)
        test_abort("user_init");
    r.rcx = r.r11 = 0xdeadbeef;
    r.rflags |= 0x10000; /* RF */
    resume_flags = VGCF_in_syscall;
    f = user_run(&r);
    resume_flags = 0;
    CHECK_VECTOR(f, TRAP_SYSCALL);
    CHECK_EQ(f.regs.rax, (ulong_t)u_save_rcx_r11);
    CHECK(f.regs.rbx != 0xdeadbeef);
}

/* RPL 0 to 2: to kernel mode; the guest goes on in ring 3 all the same. */
static ulong_t kernel_iret(unsigned rpl, ulong_t rflags)
{
    ulong_t cs;

    __asm__ volatile("mov %%rsp, %%rbx\n"
                     "push %[ss]\n"
                     "push %%rbx\n"
                     "push %[fl]\n"
                     "push %[cs]\n"
                     "lea 1f(%%rip), %%rcx\n"
                     "push %%rcx\n"
                     "push $0\n"    /* flags */
                     "push $0x33\n" /* rcx */
                     "push $0x11\n" /* r11 */
                     "push $0x77\n" /* rax */
                     "mov $23, %%eax\n"
                     "syscall\n"
                     "ud2\n"
                     "1: mov %%cs, %%rax\n"
                     : "=&a"(cs)
                     : [ss] "r"((ulong_t)FLAT_KERNEL_SS),
                       [cs] "r"((FLAT_KERNEL_CS & ~3ul) | rpl), [fl] "r"(rflags)
                     : "rbx", "rcx", "r11", "memory", "cc");
    return cs;
}

TEST(iret_kernel_mode_ok, COVERS(iret, ok))
{
    for (unsigned rpl = 0; rpl < 3; rpl++) {
        CHECK_EQ(kernel_iret(rpl, 0x2), FLAT_KERNEL_CS);
        CHECK_EQ(mem_vcpu_info(0)->evtchn_upcall_mask, 1);
        CHECK_EQ(kernel_iret(rpl, 0x202), FLAT_KERNEL_CS);
        CHECK_EQ(mem_vcpu_info(0)->evtchn_upcall_mask, 0);
        event_mask();
    }
}

/* IF in the frame's flags is the upcall mask, inverted; always set for real. */
TEST(iret_if_is_mask_ok, COVERS(iret, ok))
{
    struct regs r = user_regs(u_flags);
    struct fault f;

    if (user_init() < 0)
        test_abort("user_init");
    r.rflags = 0x202;
    f = user_run(&r);
    CHECK_EQ(f.regs.rax & 0x200, 0x200);
    CHECK_EQ(f.regs.saved_mask, 0);
    /* To user mode with IF clear: forced on. */
    r.rflags = 0x002;
    f = user_run(&r);
    CHECK_EQ(f.regs.rax & 0x200, 0x200);
}

/* IOPL is forced to 0, VM and VIP and VIF gone, NT and TF as asked. */
TEST(iret_flags_sanitised)
{
    static const ulong_t bad[] = {0x3000,
                                  0x20000,
                                  0x80000,
                                  0x100000,
                                  0x3fffff & ~0x100ul,
                                  0xffffffff00000000ul};
    struct fault f;

    if (user_init() < 0)
        test_abort("user_init");
    for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
        struct regs r = user_regs(u_flags);

        r.rflags = 0x202 | bad[i];
        f = user_run(&r);
        /* VM or a reserved bit may be refused with a fault instead. */
        if (f.vector != TRAP_SYSCALL)
            continue;
        CHECK_EQ(f.regs.rax & 0x3000, 0);
        CHECK_EQ(f.regs.rax & 0x20000, 0);
    }
    __asm__ volatile("cld");
}

/* ---- frames that cannot be returned to ---- */

static struct fault run_bad(const struct regs *r)
{
    if (user_init() < 0)
        test_abort("user_init");
    return user_run(r);
}

/* A RIP that is not canonical: #GP in the guest, no fault in the
 * hypervisor. */
TEST(iret_noncanonical_rip)
{
    static const ulong_t rip[] = {0x8000000000000000ul, 0x0000800000000000ul,
                                  0xffff7fffffffffffull};

    for (unsigned i = 0; i < ARRAY_LEN(rip); i++) {
        struct regs r = user_regs((void *)rip[i]);
        struct fault f = run_bad(&r);

        print("INFO rip %lx: %s error %lx cs %x rip %lx\n", rip[i],
              trap_name(f.vector), f.error, f.regs.cs, f.rip);
        CHECK(f.vector == TRAP_GP || f.vector == TRAP_PF ||
              f.vector == TRAP_FAILSAFE);
        resume_flags = VGCF_in_syscall;
        f = run_bad(&r);
        resume_flags = 0;
        CHECK(f.vector == TRAP_GP || f.vector == TRAP_PF ||
              f.vector == TRAP_FAILSAFE);
    }
}

/* The last canonical address below the hole: fetch from there faults. */
TEST(iret_edge_of_canonical)
{
    struct regs r = user_regs((void *)0x00007ffffffffffful);
    struct fault f = run_bad(&r);

    CHECK(f.vector == TRAP_PF || f.vector == TRAP_GP);
    resume_flags = VGCF_in_syscall;
    f = run_bad(&r);
    resume_flags = 0;
    CHECK(f.vector == TRAP_PF || f.vector == TRAP_GP);
}

/* Into the hypervisor: a page fault of the guest's. */
TEST(iret_hypervisor_rip)
{
    struct regs r = user_regs((void *)0xffff82d040200000ul);
    struct fault f = run_bad(&r);

    CHECK_VECTOR(f, TRAP_PF);
    CHECK_EQ(f.error & 4, 4);
    CHECK_EQ(f.rip, 0xffff82d040200000ul);
}

TEST(iret_noncanonical_rsp)
{
    struct regs r = user_regs(u_here);
    struct fault f;

    r.rsp = 0x8000000000000000ul;
    f = run_bad(&r);
    /* rsp is not looked at by iretq: it gets there. */
    CHECK(f.vector == TRAP_SYSCALL || f.vector == TRAP_SS ||
          f.vector == TRAP_GP || f.vector == TRAP_FAILSAFE);
}

static unsigned failsafe_seen;

/*
 * Bad code and stack selectors: the failsafe callback or #GP, in the guest's
 * kernel; never ring 0.
 */
TEST(iret_bad_selectors)
{
    static const uint16_t cs[] = {0x0003, 0x0013, 0xe00b, 0xe013, 0xe043,
                                  0xffff, 0x1233, 0xe02b, 0x000b};
    static const uint16_t ss[] = {0x0000, 0x0003, 0xe008, 0xe010, 0xe013,
                                  0xe043, 0xffff, 0x1233, 0xe033, 0x0007};

    failsafe_seen = 0;
    for (unsigned i = 0; i < ARRAY_LEN(cs); i++) {
        struct regs r = user_regs(u_here);
        struct fault f;

        r.cs = cs[i];
        f = run_bad(&r);
        if (f.vector == TRAP_FAILSAFE)
            failsafe_seen++;
        else if (f.vector != TRAP_GP && f.vector != TRAP_NP)
            test_fail(__FILE__, __LINE__, "cs %x: %s", cs[i],
                      trap_name(f.vector));
    }
    for (unsigned i = 0; i < ARRAY_LEN(ss); i++) {
        struct regs r = user_regs(u_here);
        struct fault f;

        r.ss = ss[i];
        f = run_bad(&r);
        if (f.vector == TRAP_FAILSAFE)
            failsafe_seen++;
        else if (f.vector == TRAP_SYSCALL)
            CHECK_EQ(f.regs.ss & 3, 3);
        else if (f.vector != TRAP_GP && f.vector != TRAP_SS)
            test_fail(__FILE__, __LINE__, "ss %x: %s", ss[i],
                      trap_name(f.vector));
    }
    print("INFO %u failsafe callbacks\n", failsafe_seen);
}

/* With RPL forced, ring 0's own selectors are just bad ones. */
TEST(iret_ring0_selectors)
{
    struct fault f;

    for (unsigned sel = 0xe000; sel < 0xe100; sel += 8) {
        struct regs r = user_regs(u_here);

        if (sel == (FLAT_RING3_CS64 & ~7) || sel == (FLAT_RING3_CS32 & ~7))
            continue;
        r.cs = sel | 3;
        f = run_bad(&r);
        CHECK_NE(f.vector, TRAP_SYSCALL);
        CHECK_NE(f.vector, TRAP_NONE);
    }
}

USER_CODE(u_code32, ".code32; mov %cs, %eax; int $0x80; .code64");

/* 32-bit user code through the flat selector; int 0x80 comes back. */
TEST(iret_to_32bit_user_code)
{
    struct regs r = user_regs(u_code32);
    struct fault f;

    if (user_init() < 0)
        test_abort("user_init");
    /* The image is above 4 GiB: a fetch there wraps to nothing mapped. */
    r.cs = FLAT_USER_CS32;
    f = user_run(&r);
    CHECK(f.vector == TRAP_PF || f.vector == TRAP_GP);
    CHECK_EQ(f.regs.cs, FLAT_USER_CS32);
}

/* To user mode without a user root: the domain is crashed, see crash.c. */

USER_CODE(u_mark, "mov $0x1234, %eax");

/* Random frames: flags, selectors and addresses of all kinds. */
static uint64_t seed = 88172645463325252ull;
static uint64_t rnd(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static ulong_t odd_value(void)
{
    static const ulong_t v[] = {0,
                                1,
                                0x8000000000000000ul,
                                0x00007ffffffffffful,
                                0x0000800000000000ul,
                                0xffff800000000000ul,
                                0xffff82d040200000ul,
                                ~0ul,
                                0xffffffff80000000ul};
    uint64_t n = rnd() % 16;

    return n < ARRAY_LEN(v) ? v[n] : rnd();
}

TEST(iret_random_frames)
{
    unsigned counts[32] = {0}, other = 0;

    if (user_init() < 0)
        test_abort("user_init");
    for (unsigned i = 0; i < 20000; i++) {
        struct regs r = user_regs(u_mark);
        uint64_t what = rnd();

        if (what & 1)
            r.rip = odd_value();
        if (what & 2)
            r.cs = (uint32_t)(rnd() & 0xffff) | 3;
        if (what & 4)
            r.rflags = rnd() & ~0x100ul;
        if (what & 8)
            r.rsp = odd_value();
        if (what & 16)
            r.ss = rnd() & 0xffff;
        resume_flags = what & 32 ? VGCF_in_syscall : 0;
        struct fault f = user_run(&r);

        resume_flags = 0;
        if (f.vector < 32)
            counts[f.vector]++;
        else
            other++;
        if ((f.regs.cs & 3) != 3 && f.vector == TRAP_SYSCALL)
            test_fail(__FILE__, __LINE__, "cs %x", f.regs.cs);
    }
    print("INFO 20000 frames: #GP %u #PF %u #SS %u #NP %u #UD %u other %u\n",
          counts[TRAP_GP], counts[TRAP_PF], counts[TRAP_SS], counts[TRAP_NP],
          counts[TRAP_UD], other);
}
