/* SPDX-License-Identifier: MIT */
/*
 * vcpu_op: bringing vCPUs up and down, runstate, vcpu_info, timers.
 */
#include "guest.h"

#define BAD_PTR ((void *)0xffff820000000000ul)
#define NO_VCPU 4000

static long op(unsigned cmd, unsigned vcpu, void *arg)
{
    return smp_vcpu_op(cmd, vcpu, arg);
}

static uint64_t system_time(void)
{
    /* Good enough: the page's stamp of this vCPU, after an update. */
    hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
    volatile struct vcpu_time_info *t = &mem_vcpu_info(0)->time;
    uint32_t lo, hi;
    uint64_t delta;

    __asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
    delta = ((uint64_t)hi << 32 | lo) - t->tsc_timestamp;
    if (t->tsc_shift >= 0)
        delta <<= t->tsc_shift;
    else
        delta >>= -t->tsc_shift;
    return t->system_time +
           (uint64_t)((unsigned __int128)delta * t->tsc_to_system_mul >> 32);
}

TEST(vcpu_op_is_up_ok, COVERS(vcpu_op.is_up, ok))
{
    CHECK_EQ(op(VCPUOP_is_up, 0, NULL), 1);
    if (smp_count() > 1)
        CHECK_EQ(op(VCPUOP_is_up, 1, NULL), 0);
}

TEST(vcpu_op_enoent,
     COVERS(vcpu_op.is_up, ENOENT) COVERS(vcpu_op.initialise,
                                          ENOENT) COVERS(vcpu_op.up, ENOENT)
         COVERS(vcpu_op.down, ENOENT) COVERS(vcpu_op.get_runstate_info, ENOENT)
             COVERS(vcpu_op.register_runstate_memory_area,
                    ENOENT) COVERS(vcpu_op.set_periodic_timer, ENOENT)
                 COVERS(vcpu_op.stop_periodic_timer,
                        ENOENT) COVERS(vcpu_op.set_singleshot_timer, ENOENT)
                     COVERS(vcpu_op.stop_singleshot_timer, ENOENT)
                         COVERS(vcpu_op.register_vcpu_info, ENOENT)
                             COVERS(vcpu_op.send_nmi, ENOENT)
                                 COVERS(vcpu_op.register_vcpu_time_memory_area,
                                        ENOENT))
{
    for (unsigned cmd = 0; cmd <= 13; cmd++) {
        CHECK_EQ(op(cmd, NO_VCPU, NULL), -XEN_ENOENT);
        CHECK_EQ(op(cmd, ~0u, NULL), -XEN_ENOENT);
        CHECK_EQ(op(cmd, 0x80000000, NULL), -XEN_ENOENT);
    }
}

TEST(vcpu_op_enosys, COVERS(vcpu_op, ENOSYS))
{
    CHECK_EQ(op(14, 0, NULL), -XEN_ENOSYS);
    CHECK_EQ(op(99, 0, NULL), -XEN_ENOSYS);
    CHECK_EQ(op(~0u, 0, NULL), -XEN_ENOSYS);
}

/* ---- initialise: refused contexts. None may leave vCPU 1 initialised ---- */

TEST(vcpu_op_up_einval_uninitialised, COVERS(vcpu_op.up, EINVAL))
{
    if (smp_count() < 2)
        SKIP("one vCPU");
    CHECK_EQ(op(VCPUOP_up, 1, NULL), -XEN_EINVAL);
}

TEST(vcpu_op_initialise_efault, COVERS(vcpu_op.initialise, EFAULT))
{
    if (smp_count() < 2)
        SKIP("one vCPU");
    CHECK_EQ(op(VCPUOP_initialise, 1, BAD_PTR), -XEN_EFAULT);
    CHECK_EQ(op(VCPUOP_initialise, 1, (void *)-512ul), -XEN_EFAULT);
    CHECK_EQ(op(VCPUOP_up, 1, NULL), -XEN_EINVAL);
}

#define REFUSED(errno, change)                                 \
    do {                                                       \
        struct vcpu_guest_context *ctx = smp_context_buffer(); \
                                                               \
        if (smp_count() < 2)                                   \
            SKIP("one vCPU");                                  \
        smp_context(ctx, 1);                                   \
        change;                                                \
        CHECK_EQ(op(VCPUOP_initialise, 1, ctx), -(errno));     \
        CHECK_EQ(op(VCPUOP_up, 1, NULL), -XEN_EINVAL);         \
    } while (0)

TEST(vcpu_op_initialise_einval_cr3, COVERS(vcpu_op.initialise, EINVAL))
{
    REFUSED(XEN_EINVAL, ctx->ctrlreg[3] = 0x000ff00000000000ul);
    REFUSED(XEN_EINVAL, ctx->ctrlreg[3] = mem_foreign_mfn(0) << 12);
}

TEST(vcpu_op_initialise_einval_cr3_no_table, COVERS(vcpu_op.initialise, EINVAL))
{
    REFUSED(XEN_EINVAL, ctx->ctrlreg[3] = mem_maddr(ctx) & PTE_MFN_MASK);
}

TEST(vcpu_op_initialise_einval_user_root, COVERS(vcpu_op.initialise, EINVAL))
{
    REFUSED(XEN_EINVAL, ctx->ctrlreg[1] = 0x000ff00000000000ul);
}

TEST(vcpu_op_initialise_einval_gdt, COVERS(vcpu_op.initialise, EINVAL))
{
    REFUSED(XEN_EINVAL, {
        ctx->gdt_ents = 512;
        ctx->gdt_frames[0] = 0xff00000000ul;
    });
    REFUSED(XEN_EINVAL, {
        ctx->gdt_ents = 512;
        ctx->gdt_frames[0] = mem_mfn((void *)mem_start_info->pt_base);
    });
    REFUSED(XEN_EINVAL, ctx->gdt_ents = 7169);
}

TEST(vcpu_op_initialise_einval_ldt, COVERS(vcpu_op.initialise, EINVAL))
{
    REFUSED(XEN_EINVAL, {
        ctx->ldt_ents = 8193;
        ctx->ldt_base = (ulong_t)ctx & ~0xffful;
    });
    REFUSED(XEN_EINVAL, {
        ctx->ldt_ents = 1;
        ctx->ldt_base = ((ulong_t)ctx & ~0xffful) + 8;
    });
    REFUSED(XEN_EINVAL, {
        ctx->ldt_ents = 1;
        ctx->ldt_base = 0xffff82d040000000ul;
    });
}

TEST(vcpu_op_initialise_einval_addresses, COVERS(vcpu_op.initialise, EINVAL))
{
    REFUSED(XEN_EINVAL, ctx->user_regs.rip = 0x8000000000000000ul);
    REFUSED(XEN_EINVAL, ctx->event_callback_eip = 0x8000000000000000ul);
    REFUSED(XEN_EINVAL, ctx->failsafe_callback_eip = 0x8000000000000000ul);
    REFUSED(XEN_EINVAL, ctx->syscall_callback_eip = 0x8000000000000000ul);
    REFUSED(XEN_EINVAL, ctx->fs_base = 0x8000000000000000ul);
    REFUSED(XEN_EINVAL, ctx->gs_base_kernel = 0x8000000000000000ul);
    REFUSED(XEN_EINVAL, ctx->gs_base_user = 0x8000000000000000ul);
}

TEST(vcpu_op_initialise_einval_user_mode_without_root,
     COVERS(vcpu_op.initialise, EINVAL))
{
    /* Not in kernel mode: then a user root is needed. */
    REFUSED(XEN_EINVAL, ctx->flags = 0);
}

static volatile unsigned ran;

static void body(void *arg)
{
    (void)arg;
    ran++;
}

/* A selector of ring 0 is raised to ring 3, and flags are made harmless. */
TEST(vcpu_op_initialise_sanitised_ok,
     COVERS(vcpu_op.initialise, ok) COVERS(vcpu_op.up, ok)
         COVERS(vcpu_op.down, ok))
{
    if (smp_count() < 2)
        SKIP("one vCPU");
    ran = 0;
    REQUIRE_EQ(smp_start(1, body, NULL), 0);
    CHECK(smp_join(1));
    CHECK_EQ(ran, 1);
}

TEST(vcpu_op_initialise_eexist, COVERS(vcpu_op.initialise, EEXIST))
{
    if (smp_count() < 2)
        SKIP("one vCPU");
    smp_context(smp_context_buffer(), 1);
    CHECK_EQ(op(VCPUOP_initialise, 0, smp_context_buffer()), -XEN_EEXIST);
    CHECK_EQ(op(VCPUOP_initialise, 1, smp_context_buffer()), -XEN_EEXIST);
}

TEST(vcpu_op_up_twice_ok, COVERS(vcpu_op.up, ok))
{
    CHECK_EQ(op(VCPUOP_up, 0, NULL), 0);
}

static volatile bool hold, held;

static void holder(void *arg)
{
    (void)arg;
    held = true;
    while (hold)
        __asm__ volatile("pause");
    held = false;
}

/* Down from outside stops a running vCPU; up lets it go on. */
TEST(vcpu_op_down_other_ok, COVERS(vcpu_op.down, ok))
{
    if (smp_count() < 2)
        SKIP("one vCPU");
    hold = true;
    held = false;
    REQUIRE_EQ(smp_start(1, holder, NULL), 0);
    while (!held)
        smp_relax();
    CHECK_EQ(op(VCPUOP_down, 1, NULL), 0);
    CHECK_EQ(op(VCPUOP_is_up, 1, NULL), 0);
    hold = false;
    for (unsigned i = 0; i < 2000; i++)
        smp_relax();
    CHECK(held);
    CHECK_EQ(op(VCPUOP_up, 1, NULL), 0);
    CHECK(smp_join(1));
    CHECK(!held);
}

TEST(vcpu_op_down_twice_ok, COVERS(vcpu_op.down, ok))
{
    if (smp_count() < 2)
        SKIP("one vCPU");
    CHECK_EQ(op(VCPUOP_down, 1, NULL), 0);
    CHECK_EQ(op(VCPUOP_down, 1, NULL), 0);
}

/* ---- runstate ---- */

TEST(vcpu_op_get_runstate_info_ok, COVERS(vcpu_op.get_runstate_info, ok))
{
    struct vcpu_runstate_info ri;

    memset(&ri, 0x5a, sizeof(ri));
    CHECK_EQ(op(VCPUOP_get_runstate_info, 0, &ri), 0);
    CHECK_EQ(ri.state, RUNSTATE_running);
    CHECK(ri.state_entry_time != 0 && ri.time[RUNSTATE_running] != 0);
    if (smp_count() > 1) {
        /* Down takes effect a little later. */
        for (unsigned i = 0; i < 10000 && ri.state != RUNSTATE_offline; i++) {
            smp_relax();
            CHECK_EQ(op(VCPUOP_get_runstate_info, 1, &ri), 0);
        }
        CHECK_EQ(ri.state, RUNSTATE_offline);
    }
}

TEST(vcpu_op_get_runstate_info_efault,
     COVERS(vcpu_op.get_runstate_info, EFAULT))
{
    CHECK_EQ(op(VCPUOP_get_runstate_info, 0, BAD_PTR), -XEN_EFAULT);
}

static struct vcpu_runstate_info runstate ALIGNED(64);

TEST(vcpu_op_register_runstate_ok,
     COVERS(vcpu_op.register_runstate_memory_area, ok))
{
    struct vcpu_register_runstate_memory_area area;

    memset(&runstate, 0x5a, sizeof(runstate));
    area.addr.v = (ulong_t)&runstate;
    CHECK_EQ(op(VCPUOP_register_runstate_memory_area, 0, &area), 0);
    CHECK_EQ(runstate.state, RUNSTATE_running);
    CHECK(runstate.time[RUNSTATE_running] < BIT(50));
    /* It is kept up to date: block for a while. */
    uint64_t blocked = runstate.time[RUNSTATE_blocked];
    struct sched_poll poll = {.nr_ports = 0,
                              .timeout = system_time() + 20000000};

    CHECK_EQ(hypercall(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll), 0);
    CHECK(runstate.time[RUNSTATE_blocked] - blocked >= 10000000);
    CHECK_EQ(runstate.state, RUNSTATE_running);
}

TEST(vcpu_op_register_runstate_update_flag,
     COVERS(vcpu_op.register_runstate_memory_area, ok))
{
    CHECK_EQ(hypercall(__HYPERVISOR_vm_assist, VMASST_CMD_enable,
                       VMASST_TYPE_runstate_update_flag),
             0);
    smp_relax();
    CHECK_EQ(runstate.state_entry_time & XEN_RUNSTATE_UPDATE, 0);
    CHECK_EQ(hypercall(__HYPERVISOR_vm_assist, VMASST_CMD_disable,
                       VMASST_TYPE_runstate_update_flag),
             0);
}

TEST(vcpu_op_register_runstate_efault,
     COVERS(vcpu_op.register_runstate_memory_area, EFAULT))
{
    struct vcpu_register_runstate_memory_area area;

    CHECK_EQ(op(VCPUOP_register_runstate_memory_area, 0, BAD_PTR), -XEN_EFAULT);
    area.addr.v = 0xffff82d040000000ul;
    CHECK_EQ(op(VCPUOP_register_runstate_memory_area, 0, &area), -XEN_EFAULT);
}

/* The area is unmapped later: updates are dropped, nothing else. */
TEST(vcpu_op_register_runstate_area_gone,
     COVERS(vcpu_op.register_runstate_memory_area, ok))
{
    struct vcpu_register_runstate_memory_area area;
    char *w = window_alloc(), *p = page_alloc();

    CHECK_EQ(window_map(w, mem_mfn(p), PTE_KERN), 0);
    area.addr.v = (ulong_t)w;
    CHECK_EQ(op(VCPUOP_register_runstate_memory_area, 0, &area), 0);
    window_free(w);
    for (unsigned i = 0; i < 10; i++) {
        struct sched_poll poll = {.nr_ports = 0, .timeout = 1};

        smp_relax();
        hypercall(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll);
    }
    area.addr.v = (ulong_t)&runstate;
    CHECK_EQ(op(VCPUOP_register_runstate_memory_area, 0, &area), 0);
    page_free(p);
}

/* ---- vcpu_info ---- */

TEST(vcpu_op_register_vcpu_info_enxio_offset,
     COVERS(vcpu_op.register_vcpu_info, ENXIO))
{
    char *p = page_alloc();
    struct vcpu_register_vcpu_info ri = {.mfn = mem_mfn(p),
                                         .offset = 4096 - 63};

    CHECK_EITHER(op(VCPUOP_register_vcpu_info, 0, &ri), -XEN_ENXIO,
                 -XEN_EINVAL);
    ri.offset = ~0u;
    CHECK_EITHER(op(VCPUOP_register_vcpu_info, 0, &ri), -XEN_ENXIO,
                 -XEN_EINVAL);
    ri.offset = 4; /* misaligned */
    CHECK_EITHER(op(VCPUOP_register_vcpu_info, 0, &ri), -XEN_ENXIO,
                 -XEN_EINVAL);
    page_free(p);
}

TEST(vcpu_op_register_vcpu_info_einval_frame,
     COVERS(vcpu_op.register_vcpu_info, EINVAL))
{
    struct vcpu_register_vcpu_info ri = {.mfn = 0xff00000000ul};

    CHECK_EQ(op(VCPUOP_register_vcpu_info, 0, &ri), -XEN_EINVAL);
    ri.mfn = mem_foreign_mfn(0);
    CHECK_EQ(op(VCPUOP_register_vcpu_info, 0, &ri), -XEN_EINVAL);
    /* a page table */
    ri.mfn = mem_mfn((void *)mem_start_info->pt_base);
    CHECK_CONFLICT(op(VCPUOP_register_vcpu_info, 0, &ri));
}

TEST(vcpu_op_register_vcpu_info_efault,
     COVERS(vcpu_op.register_vcpu_info, EFAULT))
{
    CHECK_EQ(op(VCPUOP_register_vcpu_info, 0, BAD_PTR), -XEN_EFAULT);
}

TEST(vcpu_op_register_vcpu_info_ok, COVERS(vcpu_op.register_vcpu_info, ok))
{
    char *p = page_alloc(); /* never given back */
    struct vcpu_register_vcpu_info ri = {.mfn = mem_mfn(p), .offset = 64};
    struct vcpu_info *vi = (struct vcpu_info *)(p + 64);
    uint8_t mask = mem_vcpu_info(0)->evtchn_upcall_mask;
    long port = event_bind_ipi(0);

    REQUIRE(port > 0);
    CHECK_EQ(op(VCPUOP_register_vcpu_info, 0, &ri), 0);
    /* The contents moved; everything is marked pending, so that nothing is
     * lost. */
    CHECK_EQ(vi->evtchn_upcall_mask, mask);
    CHECK_EQ(vi->evtchn_upcall_pending, 1);
    CHECK_EQ(vi->evtchn_pending_sel, ~0ul);
    CHECK_EQ(vi->time.version & 1, 0);
    CHECK(vi->time.tsc_to_system_mul != 0);
    mem_set_vcpu_info(0, vi);
    event_reset();
    event_port_unmask((unsigned)port);
    event_unmask();
    CHECK_EQ(event_send((unsigned)port), 0);
    CHECK_EQ(event_count[port], 1);
    event_mask();
    CHECK_EQ(event_close((unsigned)port), 0);
    /* The page is the hypervisor's to write now: it cannot become a table. */
    CHECK_EQ(page_ro(p), 0);
    CHECK_CONFLICT(pt_mmuext(MMUEXT_PIN_L1_TABLE, mem_mfn(p)));
    CHECK_EQ(page_rw(p), 0);
}

TEST(vcpu_op_register_vcpu_info_einval_twice,
     COVERS(vcpu_op.register_vcpu_info, EINVAL))
{
    char *p = page_alloc();
    struct vcpu_register_vcpu_info ri = {.mfn = mem_mfn(p)};

    CHECK_EQ(op(VCPUOP_register_vcpu_info, 0, &ri), -XEN_EINVAL);
    page_free(p);
}

/* ---- clock area ---- */

static struct vcpu_time_info clock_area ALIGNED(64);

TEST(vcpu_op_register_vcpu_time_ok,
     COVERS(vcpu_op.register_vcpu_time_memory_area, ok))
{
    struct vcpu_register_time_memory_area area;
    long rc;

    memset(&clock_area, 0, sizeof(clock_area));
    area.addr.v = (ulong_t)&clock_area;
    rc = op(VCPUOP_register_vcpu_time_memory_area, 0, &area);
    if (rc == -XEN_ENOSYS)
        SKIP("not offered");
    CHECK_EQ(rc, 0);
    CHECK_EQ(clock_area.version & 1, 0);
    CHECK(clock_area.tsc_to_system_mul != 0);
}

TEST(vcpu_op_register_vcpu_time_efault,
     COVERS(vcpu_op.register_vcpu_time_memory_area, EFAULT))
{
    long rc = op(VCPUOP_register_vcpu_time_memory_area, 0, BAD_PTR);

    if (rc == -XEN_ENOSYS)
        SKIP("not offered");
    CHECK_EQ(rc, -XEN_EFAULT);
}

/* ---- timers ---- */

TEST(vcpu_op_periodic_timer_ok, COVERS(vcpu_op.set_periodic_timer, ok)
                                    COVERS(vcpu_op.stop_periodic_timer, ok))
{
    struct vcpu_set_periodic_timer t = {.period_ns = 5000000};
    long p = event_bind_virq(VIRQ_TIMER, 0);
    long rc;

    REQUIRE(p > 0);
    rc = op(VCPUOP_set_periodic_timer, 0, &t);
    if (rc == -XEN_ENOSYS) {
        event_close((unsigned)p);
        SKIP("not offered");
    }
    CHECK_EQ(rc, 0);
    event_port_unmask((unsigned)p);
    for (unsigned i = 0; i < 3; i++) {
        unsigned before = event_count[p];

        /* It stands still while the vCPU is blocked: spin. */
        event_unmask();
        while (event_count[p] == before)
            __asm__ volatile("pause");
    }
    CHECK_EQ(op(VCPUOP_stop_periodic_timer, 0, NULL), 0);
    event_mask();
    CHECK_EQ(event_close((unsigned)p), 0);
}

TEST(vcpu_op_set_periodic_timer_einval,
     COVERS(vcpu_op.set_periodic_timer, EINVAL))
{
    struct vcpu_set_periodic_timer t = {.period_ns = 100};
    long rc = op(VCPUOP_set_periodic_timer, 0, &t);

    if (rc == -XEN_ENOSYS)
        SKIP("not offered");
    CHECK_EQ(rc, -XEN_EINVAL); /* below a millisecond */
    t.period_ns = ~0ull;
    CHECK_EQ(op(VCPUOP_set_periodic_timer, 0, &t), -XEN_EINVAL);
}

TEST(vcpu_op_set_periodic_timer_efault,
     COVERS(vcpu_op.set_periodic_timer, EFAULT))
{
    long rc = op(VCPUOP_set_periodic_timer, 0, BAD_PTR);

    if (rc == -XEN_ENOSYS)
        SKIP("not offered");
    CHECK_EQ(rc, -XEN_EFAULT);
}

TEST(vcpu_op_singleshot_timer_ok, COVERS(vcpu_op.set_singleshot_timer, ok))
{
    struct vcpu_set_singleshot_timer t = {.flags = 0};
    long p = event_bind_virq(VIRQ_TIMER, 0);
    uint64_t start = system_time();

    REQUIRE(p > 0);
    event_port_unmask((unsigned)p);
    t.timeout_abs_ns = start + 20000000;
    CHECK_EQ(op(VCPUOP_set_singleshot_timer, 0, &t), 0);
    CHECK_EQ(event_count[p], 0);
    while (!event_count[p])
        hypercall(__HYPERVISOR_sched_op, SCHEDOP_block, NULL);
    CHECK(system_time() - start >= 20000000);
    event_mask();
    CHECK_EQ(event_close((unsigned)p), 0);
}

/* In the past, flags 0: it fires at once. */
TEST(vcpu_op_singleshot_timer_past_ok, COVERS(vcpu_op.set_singleshot_timer, ok))
{
    struct vcpu_set_singleshot_timer t = {.timeout_abs_ns = 1};
    long p = event_bind_virq(VIRQ_TIMER, 0);

    REQUIRE(p > 0);
    event_port_unmask((unsigned)p);
    CHECK_EQ(op(VCPUOP_set_singleshot_timer, 0, &t), 0);
    while (!event_count[p])
        hypercall(__HYPERVISOR_sched_op, SCHEDOP_block, NULL);
    event_mask();
    CHECK_EQ(event_close((unsigned)p), 0);
}

TEST(vcpu_op_set_singleshot_timer_etime,
     COVERS(vcpu_op.set_singleshot_timer, ETIME))
{
    struct vcpu_set_singleshot_timer t = {.timeout_abs_ns = 1,
                                          .flags = VCPU_SSHOTTMR_future};

    long rc = op(VCPUOP_set_singleshot_timer, 0, &t);

    /* Xen 4.17 ignores the flag, as later headers say. */
    CHECK(rc == -XEN_ETIME || rc == 0);
}

TEST(vcpu_op_set_singleshot_timer_einval_other_vcpu,
     COVERS(vcpu_op.set_singleshot_timer, EINVAL)
         COVERS(vcpu_op.stop_singleshot_timer, EINVAL))
{
    struct vcpu_set_singleshot_timer t = {.timeout_abs_ns = 1};

    if (smp_count() < 2)
        SKIP("one vCPU");
    CHECK_EQ(op(VCPUOP_set_singleshot_timer, 1, &t), -XEN_EINVAL);
    CHECK_EQ(op(VCPUOP_stop_singleshot_timer, 1, NULL), -XEN_EINVAL);
}

TEST(vcpu_op_set_singleshot_timer_efault,
     COVERS(vcpu_op.set_singleshot_timer, EFAULT))
{
    CHECK_EQ(op(VCPUOP_set_singleshot_timer, 0, BAD_PTR), -XEN_EFAULT);
}

TEST(vcpu_op_stop_singleshot_timer_ok,
     COVERS(vcpu_op.stop_singleshot_timer, ok))
{
    struct vcpu_set_singleshot_timer t = {.flags = 0};
    struct sched_poll poll = {.nr_ports = 0};
    long p = event_bind_virq(VIRQ_TIMER, 0);

    REQUIRE(p > 0);
    CHECK_EQ(op(VCPUOP_stop_periodic_timer, 0, NULL), 0);
    event_clear((unsigned)p);
    t.timeout_abs_ns = system_time() + 10000000;
    CHECK_EQ(op(VCPUOP_set_singleshot_timer, 0, &t), 0);
    CHECK_EQ(op(VCPUOP_stop_singleshot_timer, 0, NULL), 0);
    poll.timeout = t.timeout_abs_ns + 10000000;
    CHECK_EQ(hypercall(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll), 0);
    CHECK(!event_pending((unsigned)p));
    CHECK_EQ(event_close((unsigned)p), 0);
}

TEST(set_timer_op_ok, COVERS(set_timer_op, ok))
{
    long p = event_bind_virq(VIRQ_TIMER, 0);

    REQUIRE(p > 0);
    event_port_unmask((unsigned)p);
    CHECK_EQ(hypercall(__HYPERVISOR_set_timer_op, system_time() + 10000000), 0);
    while (!event_count[p])
        hypercall(__HYPERVISOR_sched_op, SCHEDOP_block, NULL);
    /* 0 stops it. */
    CHECK_EQ(hypercall(__HYPERVISOR_set_timer_op, 0), 0);
    event_mask();
    CHECK_EQ(event_close((unsigned)p), 0);
}

/* ---- the rest ---- */

TEST(vcpu_op_send_nmi_ok, COVERS(vcpu_op.send_nmi, ok))
{
    /* No NMI callback is registered: nothing comes of it. */
    CHECK_EQ(op(VCPUOP_send_nmi, 0, NULL), 0);
}

TEST(vcpu_op_get_physid)
{
    struct vcpu_get_physid id;
    long rc = op(VCPUOP_get_physid, 0, &id);

    /* For a pinned vCPU of the hardware domain only. */
    CHECK(rc == 0 || rc == -XEN_EINVAL || rc == -XEN_ENOSYS);
}
