/* SPDX-License-Identifier: MIT */
/*
 * What reading the hypervisor as an attacker brought up: a sibling that keeps
 * another vCPU from leaving the hypervisor, state lost or shared over a
 * switch.
 */
#include "guest.h"

#define SPINS 20000000

static uint64_t tsc(void)
{
    uint32_t lo, hi;

    __asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
    return (uint64_t)hi << 32 | lo;
}

/* Off the CPU for a while: nobody else wants it. */
static void sleep_ms(unsigned ms)
{
    volatile struct vcpu_time_info *t = &mem_vcpu_info(0)->time;
    uint64_t delta = tsc() - t->tsc_timestamp;
    struct sched_poll poll = {0};

    delta = t->tsc_shift >= 0 ? delta << t->tsc_shift : delta >> -t->tsc_shift;
    poll.timeout =
        t->system_time +
        (uint64_t)((unsigned __int128)delta * t->tsc_to_system_mul >> 32) +
        ms * 1000000ul;
    CHECK_EQ(hypercall(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll), 0);
}

static volatile bool storm_over;

/* Whenever vCPU 0 takes its upcall, another one is due and not masked. */
static void storm(void *arg)
{
    volatile struct vcpu_info *vi = mem_vcpu_info(0);

    (void)arg;
    for (unsigned i = 0; i < SPINS; i++) {
        vi->evtchn_upcall_pending = 1;
        vi->evtchn_upcall_mask = 0;
    }
    vi->evtchn_upcall_mask = 1;
    storm_over = true;
}

static ulong_t lowest_frame;

static void note_frame(struct regs *r)
{
    if ((ulong_t)r < lowest_frame)
        lowest_frame = (ulong_t)r;
}

/* Each exit enters the handler once: frames do not pile up. */
TEST(upcall_storm_by_sibling)
{
    ulong_t here = (ulong_t)__builtin_frame_address(0);

    lowest_frame = here;
    event_hook = note_frame;
    if (smp_count() < 2)
        SKIP("one vCPU");
    storm_over = false;
    REQUIRE_EQ(smp_start(1, storm, NULL), 0);
    while (!storm_over)
        hypercall(__HYPERVISOR_xen_version, 0, 0);
    CHECK(smp_join(1));
    event_mask();
    event_hook = NULL;
    CHECK(event_upcalls > 0);
    CHECK_LE(here - lowest_frame, 4096);
}

static void time_storm(void *arg)
{
    static struct vcpu_runstate_info area;
    struct vcpu_register_runstate_memory_area r = {.addr.v = (ulong_t)&area};

    (void)arg;
    for (unsigned i = 0; i < SPINS / 2000; i++)
        smp_vcpu_op(VCPUOP_register_runstate_memory_area, 0, &r);
    r.addr.v = 0;
    smp_vcpu_op(VCPUOP_register_runstate_memory_area, 0, &r);
    storm_over = true;
}

/* Work that a sibling makes for vCPU 0 does not keep it in the hypervisor. */
TEST(boundary_work_storm_by_sibling)
{
    unsigned calls = 0;

    if (smp_count() < 2)
        SKIP("one vCPU");
    storm_over = false;
    REQUIRE_EQ(smp_start(1, time_storm, NULL), 0);
    while (!storm_over) {
        hypercall(__HYPERVISOR_xen_version, 0, 0);
        calls++;
    }
    CHECK(smp_join(1));
    CHECK(calls > 0);
}

static volatile ulong_t watched;

/* What a breakpoint left in DR6 is still there after a switch. */
TEST(dr6_survives_a_switch)
{
    ulong_t dr6;

    REQUIRE_EQ(hypercall(__HYPERVISOR_set_debugreg, 1, &watched), 0);
    REQUIRE_EQ(hypercall(__HYPERVISOR_set_debugreg, 7, 0x400ul | 4 | 0xd00000),
               0);
    CHECK_FAULT(TRAP_DB, watched = 5);
    sleep_ms(2);
    dr6 = (ulong_t)hypercall(__HYPERVISOR_get_debugreg, 6);
    CHECK_EQ(dr6 & 0xf, 2);
    hypercall(__HYPERVISOR_set_debugreg, 7, 0x400ul);
    hypercall(__HYPERVISOR_set_debugreg, 1, 0ul);
    hypercall(__HYPERVISOR_set_debugreg, 6, 0xffff0ff0ul);
}

/* vCPUs from 32 on have no vcpu_info but the one that they register. */
TEST(vcpu_without_vcpu_info)
{
    struct vcpu_guest_context *ctx = smp_context_buffer();

    if (smp_vcpu_op(VCPUOP_is_up, 32, NULL) < 0)
        SKIP("no more than 32 vCPUs (dom0_max_vcpus=40)");
    smp_context(ctx, 32);
    CHECK_EQ(smp_vcpu_op(VCPUOP_initialise, 32, ctx), -XEN_EINVAL);
    CHECK_EQ(smp_vcpu_op(VCPUOP_up, 32, NULL), -XEN_EINVAL);
}
