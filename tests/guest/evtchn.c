/* SPDX-License-Identifier: MIT */
/*
 * event_channel_op: binding, sending, delivery, and every refusal.
 */
#include "guest.h"

#define BAD_PTR  ((void *)0xffff820000000000ul)
#define PORT_MAX 4096u /* one past the last of the two-level ABI */

static long status(unsigned port, struct evtchn_status *st)
{
    memset(st, 0x5a, sizeof(*st));
    st->dom = DOMID_SELF;
    st->port = port;
    return event_op(EVTCHNOP_status, st);
}

static unsigned status_of(unsigned port)
{
    struct evtchn_status st;

    return status(port, &st) == 0 ? st.status : 99;
}

/* ---- alloc_unbound, bind_interdomain ---- */

TEST(evtchn_op_alloc_unbound_ok, COVERS(event_channel_op.alloc_unbound, ok))
{
    long a = event_alloc_unbound(DOMID_SELF, DOMID_SELF);
    struct evtchn_status st;

    REQUIRE(a > 0);
    CHECK_EQ(status((unsigned)a, &st), 0);
    CHECK_EQ(st.status, EVTCHNSTAT_unbound);
    CHECK_EQ(st.vcpu, 0);
    CHECK_EQ(event_close((unsigned)a), 0);
    CHECK_EQ(status_of((unsigned)a), EVTCHNSTAT_closed);
}

/* The lowest free port is used again. */
TEST(evtchn_op_alloc_unbound_reuses, COVERS(event_channel_op.alloc_unbound, ok))
{
    long a = event_alloc_unbound(DOMID_SELF, 0), b;

    REQUIRE(a > 0);
    CHECK_EQ(event_close((unsigned)a), 0);
    b = event_alloc_unbound(DOMID_SELF, 0);
    CHECK_EQ(b, a);
    CHECK_EQ(event_close((unsigned)b), 0);
}

TEST(evtchn_op_alloc_unbound_esrch,
     COVERS(event_channel_op.alloc_unbound, ESRCH))
{
    CHECK_EQ(event_alloc_unbound(77, 0), -XEN_ESRCH);
    CHECK_EQ(event_alloc_unbound(DOMID_INVALID, 0), -XEN_ESRCH);
}

TEST(evtchn_op_alloc_unbound_enospc,
     COVERS(event_channel_op.alloc_unbound, ENOSPC))
{
    unsigned n = 0, last = 0;
    long p;

    while ((p = event_alloc_unbound(DOMID_SELF, 0)) > 0) {
        last = (unsigned)p;
        n++;
    }
    CHECK_EQ(p, -XEN_ENOSPC);
    CHECK(n >= 1000 && n < PORT_MAX);
    CHECK(last < PORT_MAX);
    print("INFO %u ports, the last %u\n", n, last);
    for (unsigned i = 1; i <= last; i++)
        if (status_of(i) == EVTCHNSTAT_unbound)
            CHECK_EQ(event_close(i), 0);
}

TEST(evtchn_op_bind_interdomain_self_ok,
     COVERS(event_channel_op.bind_interdomain, ok)
         COVERS(event_channel_op.send, ok))
{
    long a = event_alloc_unbound(DOMID_SELF, DOMID_SELF), b;
    struct evtchn_status st;

    REQUIRE(a > 0);
    b = event_bind_interdomain(DOMID_SELF, (unsigned)a);
    REQUIRE(b > 0 && b != a);
    CHECK(event_pending((unsigned)b)); /* the new port starts pending */
    CHECK_EQ(status((unsigned)a, &st), 0);
    CHECK_EQ(st.status, EVTCHNSTAT_interdomain);
    CHECK_EQ(st.u.interdomain.port, b);
    CHECK_EQ(st.u.interdomain.dom, 0);
    CHECK_EQ(status((unsigned)b, &st), 0);
    CHECK_EQ(st.u.interdomain.port, a);

    event_clear((unsigned)b);
    CHECK(!event_pending((unsigned)a));
    CHECK_EQ(event_send((unsigned)b), 0);
    CHECK(event_pending((unsigned)a));
    CHECK(!event_pending((unsigned)b));
    CHECK_EQ(event_send((unsigned)a), 0);
    CHECK(event_pending((unsigned)b));

    /* Closing one end leaves the other unbound. */
    CHECK_EQ(event_close((unsigned)b), 0);
    CHECK_EQ(status_of((unsigned)a), EVTCHNSTAT_unbound);
    CHECK_EQ(event_close((unsigned)a), 0);
}

TEST(evtchn_op_bind_interdomain_einval,
     COVERS(event_channel_op.bind_interdomain, EINVAL))
{
    long a = event_alloc_unbound(DOMID_SELF, DOMID_SELF), b;

    REQUIRE(a > 0);
    CHECK_EQ(event_bind_interdomain(DOMID_SELF, 0), -XEN_EINVAL);
    CHECK_EQ(event_bind_interdomain(DOMID_SELF, PORT_MAX - 1), -XEN_EINVAL);
    CHECK_EQ(event_bind_interdomain(DOMID_SELF, PORT_MAX), -XEN_EINVAL);
    CHECK_EQ(event_bind_interdomain(DOMID_SELF, ~0u), -XEN_EINVAL);
    b = event_bind_interdomain(DOMID_SELF, (unsigned)a);
    REQUIRE(b > 0);
    /* bound already */
    CHECK_EQ(event_bind_interdomain(DOMID_SELF, (unsigned)a), -XEN_EINVAL);
    CHECK_EQ(event_close((unsigned)b), 0);
    CHECK_EQ(event_close((unsigned)a), 0);
    /* meant for another domain */
    a = event_alloc_unbound(DOMID_SELF, 77);
    if (a > 0) {
        CHECK_EQ(event_bind_interdomain(DOMID_SELF, (unsigned)a), -XEN_EINVAL);
        CHECK_EQ(event_close((unsigned)a), 0);
    }
}

TEST(evtchn_op_bind_interdomain_esrch,
     COVERS(event_channel_op.bind_interdomain, ESRCH))
{
    CHECK_EQ(event_bind_interdomain(77, 1), -XEN_ESRCH);
    CHECK_EQ(event_bind_interdomain(DOMID_INVALID, 1), -XEN_ESRCH);
}

/* ---- virq ---- */

TEST(evtchn_op_bind_virq_ok, COVERS(event_channel_op.bind_virq, ok))
{
    long p = event_bind_virq(VIRQ_TIMER, 0);
    struct evtchn_status st;

    REQUIRE(p > 0);
    CHECK_EQ(status((unsigned)p, &st), 0);
    CHECK_EQ(st.status, EVTCHNSTAT_virq);
    CHECK_EQ(st.u.virq, VIRQ_TIMER);
    CHECK_EQ(event_close((unsigned)p), 0);
}

TEST(evtchn_op_bind_virq_global_ok, COVERS(event_channel_op.bind_virq, ok))
{
    static const unsigned virqs[] = {VIRQ_CONSOLE, VIRQ_DOM_EXC,
                                     VIRQ_PCPU_STATE};

    for (unsigned i = 0; i < ARRAY_LEN(virqs); i++) {
        long p = event_bind_virq(virqs[i], 0);

        CHECK_GE(p, 1);
        if (p > 0)
            CHECK_EQ(event_close((unsigned)p), 0);
    }
}

TEST(evtchn_op_bind_virq_eexist, COVERS(event_channel_op.bind_virq, EEXIST))
{
    long p = event_bind_virq(VIRQ_TIMER, 0);

    REQUIRE(p > 0);
    CHECK_EQ(event_bind_virq(VIRQ_TIMER, 0), -XEN_EEXIST);
    CHECK_EQ(event_close((unsigned)p), 0);
    p = event_bind_virq(VIRQ_TIMER, 0);
    CHECK_GE(p, 1);
    CHECK_EQ(event_close((unsigned)p), 0);
}

TEST(evtchn_op_bind_virq_einval, COVERS(event_channel_op.bind_virq, EINVAL))
{
    CHECK_EQ(event_bind_virq(NR_VIRQS, 0), -XEN_EINVAL);
    CHECK_EQ(event_bind_virq(~0u, 0), -XEN_EINVAL);
    /* a global one is made on vCPU 0 */
    CHECK_EQ(event_bind_virq(VIRQ_CONSOLE, 1), -XEN_EINVAL);
}

TEST(evtchn_op_bind_virq_enoent_vcpu,
     COVERS(event_channel_op.bind_virq, ENOENT))
{
    CHECK_EQ(event_bind_virq(VIRQ_TIMER, 4000), -XEN_ENOENT);
    CHECK_EQ(event_bind_virq(VIRQ_TIMER, ~0u), -XEN_ENOENT);
}

/* ---- ipi ---- */

TEST(evtchn_op_bind_ipi_ok, COVERS(event_channel_op.bind_ipi, ok))
{
    long p = event_bind_ipi(0);

    REQUIRE(p > 0);
    CHECK_EQ(status_of((unsigned)p), EVTCHNSTAT_ipi);
    CHECK(!event_pending((unsigned)p));
    CHECK_EQ(event_send((unsigned)p), 0);
    CHECK(event_pending((unsigned)p));
    CHECK_EQ(event_close((unsigned)p), 0);
}

TEST(evtchn_op_bind_ipi_enoent_vcpu, COVERS(event_channel_op.bind_ipi, ENOENT))
{
    CHECK_EQ(event_bind_ipi(4000), -XEN_ENOENT);
    CHECK_EQ(event_bind_ipi(~0u), -XEN_ENOENT);
}

/* ---- pirq ---- */

TEST(evtchn_op_bind_pirq_einval, COVERS(event_channel_op.bind_pirq, EINVAL))
{
    struct evtchn_bind_pirq op = {.pirq = ~0u};

    CHECK_EQ(event_op(EVTCHNOP_bind_pirq, &op), -XEN_EINVAL);
    op.pirq = 100000;
    CHECK_EQ(event_op(EVTCHNOP_bind_pirq, &op), -XEN_EINVAL);
}

/* A pirq that no interrupt was mapped to. */
TEST(evtchn_op_bind_pirq_unmapped)
{
    struct evtchn_bind_pirq op = {.pirq = 200};

    CHECK(event_op(EVTCHNOP_bind_pirq, &op) < 0);
}

/* ---- close, send, status, unmask, bind_vcpu ---- */

TEST(evtchn_op_close_einval, COVERS(event_channel_op.close, EINVAL))
{
    CHECK_EQ(event_close(0), -XEN_EINVAL);
    CHECK_EQ(event_close(PORT_MAX - 1), -XEN_EINVAL);
    CHECK_EQ(event_close(PORT_MAX), -XEN_EINVAL);
    CHECK_EQ(event_close(~0u), -XEN_EINVAL);
}

TEST(evtchn_op_close_clears_pending, COVERS(event_channel_op.close, ok))
{
    long p = event_bind_ipi(0);

    REQUIRE(p > 0);
    CHECK_EQ(event_send((unsigned)p), 0);
    CHECK(event_pending((unsigned)p));
    CHECK_EQ(event_close((unsigned)p), 0);
    CHECK(!event_pending((unsigned)p));
}

TEST(evtchn_op_send_einval, COVERS(event_channel_op.send, EINVAL))
{
    CHECK_EQ(event_send(0), -XEN_EINVAL);
    CHECK_EQ(event_send(PORT_MAX - 1), -XEN_EINVAL);
    CHECK_EQ(event_send(PORT_MAX), -XEN_EINVAL);
    CHECK_EQ(event_send(~0u), -XEN_EINVAL);
}

/* A virq is not the guest's to send. */
TEST(evtchn_op_send_einval_virq, COVERS(event_channel_op.send, EINVAL))
{
    long p = event_bind_virq(VIRQ_TIMER, 0);

    REQUIRE(p > 0);
    CHECK_EQ(event_send((unsigned)p), -XEN_EINVAL);
    CHECK_EQ(event_close((unsigned)p), 0);
}

/* Nobody is bound to it: silently nothing. */
TEST(evtchn_op_send_unbound_ok, COVERS(event_channel_op.send, ok))
{
    long p = event_alloc_unbound(DOMID_SELF, 0);

    REQUIRE(p > 0);
    CHECK_EQ(event_send((unsigned)p), 0);
    CHECK_EQ(event_close((unsigned)p), 0);
}

TEST(evtchn_op_status_ok, COVERS(event_channel_op.status, ok))
{
    struct evtchn_status st;
    long p = event_bind_ipi(0);

    REQUIRE(p > 0);
    CHECK_EQ(status((unsigned)p, &st), 0);
    CHECK_EQ(st.status, EVTCHNSTAT_ipi);
    CHECK_EQ(event_close((unsigned)p), 0);
}

TEST(evtchn_op_status_einval, COVERS(event_channel_op.status, EINVAL))
{
    struct evtchn_status st;

    CHECK_EQ(status(PORT_MAX, &st), -XEN_EINVAL);
    CHECK_EQ(status(~0u, &st), -XEN_EINVAL);
}

TEST(evtchn_op_status_esrch, COVERS(event_channel_op.status, ESRCH))
{
    struct evtchn_status st = {.dom = 77, .port = 1};

    CHECK_EQ(event_op(EVTCHNOP_status, &st), -XEN_ESRCH);
}

TEST(evtchn_op_unmask_ok, COVERS(event_channel_op.unmask, ok))
{
    struct evtchn_unmask op;
    long p = event_bind_ipi(0);

    REQUIRE(p > 0);
    op.port = (unsigned)p;
    CHECK_EQ(event_op(EVTCHNOP_unmask, &op), 0);
    event_unmask();
    CHECK_EQ(event_send((unsigned)p), 0);
    CHECK_EQ(event_count[p], 1);
    event_mask();
    CHECK_EQ(event_close((unsigned)p), 0);
}

/* Pending while masked: unmask delivers it. */
TEST(evtchn_op_unmask_delivers_pending, COVERS(event_channel_op.unmask, ok))
{
    struct evtchn_unmask op;
    long p = event_bind_ipi(0);

    REQUIRE(p > 0);
    event_unmask();
    CHECK_EQ(event_send((unsigned)p), 0);
    CHECK_EQ(event_count[p], 0);
    CHECK(event_pending((unsigned)p));
    op.port = (unsigned)p;
    CHECK_EQ(event_op(EVTCHNOP_unmask, &op), 0);
    CHECK_EQ(event_count[p], 1);
    event_mask();
    CHECK_EQ(event_close((unsigned)p), 0);
}

TEST(evtchn_op_unmask_einval, COVERS(event_channel_op.unmask, EINVAL))
{
    struct evtchn_unmask op = {.port = PORT_MAX};

    CHECK_EQ(event_op(EVTCHNOP_unmask, &op), -XEN_EINVAL);
    op.port = ~0u;
    CHECK_EQ(event_op(EVTCHNOP_unmask, &op), -XEN_EINVAL);
}

TEST(evtchn_op_bind_vcpu_ok, COVERS(event_channel_op.bind_vcpu, ok))
{
    struct evtchn_bind_vcpu op;
    struct evtchn_status st;
    long p = event_alloc_unbound(DOMID_SELF, 0);

    if (smp_count() < 2)
        SKIP("one vCPU");
    REQUIRE(p > 0);
    op.port = (unsigned)p;
    op.vcpu = 1;
    CHECK_EQ(event_op(EVTCHNOP_bind_vcpu, &op), 0);
    CHECK_EQ(status((unsigned)p, &st), 0);
    CHECK_EQ(st.vcpu, 1);
    op.vcpu = 0;
    CHECK_EQ(event_op(EVTCHNOP_bind_vcpu, &op), 0);
    CHECK_EQ(event_close((unsigned)p), 0);
}

TEST(evtchn_op_bind_vcpu_einval, COVERS(event_channel_op.bind_vcpu, EINVAL))
{
    struct evtchn_bind_vcpu op = {.port = PORT_MAX - 1, .vcpu = 0};
    long p;

    CHECK_EQ(event_op(EVTCHNOP_bind_vcpu, &op), -XEN_EINVAL);
    op.port = ~0u;
    CHECK_EQ(event_op(EVTCHNOP_bind_vcpu, &op), -XEN_EINVAL);
    /* An IPI and a per-vCPU virq stay where they are. */
    p = event_bind_ipi(0);
    op.port = (unsigned)p;
    CHECK_EQ(event_op(EVTCHNOP_bind_vcpu, &op), -XEN_EINVAL);
    event_close((unsigned)p);
    p = event_bind_virq(VIRQ_TIMER, 0);
    op.port = (unsigned)p;
    CHECK_EQ(event_op(EVTCHNOP_bind_vcpu, &op), -XEN_EINVAL);
    event_close((unsigned)p);
}

TEST(evtchn_op_bind_vcpu_enoent, COVERS(event_channel_op.bind_vcpu, ENOENT))
{
    struct evtchn_bind_vcpu op = {.port = 1, .vcpu = 4000};

    CHECK_EQ(event_op(EVTCHNOP_bind_vcpu, &op), -XEN_ENOENT);
}

TEST(evtchn_op_reset_ok, COVERS(event_channel_op.reset, ok))
{
    struct evtchn_reset op = {.dom = DOMID_SELF};
    long a = event_alloc_unbound(DOMID_SELF, 0);
    long b = event_bind_virq(VIRQ_TIMER, 0);

    REQUIRE(a > 0 && b > 0);
    CHECK_EQ(event_op(EVTCHNOP_reset, &op), 0);
    CHECK_EQ(status_of((unsigned)a), EVTCHNSTAT_closed);
    CHECK_EQ(status_of((unsigned)b), EVTCHNSTAT_closed);
    b = event_bind_virq(VIRQ_TIMER, 0);
    CHECK_GE(b, 1);
    CHECK_EQ(event_close((unsigned)b), 0);
}

TEST(evtchn_op_reset_esrch, COVERS(event_channel_op.reset, ESRCH))
{
    struct evtchn_reset op = {.dom = 77};

    CHECK_EQ(event_op(EVTCHNOP_reset, &op), -XEN_ESRCH);
}

/* ---- FIFO: Xen has it, Parvis answers -ENOSYS ---- */

TEST(evtchn_op_fifo, COVERS(event_channel_op.init_control, ENOSYS)
                         COVERS(event_channel_op.expand_array, ENOSYS)
                             COVERS(event_channel_op.set_priority, ENOSYS))
{
    struct evtchn_init_control ic = {.vcpu = 0};
    struct evtchn_expand_array ea = {0};
    struct evtchn_set_priority sp = {.port = 1};

    if (test_on_xen())
        SKIP("Xen has FIFO event channels");
    CHECK_EQ(event_op(EVTCHNOP_init_control, &ic), -XEN_ENOSYS);
    CHECK_EQ(event_op(EVTCHNOP_expand_array, &ea), -XEN_ENOSYS);
    CHECK_EQ(event_op(EVTCHNOP_set_priority, &sp), -XEN_ENOSYS);
}

/* ---- the call itself ---- */

TEST(evtchn_op_efault,
     COVERS(event_channel_op.bind_interdomain,
            EFAULT) COVERS(event_channel_op.bind_virq, EFAULT)
         COVERS(event_channel_op.bind_pirq, EFAULT)
             COVERS(event_channel_op.close, EFAULT)
                 COVERS(event_channel_op.send, EFAULT)
                     COVERS(event_channel_op.status, EFAULT)
                         COVERS(event_channel_op.alloc_unbound, EFAULT)
                             COVERS(event_channel_op.bind_ipi, EFAULT)
                                 COVERS(event_channel_op.bind_vcpu, EFAULT)
                                     COVERS(event_channel_op.unmask, EFAULT)
                                         COVERS(event_channel_op.reset, EFAULT))
{
    for (unsigned cmd = 0; cmd <= EVTCHNOP_reset; cmd++) {
        CHECK_EQ(event_op(cmd, BAD_PTR), -XEN_EFAULT);
        CHECK_EQ(event_op(cmd, (void *)0x8000000000000000ul), -XEN_EFAULT);
        CHECK_EQ(event_op(cmd, (void *)-2ul), -XEN_EFAULT);
    }
}

/* The arguments can be read, but the result cannot be written: no port is
 * left behind. */
TEST(evtchn_op_alloc_unbound_efault_out,
     COVERS(event_channel_op.alloc_unbound, EFAULT))
{
    struct evtchn_alloc_unbound *op = page_alloc();
    long before = event_alloc_unbound(DOMID_SELF, 0), after;

    REQUIRE(before > 0);
    event_close((unsigned)before);
    op->dom = DOMID_SELF;
    CHECK_EQ(page_ro(op), 0);
    CHECK_EQ(event_op(EVTCHNOP_alloc_unbound, op), -XEN_EFAULT);
    page_free(op);
    after = event_alloc_unbound(DOMID_SELF, 0);
    /* Xen closes the port again for a failed copy; a leak would show. */
    CHECK(after == before || after == before + 1);
    event_close((unsigned)after);
    event_close((unsigned)before);
}

TEST(evtchn_op_enosys, COVERS(event_channel_op, ENOSYS))
{
    if (!test_on_xen()) /* 14 is a continuation of Xen's own */
        CHECK_EQ(event_op(14, NULL), -XEN_ENOSYS);
    CHECK_EQ(event_op(15, NULL), -XEN_ENOSYS);
    CHECK_EQ(event_op(99, NULL), -XEN_ENOSYS);
    CHECK_EQ(event_op(0x7fffffff, NULL), -XEN_ENOSYS);
}

/* ---- delivery ---- */

TEST(upcall_frame_and_mask)
{
    struct vcpu_info *vi = mem_vcpu_info(0);
    long p = event_bind_ipi(0);

    REQUIRE(p > 0);
    event_port_unmask((unsigned)p);
    CHECK_EQ(event_send((unsigned)p), 0);
    /* Masked: noted, not taken. */
    CHECK_EQ(event_upcalls, 0);
    CHECK_EQ(vi->evtchn_upcall_pending, 1);
    CHECK_EQ(vi->evtchn_pending_sel, 1ul << (p / 64));
    event_unmask();
    CHECK_EQ(event_upcalls, 1);
    CHECK_EQ(event_count[p], 1);
    /* iret from the upcall unmasks again: its frame had IF set. */
    CHECK_EQ(vi->evtchn_upcall_mask, 0);
    event_mask();
    CHECK_EQ(event_close((unsigned)p), 0);
}

/* xen_version is the "deliver what is pending" call: on return it was. */
TEST(xen_version_delivers)
{
    struct vcpu_info *vi = mem_vcpu_info(0);
    long p = event_bind_ipi(0);

    REQUIRE(p > 0);
    event_port_unmask((unsigned)p);
    CHECK_EQ(event_send((unsigned)p), 0);
    vi->evtchn_upcall_mask = 0;
    hypercall(__HYPERVISOR_xen_version, 0, 0);
    CHECK_EQ(event_upcalls, 1);
    event_mask();
    CHECK_EQ(event_close((unsigned)p), 0);
}

static uint8_t mask_in_upcall;
static void mask_hook(struct regs *r)
{
    mask_in_upcall = mem_vcpu_info(0)->evtchn_upcall_mask;
    (void)r;
}

TEST(upcall_masks_upcalls)
{
    long p = event_bind_ipi(0);

    REQUIRE(p > 0);
    mask_in_upcall = 77;
    event_hook = mask_hook;
    event_port_unmask((unsigned)p);
    event_unmask();
    CHECK_EQ(event_send((unsigned)p), 0);
    CHECK_EQ(mask_in_upcall, 1);
    event_mask();
    CHECK_EQ(event_close((unsigned)p), 0);
}

USER_CODE(u_spin, "1: pause; jmp 1b");

static unsigned user_cs_in_upcall;
static void user_hook(struct regs *r)
{
    user_cs_in_upcall = r->cs;
    if ((r->cs & 3) == 3)
        r->rip = (ulong_t)u_spin + 4; /* on to the syscall */
}

/* A timer event interrupts user mode; the frame says user. */
TEST(upcall_from_user_mode)
{
    struct vcpu_set_singleshot_timer t = {0};
    long p = event_bind_virq(VIRQ_TIMER, 0);
    struct fault f;
    struct regs r;

    REQUIRE(p > 0);
    if (user_init() < 0)
        test_abort("user_init");
    user_cs_in_upcall = 0;
    event_hook = user_hook;
    event_port_unmask((unsigned)p);
    event_clear((unsigned)p);
    t.timeout_abs_ns =
        mem_shared_info()->vcpu_info[0].time.system_time + 50000000;
    CHECK_EQ(smp_vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL), 0);
    CHECK_EQ(smp_vcpu_op(VCPUOP_set_singleshot_timer, 0, &t), 0);
    r = user_regs(u_spin);
    f = user_run(&r);
    CHECK_VECTOR(f, TRAP_SYSCALL);
    CHECK_EQ(user_cs_in_upcall, FLAT_USER_CS);
    CHECK_GE(event_count[p], 1);
    event_mask();
    CHECK_EQ(event_close((unsigned)p), 0);
}

/* Ports of several words arrive through the selector. */
TEST(many_ports_delivered)
{
    unsigned port[200], n = 0;

    for (; n < ARRAY_LEN(port); n++) {
        long p = event_bind_ipi(0);

        REQUIRE(p > 0);
        port[n] = (unsigned)p;
        event_port_unmask(port[n]);
        CHECK_EQ(event_send(port[n]), 0);
    }
    CHECK_EQ(event_upcalls, 0);
    event_unmask();
    event_mask();
    for (unsigned i = 0; i < n; i++) {
        CHECK_EQ(event_count[port[i]], 1);
        CHECK_EQ(event_close(port[i]), 0);
    }
}
