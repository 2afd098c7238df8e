/* SPDX-License-Identifier: MIT */
/*
 * Numbers that no call has, or that this hypervisor does not offer: each is
 * -ENOSYS, or its own refusal, whatever the arguments; and what the argument
 * registers hold beside the arguments does not matter.
 */
#include "guest.h"

/* Numbers without a call in Xen 4.17 x86 PV either. */
TEST(unused_numbers_enosys, COVERS(*, ENOSYS))
{
    static const ulong_t op[] = {
        11,  43,   44,   45,         46,         47,        50,  51,
        55,  56,   57,   63,         64,         65,        128, 255,
        256, 4095, 4096, 0x7fffffff, 0x80000000, 0xffffffff};

    for (unsigned i = 0; i < ARRAY_LEN(op); i++) {
        long rc = hypercall(op[i], ~0ul, ~0ul, ~0ul, ~0ul, ~0ul);

        if (rc != -XEN_ENOSYS)
            test_fail(__FILE__, __LINE__, "number %lx: %ld", op[i], rc);
    }
}

/* The number is taken as 64 bits by Parvis; Xen looks at the low half. */
TEST(number_high_half)
{
    long rc = hypercall(BIT(32) | __HYPERVISOR_xen_version, 0, 0);

    CHECK(rc == -XEN_ENOSYS || rc == (4 << 16 | 17));
    rc = hypercall(BIT(63) | 11, 0, 0);
    CHECK_EQ(rc, -XEN_ENOSYS);
}

/* Offered by Xen, not by Parvis (ABI.md): -ENOSYS where not Xen. */
TEST(not_offered_enosys,
     COVERS(xsm_op, ENOSYS) COVERS(xenoprof_op, ENOSYS) COVERS(hvm_op, ENOSYS)
         COVERS(kexec_op, ENOSYS) COVERS(tmem_op, ENOSYS)
             COVERS(argo_op, ENOSYS) COVERS(xenpmu_op, ENOSYS)
                 COVERS(dm_op, ENOSYS) COVERS(hypfs_op, ENOSYS)
                     COVERS(mca, ENOSYS) COVERS(sched_op_compat, ENOSYS)
                         COVERS(event_channel_op_compat, ENOSYS)
                             COVERS(physdev_op_compat, ENOSYS))
{
    static const unsigned op[] = {
        __HYPERVISOR_xsm_op,
        __HYPERVISOR_xenoprof_op,
        __HYPERVISOR_hvm_op,
        __HYPERVISOR_kexec_op,
        __HYPERVISOR_tmem_op,
        __HYPERVISOR_argo_op,
        __HYPERVISOR_xenpmu_op,
        __HYPERVISOR_dm_op,
        __HYPERVISOR_hypfs_op,
        __HYPERVISOR_mca,
        __HYPERVISOR_sched_op_compat,
        __HYPERVISOR_event_channel_op_compat,
        __HYPERVISOR_physdev_op_compat,
    };

    for (unsigned i = 0; i < ARRAY_LEN(op); i++) {
        long rc = hypercall(op[i], 0xffff820000000000ul, 0xffff820000000000ul,
                            0xffff820000000000ul);

        if (rc != -XEN_ENOSYS && !test_on_xen())
            test_fail(__FILE__, __LINE__, "call %u: %ld", op[i], rc);
    }
}

USER_CODE(u_hypercall, "mov $17, %eax; xor %edi, %edi; xor %esi, %esi");

/* A user process cannot make a hypercall: its syscall is the kernel's. */
TEST(user_syscall_is_no_hypercall)
{
    struct fault f = user_try(u_hypercall);

    CHECK_VECTOR(f, TRAP_SYSCALL);
    CHECK_EQ(f.regs.rax, 17);
}

/* Every number with all-ones and with hypervisor pointers: an error, no
 * harm. Left out: those that would end or change this guest. */
TEST(all_numbers_with_bad_pointers)
{
    static const ulong_t bad[] = {~0ul,
                                  0xffff820000000000ul,
                                  0x8000000000000000ul,
                                  0xffff83007fff0000ul,
                                  1,
                                  0x1000};
    unsigned tried = 0;

    for (unsigned op = 0; op < 64; op++) {
        switch (op) {
        case __HYPERVISOR_iret:
        case __HYPERVISOR_set_callbacks:
        case __HYPERVISOR_set_trap_table:
        case __HYPERVISOR_stack_switch:
        case __HYPERVISOR_fpu_taskswitch:
        case __HYPERVISOR_set_timer_op:
        case __HYPERVISOR_set_segment_base:
        case __HYPERVISOR_set_debugreg:
        case __HYPERVISOR_xenoprof_op:
        case __HYPERVISOR_kexec_op:
        case __HYPERVISOR_sched_op_compat: /* takes a reason by value */
            continue;
        }
        for (unsigned i = 0; i < ARRAY_LEN(bad); i++) {
            for (unsigned cmd = 0; cmd < 64; cmd++) {
                if (op == __HYPERVISOR_sched_op &&
                    (cmd == SCHEDOP_block || cmd == SCHEDOP_shutdown))
                    continue;
                if (op == __HYPERVISOR_vcpu_op && cmd == VCPUOP_down)
                    continue;
                if (op == __HYPERVISOR_vm_assist ||
                    op == __HYPERVISOR_console_io)
                    continue;
                /* Where the first argument is a pointer, and where not. */
                hypercall(op, cmd, bad[i], bad[i], bad[i], bad[i]);
                if (op != __HYPERVISOR_sched_op) /* 1 would block */
                    hypercall(op, bad[i], 1, bad[i], DOMID_SELF, bad[i]);
                tried += 2;
            }
        }
    }
    trap_restore();
    print("INFO %u calls\n", tried);
    CHECK_EQ(hypercall(__HYPERVISOR_xen_version, 0, 0), 4 << 16 | 17);
    CHECK_FAULT(TRAP_UD, __asm__ volatile("ud2"));
}

/* Registers other than the documented outputs are kept. */
extern ulong_t kept_registers[6];
ulong_t kept_registers[6];

TEST(registers_kept)
{
    const ulong_t *out = kept_registers;

    __asm__ volatile("mov $0x1111, %%rbx\n"
                     "mov $0x2222, %%r12\n"
                     "mov $0x3333, %%r13\n"
                     "mov $0x4444, %%r14\n"
                     "mov $0x5555, %%r15\n"
                     "mov $0x6666, %%r9\n"
                     "mov $17, %%eax\n"
                     "xor %%edi, %%edi\n"
                     "xor %%esi, %%esi\n"
                     "syscall\n"
                     "lea kept_registers(%%rip), %%rax\n"
                     "mov %%rbx, 0(%%rax)\n"
                     "mov %%r12, 8(%%rax)\n"
                     "mov %%r13, 16(%%rax)\n"
                     "mov %%r14, 24(%%rax)\n"
                     "mov %%r15, 32(%%rax)\n"
                     "mov %%r9, 40(%%rax)\n"
                     :
                     :
                     : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9",
                       "r10", "r11", "r12", "r13", "r14", "r15", "memory",
                       "cc");
    CHECK_EQ(out[0], 0x1111);
    CHECK_EQ(out[1], 0x2222);
    CHECK_EQ(out[2], 0x3333);
    CHECK_EQ(out[3], 0x4444);
    CHECK_EQ(out[4], 0x5555);
    CHECK_EQ(out[5], 0x6666);
}

/* After a call: RCX is RIP, R11 is RFLAGS, on either way out. */
TEST(rcx_r11_after_call)
{
    ulong_t rcx, r11, rip, flags;

    __asm__ volatile("mov $17, %%eax\n"
                     "xor %%edi, %%edi\n"
                     "xor %%esi, %%esi\n"
                     "stc\n"
                     "syscall\n"
                     "1: lea 1b(%%rip), %2\n"
                     "pushf\n"
                     "pop %3\n"
                     : "=&c"(rcx), "=&r"(r11), "=&r"(rip), "=&r"(flags)
                     :
                     : "rax", "rdx", "rsi", "rdi", "r8", "r9", "r10", "memory",
                       "cc");
    CHECK_EQ(rcx, rip);
    (void)r11;
    CHECK_EQ(flags & 1, 1);
    CHECK_EQ(flags & 0x3000, 0);
}
