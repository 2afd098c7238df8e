/* SPDX-License-Identifier: MIT */
/*
 * Entry points: set_trap_table, callback_op, set_callbacks, stack_switch,
 * nmi_op, fpu_taskswitch.
 */
#include "guest.h"

#define BAD_PTR       ((void *)0xffff820000000000ul)
#define NON_CANONICAL 0x8000000000000000ul

/* ---- set_trap_table ---- */

TEST(set_trap_table_ok, COVERS(set_trap_table, ok))
{
    CHECK_EQ(trap_set_one(TRAP_UD, 0, FLAT_KERNEL_CS, trap_stub(TRAP_GP)), 0);
    CHECK_FAULT(TRAP_GP, __asm__ volatile("ud2\nnop"));
    CHECK_EQ(trap_set_one(TRAP_UD, 0, FLAT_KERNEL_CS, trap_stub(TRAP_UD)), 0);
    CHECK_FAULT(TRAP_UD, __asm__ volatile("ud2"));
}

/* All 256 vectors; the list ends at address 0. */
TEST(set_trap_table_256_ok, COVERS(set_trap_table, ok))
{
    static struct trap_info ti[257];

    for (unsigned v = 0; v < 256; v++) {
        ti[v].vector = (uint8_t)v;
        ti[v].flags = v >= 32 ? 3 : 0;
        ti[v].cs = FLAT_KERNEL_CS;
        ti[v].address = v < 20 ? trap_stub(v) : trap_stub(TRAP_INT80);
    }
    memset(&ti[256], 0, sizeof(ti[256]));
    CHECK_EQ(hypercall(__HYPERVISOR_set_trap_table, ti), 0);
    CHECK_FAULT(TRAP_INT80, __asm__ volatile("int $0xc8"));
    CHECK_EQ(hypercall(__HYPERVISOR_set_trap_table, NULL), 0);
    trap_restore();
}

/* NULL: every vector is removed. */
TEST(set_trap_table_null_ok, COVERS(set_trap_table, ok))
{
    CHECK_EQ(hypercall(__HYPERVISOR_set_trap_table, NULL), 0);
    trap_restore();
    CHECK_FAULT(TRAP_UD, __asm__ volatile("ud2"));
}

TEST(set_trap_table_efault, COVERS(set_trap_table, EFAULT))
{
    CHECK_EQ(hypercall(__HYPERVISOR_set_trap_table, BAD_PTR), -XEN_EFAULT);
    CHECK_EQ(hypercall(__HYPERVISOR_set_trap_table, NON_CANONICAL),
             -XEN_EFAULT);
    trap_restore();
}

/* The list runs into a hole: those before it are set. */
TEST(set_trap_table_efault_tail, COVERS(set_trap_table, EFAULT))
{
    char *p = page_alloc(), *w = window_alloc(), *w2 = window_alloc();
    struct trap_info *ti = (struct trap_info *)(p + PAGE_SIZE) - 1;

    if (w2 == w + PAGE_SIZE) {
        ti->vector = TRAP_INT80;
        ti->flags = 3;
        ti->cs = FLAT_KERNEL_CS;
        ti->address = trap_stub(TRAP_INT81);
        CHECK_EQ(window_map(w, mem_mfn(p), PTE_KERN), 0);
        CHECK_EQ(
            hypercall(__HYPERVISOR_set_trap_table, w + PAGE_SIZE - sizeof(*ti)),
            -XEN_EFAULT);
    } else {
        test_skip("windows are not adjacent");
    }
    window_free(w);
    window_free(w2);
    page_free(p);
    trap_restore();
}

TEST(set_trap_table_einval_address, COVERS(set_trap_table, EINVAL))
{
    CHECK_EQ(trap_set_one(TRAP_INT80, 3, FLAT_KERNEL_CS, NON_CANONICAL),
             -XEN_EINVAL);
    CHECK_EQ(trap_set_one(TRAP_INT80, 3, FLAT_KERNEL_CS, 0x0000800000000000ul),
             -XEN_EINVAL);
    trap_restore();
}

/* Selectors of ring 0 or of nothing: raised, or a fault later; never ring
 * 0. The frame says what was run. */
TEST(set_trap_table_selectors)
{
    static const uint16_t cs[] = {0xe030, 0xe031, 0xe033, 0xe032};

    for (unsigned i = 0; i < ARRAY_LEN(cs); i++) {
        CHECK_EQ(trap_set_one(TRAP_INT80, 3, cs[i], trap_stub(TRAP_INT80)), 0);
        CHECK_FAULT(TRAP_INT80, __asm__ volatile("int $0x80"));
    }
    trap_restore();
}

static uint8_t mask_seen;
static bool mask_hook(struct regs *r)
{
    if (r->vector != TRAP_INT80)
        return false;
    mask_seen = mem_vcpu_info(0)->evtchn_upcall_mask;
    return true;
}

/* Flag bit 2 masks upcalls on entry; without it they stay as they were. */
TEST(set_trap_table_mask_flag, COVERS(set_trap_table, ok))
{
    trap_hook = mask_hook;
    CHECK_EQ(
        trap_set_one(TRAP_INT80, 3 | 4, FLAT_KERNEL_CS, trap_stub(TRAP_INT80)),
        0);
    event_unmask();
    __asm__ volatile("int $0x80");
    CHECK_EQ(mask_seen, 1);
    CHECK_EQ(mem_vcpu_info(0)->evtchn_upcall_mask, 0); /* by iret */
    CHECK_EQ(trap_set_one(TRAP_INT80, 3, FLAT_KERNEL_CS, trap_stub(TRAP_INT80)),
             0);
    __asm__ volatile("int $0x80");
    CHECK_EQ(mask_seen, 0);
    event_mask();
    trap_hook = NULL;
    trap_restore();
}

/* ---- callback_op ---- */

static long reg(uint16_t type, uint16_t flags, ulong_t addr)
{
    struct callback_register cb = {
        .type = type, .flags = flags, .address = addr};

    return hypercall(__HYPERVISOR_callback_op, CALLBACKOP_register, &cb);
}

static long unreg(uint16_t type)
{
    struct callback_unregister cb = {.type = type};

    return hypercall(__HYPERVISOR_callback_op, CALLBACKOP_unregister, &cb);
}

TEST(callback_op_register_ok, COVERS(callback_op.register, ok))
{
    CHECK_EQ(reg(CALLBACKTYPE_event, 0, (ulong_t)trap_event_entry), 0);
    CHECK_EQ(reg(CALLBACKTYPE_failsafe, CALLBACKF_mask_events,
                 (ulong_t)trap_failsafe_entry),
             0);
    CHECK_EQ(reg(CALLBACKTYPE_syscall, CALLBACKF_mask_events,
                 (ulong_t)trap_syscall_entry),
             0);
    CHECK_EQ(reg(CALLBACKTYPE_syscall32, 0, (ulong_t)trap_syscall32_entry), 0);
    CHECK_EQ(reg(CALLBACKTYPE_sysenter, 0, (ulong_t)trap_sysenter_entry), 0);
    CHECK_EQ(reg(CALLBACKTYPE_nmi, 0, (ulong_t)trap_nmi_entry), 0);
    trap_restore();
}

TEST(callback_op_register_enosys_type, COVERS(callback_op.register, ENOSYS))
{
    static const uint16_t types[] = {6, 8, 99, 0xffff};

    for (unsigned i = 0; i < ARRAY_LEN(types); i++)
        CHECK_EQ(reg(types[i], 0, (ulong_t)trap_event_entry), -XEN_ENOSYS);
}

TEST(callback_op_register_einval_address, COVERS(callback_op.register, EINVAL))
{
    for (uint16_t t = CALLBACKTYPE_event; t <= CALLBACKTYPE_syscall; t++)
        CHECK_EQ(reg(t, 0, NON_CANONICAL), -XEN_EINVAL);
    CHECK_EQ(reg(CALLBACKTYPE_syscall32, 0, NON_CANONICAL), -XEN_EINVAL);
    CHECK_EQ(reg(CALLBACKTYPE_sysenter, 0, NON_CANONICAL), -XEN_EINVAL);
    CHECK_EQ(reg(CALLBACKTYPE_nmi, 0, NON_CANONICAL), -XEN_EINVAL);
}

TEST(callback_op_register_efault, COVERS(callback_op.register, EFAULT))
{
    CHECK_EQ(hypercall(__HYPERVISOR_callback_op, CALLBACKOP_register, BAD_PTR),
             -XEN_EFAULT);
}

TEST(callback_op_unregister_ok, COVERS(callback_op.unregister, ok))
{
    CHECK_EQ(reg(CALLBACKTYPE_nmi, 0, (ulong_t)trap_nmi_entry), 0);
    CHECK_EQ(unreg(CALLBACKTYPE_nmi), 0);
}

TEST(callback_op_unregister_einval, COVERS(callback_op.unregister, EINVAL))
{
    CHECK_EQ(unreg(CALLBACKTYPE_event), -XEN_EINVAL);
    CHECK_EQ(unreg(CALLBACKTYPE_failsafe), -XEN_EINVAL);
    CHECK_EQ(unreg(CALLBACKTYPE_syscall), -XEN_EINVAL);
    CHECK_EQ(unreg(CALLBACKTYPE_sysenter), -XEN_EINVAL);
}

TEST(callback_op_unregister_enosys, COVERS(callback_op.unregister, ENOSYS))
{
    CHECK_EQ(unreg(99), -XEN_ENOSYS);
}

TEST(callback_op_unregister_efault, COVERS(callback_op.unregister, EFAULT))
{
    CHECK_EQ(
        hypercall(__HYPERVISOR_callback_op, CALLBACKOP_unregister, BAD_PTR),
        -XEN_EFAULT);
}

TEST(callback_op_enosys, COVERS(callback_op, ENOSYS))
{
    CHECK_EQ(hypercall(__HYPERVISOR_callback_op, 2, NULL), -XEN_ENOSYS);
    CHECK_EQ(hypercall(__HYPERVISOR_callback_op, 99, NULL), -XEN_ENOSYS);
}

USER_CODE(u_syscall, "nop");
static uint8_t syscall_mask;
static bool syscall_hook(struct regs *r)
{
    (void)r;
    syscall_mask = mem_vcpu_info(0)->evtchn_upcall_mask;
    return false;
}

/* CALLBACKF_mask_events on syscall: upcalls are masked in the handler. */
TEST(callback_op_syscall_mask_events, COVERS(callback_op.register, ok))
{
    struct regs r;

    if (user_init() < 0)
        test_abort("user_init");
    trap_hook = syscall_hook;
    CHECK_EQ(reg(CALLBACKTYPE_syscall, CALLBACKF_mask_events,
                 (ulong_t)trap_syscall_entry),
             0);
    r = user_regs(u_syscall); /* IF set: unmasked in user mode */
    user_run(&r);
    CHECK_EQ(syscall_mask, 1);
    CHECK_EQ(reg(CALLBACKTYPE_syscall, 0, (ulong_t)trap_syscall_entry), 0);
    user_run(&r);
    CHECK_EQ(syscall_mask, 0);
    trap_hook = NULL;
}

/* ---- set_callbacks: the older call ---- */

TEST(set_callbacks_ok, COVERS(set_callbacks, ok))
{
    CHECK_EQ(hypercall(__HYPERVISOR_set_callbacks, trap_event_entry,
                       trap_failsafe_entry, trap_syscall_entry),
             0);
    trap_restore();
}

TEST(set_callbacks_noncanonical)
{
    /* Xen ignores the return codes of its three parts. */
    long rc = hypercall(__HYPERVISOR_set_callbacks, NON_CANONICAL,
                        NON_CANONICAL, NON_CANONICAL);

    CHECK(rc == 0 || rc == -XEN_EINVAL);
    trap_restore();
    long p = event_bind_ipi(0);

    event_port_unmask((unsigned)p);
    event_unmask();
    CHECK_EQ(event_send((unsigned)p), 0);
    CHECK_EQ(event_count[p], 1);
    event_mask();
    event_close((unsigned)p);
}

/* ---- stack_switch ---- */

static char other_stack[8192] ALIGNED(16);
USER_CODE(u_int80, "int $0x80");
static ulong_t frame_at;
static bool frame_hook(struct regs *r)
{
    frame_at = (ulong_t)r;
    return false;
}

TEST(stack_switch_ok, COVERS(stack_switch, ok))
{
    struct fault f;

    CHECK_EQ(hypercall(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS,
                       other_stack + sizeof(other_stack)),
             0);
    trap_hook = frame_hook;
    f = user_try(u_int80);
    trap_hook = NULL;
    CHECK_VECTOR(f, TRAP_INT80);
    CHECK(frame_at >= (ulong_t)other_stack &&
          frame_at < (ulong_t)other_stack + sizeof(other_stack));
    trap_restore();
}

/* An unaligned kernel stack: the frame is aligned down. */
TEST(stack_switch_misaligned_ok, COVERS(stack_switch, ok))
{
    struct fault f;

    CHECK_EQ(hypercall(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS,
                       other_stack + sizeof(other_stack) - 3),
             0);
    f = user_try(u_int80);
    CHECK_VECTOR(f, TRAP_INT80);
    trap_restore();
}

TEST(stack_switch_selectors)
{
    static const uint16_t ss[] = {0xe02b, 0xe028, 0xe02a, 0};

    for (unsigned i = 0; i < ARRAY_LEN(ss); i++) {
        long rc = hypercall(__HYPERVISOR_stack_switch, ss[i], trap_stack_top);

        CHECK(rc == 0 || rc == -XEN_EINVAL);
        if (rc == 0) {
            struct fault f = user_try(u_int80);

            CHECK_VECTOR(f, TRAP_INT80);
        }
    }
    trap_restore();
}

/* ---- nmi_op ---- */

TEST(nmi_op_register_ok, COVERS(nmi_op.register_callback, ok)
                             COVERS(nmi_op.unregister_callback, ok))
{
    struct xennmi_callback cb = {.handler_address = (ulong_t)trap_nmi_entry};

    CHECK_EQ(hypercall(__HYPERVISOR_nmi_op, XENNMI_register_callback, &cb), 0);
    CHECK_EQ(hypercall(__HYPERVISOR_nmi_op, XENNMI_unregister_callback, NULL),
             0);
}

TEST(nmi_op_register_einval, COVERS(nmi_op.register_callback, EINVAL))
{
    struct xennmi_callback cb = {.handler_address = NON_CANONICAL};

    CHECK_EQ(hypercall(__HYPERVISOR_nmi_op, XENNMI_register_callback, &cb),
             -XEN_EINVAL);
}

TEST(nmi_op_register_efault, COVERS(nmi_op.register_callback, EFAULT))
{
    CHECK_EQ(hypercall(__HYPERVISOR_nmi_op, XENNMI_register_callback, BAD_PTR),
             -XEN_EFAULT);
}

TEST(nmi_op_enosys, COVERS(nmi_op, ENOSYS))
{
    CHECK_EQ(hypercall(__HYPERVISOR_nmi_op, 2, NULL), -XEN_ENOSYS);
}

static unsigned nmis;
static bool nmi_hook(struct regs *r)
{
    if (r->vector != TRAP_NMI_CB)
        return false;
    nmis++;
    return true;
}

/* VCPUOP_send_nmi enters the callback. */
TEST(nmi_delivered)
{
    struct xennmi_callback cb = {.handler_address = (ulong_t)trap_nmi_entry};

    nmis = 0;
    trap_hook = nmi_hook;
    CHECK_EQ(hypercall(__HYPERVISOR_nmi_op, XENNMI_register_callback, &cb), 0);
    CHECK_EQ(smp_vcpu_op(VCPUOP_send_nmi, 0, NULL), 0);
    smp_relax();
    CHECK_EQ(nmis, 1);
    /* Its iret ended the NMI: another one comes. */
    CHECK_EQ(smp_vcpu_op(VCPUOP_send_nmi, 0, NULL), 0);
    smp_relax();
    CHECK_EQ(nmis, 2);
    CHECK_EQ(hypercall(__HYPERVISOR_nmi_op, XENNMI_unregister_callback, NULL),
             0);
    trap_hook = NULL;
}

/* ---- fpu_taskswitch ---- */

TEST(fpu_taskswitch_ok, COVERS(fpu_taskswitch, ok))
{
    CHECK_EQ(hypercall(__HYPERVISOR_fpu_taskswitch, 1), 0);
    CHECK_FAULT(TRAP_NM, __asm__ volatile("fnop"));
    CHECK_EQ(hypercall(__HYPERVISOR_fpu_taskswitch, 1), 0);
    CHECK_EQ(hypercall(__HYPERVISOR_fpu_taskswitch, 0), 0);
    CHECK_FAULT(TRAP_NONE, __asm__ volatile("fnop"));
}
