/* SPDX-License-Identifier: MIT */
/*
 * multicall: results per entry, every call in it, and what is refused.
 */
#include "guest.h"

#define BAD_PTR ((void *)0xffff820000000000ul)

static long multicall(void *entries, unsigned n)
{
    return hypercall(__HYPERVISOR_multicall, entries, n);
}

static struct multicall_entry entry(unsigned op, ulong_t a, ulong_t b)
{
    struct multicall_entry e;

    memset(&e, 0, sizeof(e));
    e.op = op;
    e.result = 0x5a5a5a5a;
    e.args[0] = a;
    e.args[1] = b;
    return e;
}

TEST(multicall_ok, COVERS(multicall, ok))
{
    struct multicall_entry e[3];

    e[0] = entry(__HYPERVISOR_xen_version, XENVER_version, 0);
    e[1] = entry(__HYPERVISOR_xen_version, 99, 0);
    e[2] = entry(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
    CHECK_EQ(multicall(e, 3), 0);
    CHECK_EQ(e[0].result, 4 << 16 | 17);
    CHECK_EQ(e[1].result, -XEN_ENOSYS);
    CHECK_EQ(e[2].result, 0);
    /* The entries are as they were. */
    CHECK_EQ(e[0].op, __HYPERVISOR_xen_version);
    CHECK_EQ(e[1].args[0], 99);
}

TEST(multicall_zero_ok, COVERS(multicall, ok))
{
    CHECK_EQ(multicall(NULL, 0), 0);
}

/* One entry, as the toolstack sends each memory_op. */
TEST(multicall_memory_op_ok, COVERS(multicall, ok))
{
    domid_t dom = DOMID_SELF;
    struct multicall_entry e = entry(__HYPERVISOR_memory_op,
                                     XENMEM_current_reservation, (ulong_t)&dom);

    CHECK_EQ(multicall(&e, 1), 0);
    CHECK_EQ(e.result, mem_start_info->nr_pages);
}

TEST(multicall_page_tables_ok, COVERS(multicall, ok))
{
    char *w = window_alloc(), *p = page_alloc();
    struct multicall_entry e[2];

    memset(e, 0, sizeof(e));
    e[0].op = __HYPERVISOR_update_va_mapping;
    e[0].args[0] = (ulong_t)w;
    e[0].args[1] = mem_maddr(p) | PTE_KERN;
    e[0].args[2] = UVMF_INVLPG;
    e[1].op = __HYPERVISOR_update_va_mapping;
    e[1].args[0] = 0x123456789000ul;
    CHECK_EQ(multicall(e, 2), 0);
    CHECK_EQ(e[0].result, 0);
    CHECK_EQ(e[1].result, -XEN_EINVAL);
    w[0] = 3;
    CHECK_EQ(p[0], 3);
    window_free(w);
    page_free(p);
}

/* Linux sends stack_switch this way on each context switch. */
TEST(multicall_stack_switch_ok, COVERS(multicall, ok))
{
    struct multicall_entry e = entry(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS,
                                     (ulong_t)trap_stack_top);

    CHECK_EQ(multicall(&e, 1), 0);
    CHECK_EQ(e.result, 0);
}

TEST(multicall_many_ok, COVERS(multicall, ok))
{
    static struct multicall_entry e[1000];

    for (unsigned i = 0; i < 1000; i++)
        e[i] = entry(__HYPERVISOR_xen_version, XENVER_version, 0);
    CHECK_EQ(multicall(e, 1000), 0);
    for (unsigned i = 0; i < 1000; i++)
        CHECK_EQ(e[i].result, 4 << 16 | 17);
}

/* Not in another, and not iret. */
TEST(multicall_enosys_nested, COVERS(multicall, ENOSYS))
{
    struct multicall_entry inner =
        entry(__HYPERVISOR_xen_version, XENVER_version, 0);
    struct multicall_entry e[3];

    e[0] = entry(__HYPERVISOR_multicall, (ulong_t)&inner, 1);
    e[1] = entry(__HYPERVISOR_iret, 0, 0);
    e[2] = entry(__HYPERVISOR_xen_version, XENVER_version, 0);
    if (test_on_xen())
        SKIP("Xen runs both, and an iret of what is on the stack");
    CHECK_EQ(multicall(e, 3), 0);
    CHECK_EQ(e[0].result, -XEN_ENOSYS);
    CHECK_EQ(inner.result, 0x5a5a5a5a);
    CHECK_EQ(e[1].result, -XEN_ENOSYS);
    CHECK_EQ(e[2].result, 4 << 16 | 17);
}

TEST(multicall_enosys_number, COVERS(multicall, ENOSYS))
{
    static const ulong_t op[] = {
        11, 43, 47, 56, 63, 64, 1000, ~0ul, BIT(32) | __HYPERVISOR_xen_version};

    for (unsigned i = 0; i < ARRAY_LEN(op); i++) {
        struct multicall_entry e = entry(0, XENVER_version, 0);

        e.op = op[i];
        CHECK_EQ(multicall(&e, 1), 0);
        if (op[i] >> 32 && test_on_xen())
            continue; /* Xen takes the low half of it */
        CHECK_EQ(e.result, -XEN_ENOSYS);
    }
}

TEST(multicall_efault, COVERS(multicall, EFAULT))
{
    CHECK_EQ(multicall(BAD_PTR, 1), -XEN_EFAULT);
    CHECK_EQ(multicall((void *)0x8000000000000000ul, 1), -XEN_EFAULT);
    CHECK_EQ(multicall((void *)-64ul, 2), -XEN_EFAULT);
}

TEST(multicall_efault_huge, COVERS(multicall, EFAULT))
{
    struct multicall_entry e = entry(__HYPERVISOR_xen_version, 0, 0);

    /* The range ends in the hypervisor or wraps. */
    CHECK_EQ(multicall((void *)0xffff7fffffffffc0ul, ~0u), -XEN_EFAULT);
    (void)e;
}

/* The first entry is done, the second cannot be read. */
TEST(multicall_efault_tail, COVERS(multicall, EFAULT))
{
    char *p = page_alloc(), *w = window_alloc(), *w2 = window_alloc();
    struct multicall_entry *e = (struct multicall_entry *)(p + PAGE_SIZE) - 1;

    if (w2 == w + PAGE_SIZE) {
        *e = entry(__HYPERVISOR_xen_version, XENVER_version, 0);
        CHECK_EQ(window_map(w, mem_mfn(p), PTE_KERN), 0);
        CHECK_EQ(multicall(w + PAGE_SIZE - sizeof(*e), 2), -XEN_EFAULT);
    } else {
        test_skip("windows are not adjacent");
    }
    window_free(w);
    window_free(w2);
    page_free(p);
}

/* A result that cannot be written. */
TEST(multicall_efault_result, COVERS(multicall, EFAULT))
{
    struct multicall_entry *e = page_alloc();

    *e = entry(__HYPERVISOR_xen_version, XENVER_version, 0);
    CHECK_EQ(page_ro(e), 0);
    CHECK_EQ(multicall(e, 1), -XEN_EFAULT);
    CHECK_EQ(e->result, 0x5a5a5a5a);
    page_free(e);
}

/* A call that changes the entries behind it: each is read when it is due. */
TEST(multicall_entry_rewritten)
{
    struct multicall_entry e[2];

    /* The first call's output lands in the second entry's op. */
    e[1] = entry(__HYPERVISOR_xen_version, XENVER_version, 0);
    e[0] = entry(__HYPERVISOR_xen_version, XENVER_extraversion, (ulong_t)&e[1]);
    CHECK_EQ(multicall(e, 2), 0);
    CHECK_EQ(e[0].result, 0);
    CHECK_EQ(e[1].result, -XEN_ENOSYS); /* whatever number that made */
}

/* An event that is pending is taken when the multicall is over. */
TEST(multicall_delivers_event)
{
    struct evtchn_send send;
    struct multicall_entry e[2];
    long p = event_bind_ipi(0);

    REQUIRE(p > 0);
    event_port_unmask((unsigned)p);
    event_unmask();
    send.port = (unsigned)p;
    e[0] = entry(__HYPERVISOR_event_channel_op, EVTCHNOP_send, (ulong_t)&send);
    e[1] = entry(__HYPERVISOR_xen_version, XENVER_version, 0);
    CHECK_EQ(multicall(e, 2), 0);
    CHECK_EQ(event_count[p], 1);
    CHECK_EQ(e[1].result, 4 << 16 | 17);
    event_mask();
    CHECK_EQ(event_close((unsigned)p), 0);
}
