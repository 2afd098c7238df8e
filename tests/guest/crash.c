/* SPDX-License-Identifier: MIT */
/*
 * What a guest kernel can only lose by: the hypervisor crashes this domain,
 * says so, and is well itself. A boot for each (see test.h).
 */
#include "guest.h"

bool family_one_boot_each(void)
{
    return true;
}

USER_CODE(u_ud, "ud2");
USER_CODE(u_nop, "nop");

/* A fault in kernel mode while RSP leads nowhere. */
static void fault_with_rsp(ulong_t rsp)
{
    test_expect_crash();
    __asm__ volatile("mov %0, %%rsp\n"
                     "ud2"
                     :
                     : "r"(rsp));
    __builtin_unreachable();
}

TEST(kernel_stack_noncanonical)
{
    fault_with_rsp(0x8000000000000000ul);
}

TEST(kernel_stack_unmapped)
{
    fault_with_rsp(0x123456789000ul);
}

TEST(kernel_stack_in_hypervisor)
{
    fault_with_rsp(0xffff82d040400000ul);
}

TEST(kernel_stack_in_m2p)
{
    fault_with_rsp(0xffff800000100000ul);
}

/* The frame would wrap around the end of the address space. */
TEST(kernel_stack_wraps)
{
    fault_with_rsp(0x10);
}

TEST(kernel_stack_read_only)
{
    char *p = page_alloc();

    CHECK_EQ(page_ro(p), 0);
    fault_with_rsp((ulong_t)p + PAGE_SIZE);
}

/* A fault in user mode, and the registered kernel stack is no good. */
static void user_fault_with_stack(ulong_t sp)
{
    if (user_init() < 0)
        test_abort("user_init");
    CHECK_EQ(hypercall(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS, sp), 0);
    test_expect_crash();
    user_try(u_ud);
}

TEST(user_fault_stack_unmapped)
{
    user_fault_with_stack(0x123456789000ul);
}

TEST(user_fault_stack_in_hypervisor)
{
    user_fault_with_stack(0xffff82d040400000ul);
}

TEST(user_fault_stack_noncanonical)
{
    user_fault_with_stack(0x8000000000000000ul);
}

TEST(user_fault_stack_zero)
{
    user_fault_with_stack(0);
}

TEST(user_syscall_stack_unmapped)
{
    if (user_init() < 0)
        test_abort("user_init");
    CHECK_EQ(
        hypercall(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS, 0x123456789000ul),
        0);
    test_expect_crash();
    user_try(u_nop);
}

/* No handler for the exception. */
TEST(no_handler)
{
    CHECK_EQ(hypercall(__HYPERVISOR_set_trap_table, NULL), 0);
    test_expect_crash();
    __asm__ volatile("ud2");
}

/* The handler's first instruction faults, again and again. */
TEST(handler_unmapped)
{
    CHECK_EQ(trap_set_one(TRAP_PF, 0, FLAT_KERNEL_CS, 0x123456789000ul), 0);
    test_expect_crash();
    *(volatile char *)0x123456000000ul = 0;
}

TEST(iret_frame_unreadable)
{
    test_expect_crash();
    __asm__ volatile("mov %0, %%rsp\n"
                     "mov $23, %%eax\n"
                     "syscall\n"
                     :
                     : "r"(0x123456789000ul));
    __builtin_unreachable();
}

TEST(iret_frame_in_hypervisor)
{
    test_expect_crash();
    __asm__ volatile("mov %0, %%rsp\n"
                     "mov $23, %%eax\n"
                     "syscall\n"
                     :
                     : "r"(0xffff82d040400000ul));
    __builtin_unreachable();
}

TEST(iret_to_user_without_root)
{
    struct regs r = user_regs(u_nop);

    CHECK_EQ(pt_mmuext(MMUEXT_NEW_USER_BASEPTR, 0), 0);
    test_expect_crash();
    user_run(&r);
}

/* A bad selector on the way out, and no room for the failsafe frame. */
TEST(failsafe_frame_fails)
{
    struct regs r;

    if (user_init() < 0)
        test_abort("user_init");
    CHECK_EQ(
        hypercall(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS, 0x123456789000ul),
        0);
    r = user_regs(u_nop);
    r.cs = 0x1233;
    test_expect_crash();
    user_run(&r);
}

TEST(shutdown_crash)
{
    struct sched_shutdown op = {.reason = SHUTDOWN_crash};

    test_expect_crash();
    hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, &op);
}
