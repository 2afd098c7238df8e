/* SPDX-License-Identifier: MIT */
/*
 * The clock page: what a kernel computes from it goes forward on each vCPU
 * and between them, and agrees with the timers.
 */
#include "guest.h"

static uint64_t rdtsc(void)
{
    uint32_t lo, hi;

    __asm__ volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
    return (uint64_t)hi << 32 | lo;
}

static uint64_t now_on(unsigned cpu)
{
    volatile struct vcpu_time_info *t = &mem_vcpu_info(cpu)->time;
    uint32_t version;
    uint64_t ns;

    do {
        version = t->version;
        __asm__ volatile("" ::: "memory");
        uint64_t delta = rdtsc() - t->tsc_timestamp;

        if (t->tsc_shift >= 0)
            delta <<= t->tsc_shift;
        else
            delta >>= -t->tsc_shift;
        ns = t->system_time +
             (uint64_t)((unsigned __int128)delta * t->tsc_to_system_mul >> 32);
        __asm__ volatile("" ::: "memory");
    } while ((version & 1) || version != t->version);
    return ns;
}

TEST(monotonic_on_one_vcpu)
{
    uint64_t last = now_on(0);

    for (unsigned i = 0; i < 200000; i++) {
        uint64_t t = now_on(0);

        if (t < last) {
            test_fail(__FILE__, __LINE__, "back by %lu ns",
                      (ulong_t)(last - t));
            return;
        }
        last = t;
        if (i % 1000 == 0)
            smp_relax();
    }
}

static volatile uint64_t token_time;
static volatile unsigned token_owner;
static volatile ulong_t token_back;
#define ROUNDS 300u

static void pass_token(unsigned self)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        while (token_owner != self)
            smp_relax();
        uint64_t t = now_on(self);

        if (t < token_time && token_time - t > token_back)
            token_back = token_time - t;
        token_time = t;
        __atomic_store_n(&token_owner, !self, __ATOMIC_SEQ_CST);
    }
}

static void token_body(void *arg)
{
    (void)arg;
    pass_token(1);
}

/* A token that carries the time between two vCPUs never sees it go back. */
TEST(monotonic_between_vcpus)
{
    if (smp_count() < 2)
        SKIP("one vCPU");
    token_time = token_back = 0;
    token_owner = 0;
    REQUIRE_EQ(smp_start(1, token_body, NULL), 0);
    pass_token(0);
    CHECK(smp_join(1));
    print("INFO at most %lu ns back\n", token_back);
    /* Xen calibrates each CPU by itself: milliseconds apart in QEMU. */
    if (!test_on_xen())
        CHECK_EQ(token_back, 0);
}

/* A poll with a timeout of 50 ms takes at least that by the clock. */
TEST(agrees_with_poll)
{
    for (unsigned i = 0; i < 5; i++) {
        uint64_t start = now_on(0);
        struct sched_poll op = {.nr_ports = 0, .timeout = start + 50000000};

        CHECK_EQ(hypercall(__HYPERVISOR_sched_op, SCHEDOP_poll, &op), 0);
        CHECK(now_on(0) - start >= 50000000);
        CHECK(now_on(0) - start < 5000000000);
    }
}

TEST(wall_clock)
{
    volatile struct shared_info *sh = mem_shared_info();
    uint64_t sec = (uint64_t)sh->wc_sec_hi << 32 | sh->wc_sec;

    sec += now_on(0) / 1000000000;
    CHECK_EQ(sh->wc_version & 1, 0);
    CHECK(sh->wc_nsec < 1000000000);
    /* 2020 to 2100 */
    CHECK(sec > 1577836800 && sec < 4102444800);
}

/* The frequency that the page claims: the TSC over 200 ms of poll. */
TEST(tsc_frequency_is_plausible)
{
    uint64_t start = now_on(0), tsc = rdtsc(), ns;
    struct sched_poll op = {.nr_ports = 0, .timeout = start + 200000000};

    CHECK_EQ(hypercall(__HYPERVISOR_sched_op, SCHEDOP_poll, &op), 0);
    ns = now_on(0) - start;
    tsc = rdtsc() - tsc;
    print("INFO TSC %lu kHz\n", (ulong_t)(tsc * 1000000 / ns));
    CHECK(tsc * 1000 / ns > 10); /* above 10 MHz */
}

/* Timers set for later come in order and not early. */
TEST(timer_not_early)
{
    long p = event_bind_virq(VIRQ_TIMER, 0);

    REQUIRE(p > 0);
    smp_vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL);
    event_clear((unsigned)p);
    event_port_unmask((unsigned)p);
    for (unsigned i = 0; i < 20; i++) {
        struct vcpu_set_singleshot_timer t = {.flags = 0};
        unsigned before = event_count[p];

        t.timeout_abs_ns = now_on(0) + 1000000 * (i + 1);
        CHECK_EQ(smp_vcpu_op(VCPUOP_set_singleshot_timer, 0, &t), 0);
        while (event_count[p] == before)
            hypercall(__HYPERVISOR_sched_op, SCHEDOP_block, NULL);
        CHECK(now_on(0) >= t.timeout_abs_ns);
        event_mask();
    }
    CHECK_EQ(event_close((unsigned)p), 0);
}
