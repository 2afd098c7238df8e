/* SPDX-License-Identifier: MIT */
/*
 * set_debugreg, get_debugreg, and breakpoints as they arrive.
 */
#include "guest.h"

static long set(unsigned reg, ulong_t v)
{
    return hypercall(__HYPERVISOR_set_debugreg, reg, v);
}

static ulong_t get(unsigned reg)
{
    return (ulong_t)hypercall(__HYPERVISOR_get_debugreg, reg);
}

static void clear(void)
{
    set(7, 0x400);
    for (unsigned i = 0; i < 4; i++)
        set(i, 0);
    set(6, 0xffff0ff0);
}

TEST(set_debugreg_ok, COVERS(set_debugreg, ok) COVERS(get_debugreg, ok))
{
    for (unsigned i = 0; i < 4; i++) {
        CHECK_EQ(set(i, 0x1000 + i), 0);
        CHECK_EQ(get(i), 0x1000 + i);
    }
    clear();
    CHECK_EQ(get(0), 0);
    CHECK_EQ(get(7) & 0xff, 0);
}

TEST(set_debugreg_enodev_reg, COVERS(set_debugreg, ENODEV))
{
    CHECK_EQ(set(8, 0), -XEN_ENODEV);
    CHECK_EQ(set(99, 0), -XEN_ENODEV);
    CHECK_EQ(set(~0u, 0), -XEN_ENODEV);
}

TEST(get_debugreg_enodev_reg, COVERS(get_debugreg, ENODEV))
{
    CHECK_EQ(get(8), -XEN_ENODEV);
    CHECK_EQ(get(~0u), -XEN_ENODEV);
}

/* 4 and 5: aliases that CR4.DE turns off. */
TEST(set_debugreg_4_5)
{
    long rc = set(4, 0xffff0ff0);

    CHECK(rc == 0 || rc == -XEN_EINVAL || rc == -XEN_ENODEV);
}

/* No breakpoint may lie in the hypervisor. */
TEST(set_debugreg_eperm_hypervisor, COVERS(set_debugreg, EPERM))
{
    for (unsigned i = 0; i < 4; i++) {
        CHECK_EQ(set(i, 0xffff82d040200000ul), -XEN_EPERM);
        CHECK_EQ(set(i, 0xffff800000000000ul), -XEN_EPERM);
        CHECK_EQ(get(i), 0);
    }
}

TEST(set_debugreg_noncanonical)
{
    long rc = set(0, 0x8000000000000000ul);

    CHECK(rc == 0 || rc == -XEN_EPERM || rc == -XEN_EINVAL);
    clear();
}

/* I/O breakpoints need CR4.DE; general detect is the hypervisor's. */
TEST(set_debugreg_dr7_reserved)
{
    CHECK(set(7, 0x402000 | BIT(32)) != 0 || (get(7) >> 32) == 0);
    set(7, 0x400 | BIT(13)); /* GD */
    CHECK_EQ(get(7) & BIT(13), 0);
    clear();
}

extern char bp_here[];
static __attribute__((noinline)) void bp_function(void)
{
    __asm__ volatile(".globl bp_here\nbp_here: nop\nnop");
}

TEST(execution_breakpoint)
{
    struct fault f;

    CHECK_EQ(set(0, (ulong_t)bp_here), 0);
    CHECK_EQ(set(7, 0x401 | 1), 0);
    f = TRY(bp_function());
    CHECK_VECTOR(f, TRAP_DB);
    CHECK_EQ(f.rip, (ulong_t)bp_here);
    CHECK_EQ(get(6) & 0xf, 1);
    clear();
    f = TRY(bp_function());
    CHECK_VECTOR(f, TRAP_NONE);
}

static volatile ulong_t watched;

TEST(write_watchpoint)
{
    struct fault f;

    CHECK_EQ(set(1, (ulong_t)&watched), 0);
    CHECK_EQ(set(7, 0x400 | 4 | 0xd00000), 0); /* L1, write, 8 bytes: LEN */
    f = TRY(watched = 5);
    CHECK_VECTOR(f, TRAP_DB);
    CHECK_EQ(get(6) & 0xf, 2);
    clear();
    CHECK_FAULT(TRAP_NONE, watched = 6);
}

/* The hypervisor reading the guest's data on a watchpoint is no trap. */
TEST(watchpoint_hit_by_hypercall)
{
    static struct sched_poll op;
    struct fault f;

    op.timeout = 1;
    CHECK_EQ(set(2, (ulong_t)&op), 0);
    CHECK_EQ(set(7, 0x400 | 0x10 | 0xf000000), 0); /* L2, r/w, 4 bytes */
    f = TRY(hypercall(__HYPERVISOR_sched_op, SCHEDOP_poll, &op));
    CHECK_VECTOR(f, TRAP_NONE);
    clear();
}

USER_DATA static volatile ulong_t user_watched = 1;
USER_CODE(u_write, "movq $3, (%rdi)");

TEST(watchpoint_in_user_mode)
{
    struct regs r;
    struct fault f;

    if (user_init() < 0)
        test_abort("user_init");
    CHECK_EQ(set(3, (ulong_t)&user_watched), 0);
    CHECK_EQ(set(7, 0x400 | 0x40 | 0xd0000000), 0);
    r = user_regs(u_write);
    r.rdi = (ulong_t)&user_watched;
    f = user_run(&r);
    CHECK_VECTOR(f, TRAP_DB);
    CHECK_EQ(f.regs.cs, FLAT_USER_CS);
    clear();
}

/*
 * mov %ss with a watchpoint on its operand, then syscall: the delayed #DB
 * would hit the hypervisor's entry. QEMU 7.2 does not delay it; Bochs does.
 */
static uint32_t ss_word = FLAT_KERNEL_SS;
static unsigned dbs;
static bool count_db(struct regs *r)
{
    if (r->vector != TRAP_DB)
        return false;
    dbs++;
    return true;
}

TEST(mov_ss_then_syscall)
{
    long ret = 0;

    dbs = 0;
    trap_hook = count_db;
    CHECK_EQ(set(0, (ulong_t)&ss_word), 0);
    CHECK_EQ(set(7, 0x400 | 1 | 0xf0000), 0);
    __asm__ volatile("mov %1, %%ss\n"
                     "syscall\n"
                     : "=a"(ret)
                     : "m"(ss_word), "0"((ulong_t)__HYPERVISOR_xen_version),
                       "D"(0ul), "S"(0ul)
                     : "rcx", "r11", "rdx", "r8", "r10", "memory");
    clear();
    trap_hook = NULL;
    CHECK_EQ(ret, 4 << 16 | 17);
}

TEST(mov_ss_then_int3)
{
    dbs = 0;
    CHECK_EQ(set(0, (ulong_t)&ss_word), 0);
    CHECK_EQ(set(7, 0x400 | 1 | 0xf0000), 0);
    struct fault f = TRY(__asm__ volatile("mov %0, %%ss\n"
                                          "int3\n"
                                          :
                                          : "m"(ss_word)));

    clear();
    CHECK(f.vector == TRAP_BP || f.vector == TRAP_DB);
}

/* TF set over a hypercall: one trap, in the guest, after it. */
TEST(single_step_over_syscall)
{
    long ret;

    dbs = 0;
    trap_hook = count_db;
    __asm__ volatile("pushf\n"
                     "orl $0x100, (%%rsp)\n"
                     "popf\n"
                     "syscall\n"
                     "pushf\n"
                     "andl $~0x100, (%%rsp)\n"
                     "popf\n"
                     : "=a"(ret)
                     : "0"((ulong_t)__HYPERVISOR_xen_version), "D"(0ul),
                       "S"(0ul)
                     : "rcx", "r11", "rdx", "r8", "r10", "memory", "cc");
    trap_hook = NULL;
    clear();
    CHECK_EQ(ret, 4 << 16 | 17);
    CHECK(dbs >= 1 && dbs < 8);
}
