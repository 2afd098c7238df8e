/* SPDX-License-Identifier: MIT */
/*
 * sched_op: yield, block, poll, watchdog, and what is refused. Shutdown is
 * how every guest ends; its errors are here.
 */
#include "guest.h"

#define BAD_PTR ((void *)0xffff820000000000ul)

static long sched_op(unsigned cmd, void *arg)
{
    return hypercall(__HYPERVISOR_sched_op, cmd, arg);
}

static uint64_t tsc(void)
{
    uint32_t lo, hi;

    __asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
    return (uint64_t)hi << 32 | lo;
}

/* System time by the clock page, as a kernel computes it. */
static uint64_t now(void)
{
    volatile struct vcpu_time_info *t = &mem_vcpu_info(0)->time;
    uint32_t version;
    uint64_t ns;

    do {
        version = t->version;
        uint64_t delta = tsc() - t->tsc_timestamp;

        if (t->tsc_shift >= 0)
            delta <<= t->tsc_shift;
        else
            delta >>= -t->tsc_shift;
        ns = t->system_time +
             (uint64_t)((unsigned __int128)delta * t->tsc_to_system_mul >> 32);
    } while ((version & 1) || version != t->version);
    return ns;
}

static void set_timer(uint64_t ns)
{
    CHECK_EQ(hypercall(__HYPERVISOR_set_timer_op, ns), 0);
}

TEST(sched_op_yield_ok, COVERS(sched_op.yield, ok))
{
    for (unsigned i = 0; i < 100; i++)
        CHECK_EQ(sched_op(SCHEDOP_yield, NULL), 0);
}

/* An event is pending: block does not, and takes it. */
TEST(sched_op_block_pending_ok, COVERS(sched_op.block, ok))
{
    long p = event_bind_ipi(0);

    REQUIRE(p > 0);
    event_port_unmask((unsigned)p);
    CHECK_EQ(event_send((unsigned)p), 0);
    CHECK_EQ(sched_op(SCHEDOP_block, NULL), 0);
    CHECK_EQ(event_count[p], 1);
    CHECK_EQ(mem_vcpu_info(0)->evtchn_upcall_mask, 0);
    event_mask();
    CHECK_EQ(event_close((unsigned)p), 0);
}

TEST(sched_op_block_timer_ok, COVERS(sched_op.block, ok))
{
    long p = event_bind_virq(VIRQ_TIMER, 0);
    uint64_t start = now();

    REQUIRE(p > 0);
    CHECK_EQ(smp_vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL), 0);
    event_clear((unsigned)p);
    event_port_unmask((unsigned)p);
    set_timer(start + 20000000);
    CHECK_EQ(sched_op(SCHEDOP_block, NULL), 0);
    CHECK_EQ(event_count[p], 1);
    CHECK(now() - start >= 20000000);
    CHECK(now() - start < 2000000000);
    event_mask();
    CHECK_EQ(event_close((unsigned)p), 0);
}

TEST(sched_op_poll_pending_ok, COVERS(sched_op.poll, ok))
{
    long p = event_bind_ipi(0);
    evtchn_port_t ports[1];
    struct sched_poll op = {.nr_ports = 1};

    REQUIRE(p > 0);
    ports[0] = (evtchn_port_t)p;
    set_xen_guest_handle(op.ports, ports);
    CHECK_EQ(event_send((unsigned)p), 0);
    CHECK_EQ(sched_op(SCHEDOP_poll, &op), 0);
    /* A masked port; nothing was delivered. */
    CHECK_EQ(event_count[p], 0);
    CHECK(event_pending((unsigned)p));
    CHECK_EQ(event_close((unsigned)p), 0);
}

TEST(sched_op_poll_timeout_ok, COVERS(sched_op.poll, ok))
{
    long p = event_bind_ipi(0);
    evtchn_port_t ports[1];
    uint64_t start = now();
    struct sched_poll op = {.nr_ports = 1, .timeout = start + 20000000};

    REQUIRE(p > 0);
    ports[0] = (evtchn_port_t)p;
    set_xen_guest_handle(op.ports, ports);
    CHECK_EQ(sched_op(SCHEDOP_poll, &op), 0);
    CHECK(now() - start >= 20000000);
    CHECK(!event_pending((unsigned)p));
    CHECK_EQ(event_close((unsigned)p), 0);
}

/* A time that is past ends the wait at once. */
TEST(sched_op_poll_past_timeout_ok, COVERS(sched_op.poll, ok))
{
    long p = event_bind_ipi(0);
    evtchn_port_t ports[1];
    struct sched_poll op = {.nr_ports = 1, .timeout = 1};

    REQUIRE(p > 0);
    ports[0] = (evtchn_port_t)p;
    set_xen_guest_handle(op.ports, ports);
    CHECK_EQ(sched_op(SCHEDOP_poll, &op), 0);
    CHECK_EQ(event_close((unsigned)p), 0);
}

TEST(sched_op_poll_no_ports_timeout_ok, COVERS(sched_op.poll, ok))
{
    struct sched_poll op = {.nr_ports = 0, .timeout = now() + 10000000};

    CHECK_EQ(sched_op(SCHEDOP_poll, &op), 0);
}

TEST(sched_op_poll_einval, COVERS(sched_op.poll, EINVAL))
{
    struct sched_poll op = {.nr_ports = 129, .timeout = 1};
    evtchn_port_t ports[2] = {0, 0xffffffff};

    set_xen_guest_handle(op.ports, ports);
    CHECK_EQ(sched_op(SCHEDOP_poll, &op), -XEN_EINVAL);
    op.nr_ports = ~0u;
    CHECK_EQ(sched_op(SCHEDOP_poll, &op), -XEN_EINVAL);
    op.nr_ports = 2;
    CHECK_EQ(sched_op(SCHEDOP_poll, &op), -XEN_EINVAL);
    ports[1] = 4096;
    CHECK_EQ(sched_op(SCHEDOP_poll, &op), -XEN_EINVAL);
}

TEST(sched_op_poll_efault, COVERS(sched_op.poll, EFAULT))
{
    struct sched_poll op = {.nr_ports = 1, .timeout = 1};

    CHECK_EQ(sched_op(SCHEDOP_poll, BAD_PTR), -XEN_EFAULT);
    set_xen_guest_handle(op.ports, BAD_PTR);
    CHECK_EQ(sched_op(SCHEDOP_poll, &op), -XEN_EFAULT);
    op.nr_ports = 2;
    CHECK_EQ(sched_op(SCHEDOP_poll, &op), -XEN_EFAULT);
    set_xen_guest_handle(op.ports, -4ul);
    CHECK_EQ(sched_op(SCHEDOP_poll, &op), -XEN_EFAULT);
}

TEST(sched_op_shutdown_efault, COVERS(sched_op.shutdown, EFAULT))
{
    CHECK_EQ(sched_op(SCHEDOP_shutdown, BAD_PTR), -XEN_EFAULT);
}

TEST(sched_op_shutdown_code_efault, COVERS(sched_op.shutdown_code, EFAULT))
{
    if (!test_on_xen())
        SKIP("not offered");
    CHECK_EQ(sched_op(SCHEDOP_shutdown_code, BAD_PTR), -XEN_EFAULT);
}

/* dom0's own matters: -ENOSYS from Parvis (ABI.md), and Xen's answers. */
TEST(sched_op_remote_shutdown_refused, COVERS(sched_op.remote_shutdown, ENOSYS))
{
    struct sched_remote_shutdown op = {.domain_id = 77, .reason = 0};
    long rc = sched_op(SCHEDOP_remote_shutdown, &op);

    CHECK_EITHER(rc, -XEN_ESRCH, -XEN_ENOSYS);
}

TEST(sched_op_watchdog_refused, COVERS(sched_op.watchdog, ENOSYS))
{
    struct sched_watchdog op = {.id = 99, .timeout = 10};
    long rc = sched_op(SCHEDOP_watchdog, &op);

    CHECK_EITHER(rc, -XEN_EINVAL, -XEN_ENOSYS);
}

TEST(sched_op_pin_override_refused, COVERS(sched_op.pin_override, ENOSYS))
{
    struct sched_pin_override op = {.pcpu = 0x7fff};
    long rc = sched_op(SCHEDOP_pin_override, &op);

    CHECK_EITHER(rc, -XEN_EINVAL, -XEN_ENOSYS);
}

TEST(sched_op_enosys, COVERS(sched_op, ENOSYS))
{
    CHECK_EQ(sched_op(8, NULL), -XEN_ENOSYS);
    CHECK_EQ(sched_op(99, NULL), -XEN_ENOSYS);
    CHECK_EQ(sched_op(~0u, NULL), -XEN_ENOSYS);
}

/* Number 6 is the call before 3.1.1: yield and block only. */
TEST(sched_op_compat)
{
    long rc = hypercall(__HYPERVISOR_sched_op_compat, SCHEDOP_yield, NULL);

    CHECK(rc == 0 || rc == -XEN_ENOSYS);
    CHECK_EQ(hypercall(__HYPERVISOR_sched_op_compat, 99, NULL), -XEN_ENOSYS);
}

/* ---- another vCPU ---- */

static volatile unsigned woken;

static void blocker(void *arg)
{
    (void)arg;
    event_unmask();
    while (!woken)
        sched_op(SCHEDOP_block, NULL);
    event_mask();
}

TEST(sched_op_block_woken_by_ipi, COVERS(sched_op.block, ok))
{
    long p;

    if (smp_count() < 2)
        SKIP("one vCPU");
    woken = 0;
    p = event_bind_ipi(1);
    REQUIRE(p > 0);
    event_port_unmask((unsigned)p);
    REQUIRE_EQ(smp_start(1, blocker, NULL), 0);
    for (unsigned i = 0; i < 1000; i++)
        smp_relax();
    woken = 1;
    CHECK_EQ(event_send((unsigned)p), 0);
    CHECK(smp_join(1));
    CHECK_GE(event_count[p], 1);
    CHECK_EQ(event_close((unsigned)p), 0);
}

static evtchn_port_t poll_port;
static volatile long poll_rc;

static void poller(void *arg)
{
    struct sched_poll op = {.nr_ports = 1, .timeout = 0};

    (void)arg;
    set_xen_guest_handle(op.ports, &poll_port);
    poll_rc = sched_op(SCHEDOP_poll, &op);
}

TEST(sched_op_poll_woken_by_other_vcpu, COVERS(sched_op.poll, ok))
{
    long a, b;

    if (smp_count() < 2)
        SKIP("one vCPU");
    a = event_alloc_unbound(DOMID_SELF, DOMID_SELF);
    REQUIRE(a > 0);
    b = event_bind_interdomain(DOMID_SELF, (unsigned)a);
    REQUIRE(b > 0);
    event_clear((unsigned)b);
    poll_port = (evtchn_port_t)a;
    poll_rc = 77;
    REQUIRE_EQ(smp_start(1, poller, NULL), 0);
    for (unsigned i = 0; i < 1000; i++)
        smp_relax();
    CHECK_EQ(poll_rc, 77);
    CHECK_EQ(event_send((unsigned)b), 0);
    CHECK(smp_join(1));
    CHECK_EQ(poll_rc, 0);
    CHECK_EQ(event_close((unsigned)b), 0);
    CHECK_EQ(event_close((unsigned)a), 0);
}
