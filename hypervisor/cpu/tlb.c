/* SPDX-License-Identifier: MIT */
/*
 * TLB flushes and the flush clock.
 *
 * Invariant: cpus[c].last is a value that the clock had before CPU c's latest
 * flush began. The clock moves on between a stamp that was taken and the next
 * flush anywhere, so a CPU whose `last` is above a stamp flushed after it;
 * one whose `last` is not above it may not have, and is flushed.
 * Invariant: cpus[c].guest is set before a guest's root is loaded on c, and
 * cleared after the hypervisor's own root is: a CPU that is seen with it clear
 * holds no entry of a guest, and what it loads later it reads from tables from
 * which the mapping in question is gone.
 * Invariant: cpus[c].served follows cpus[c].asked; a CPU that waits serves its
 * own requests, so two that wait for each other both go on.
 *
 * Locking: none. Each `last`, `guest` and `served` is written by its CPU.
 */
#include "cpu/tlb.h"

#include "cpu/direct.h"
#include "cpu/insn.h"
#include "cpu/percpu.h"
#include "lib/upcall.h"
#include "platform/apic.h"

static struct tlb_cpu {
    uint64_t last;   /* clock before the latest flush */
    uint64_t asked;  /* (a) requests made to this CPU */
    uint64_t served; /* the last of them that was served */
    bool guest;      /* a guest's root is, or is about to be, loaded */
} CACHE_ALIGNED cpus[CONFIG_NR_CPUS];

/* Starts above TLB_STAMP_NONE. */
static uint64_t flush_clock CACHE_ALIGNED = 1;
/* A stamp was taken since the clock moved last. */
static bool clock_used;

/* The clock's value for a flush that begins now. */
static uint64_t clock_read(void)
{
    if (READ_ONCE(clock_used)) {
        WRITE_ONCE(clock_used, false);
        atomic_add(&flush_clock, 1);
    }
    return atomic_load(&flush_clock);
}

tlb_stamp_t tlb_stamp_now(void)
{
    tlb_stamp_t now;

    /* The mapping's removal is visible before the clock is read. */
    memory_barrier();
    now.v = atomic_load(&flush_clock);
    if (!READ_ONCE(clock_used))
        WRITE_ONCE(clock_used, true);
    return now;
}

void tlb_load_root(paddr_t root)
{
    struct tlb_cpu *c = &cpus[cpu_id()];
    bool is_own = root.v == virt_to_paddr(map_root).v;
    uint64_t now = clock_read();

    if (!is_own && !c->guest)
        atomic_xchg(&c->guest, true);
    write_cr3(root.v);
    WRITE_ONCE(c->last, now);
    if (is_own)
        atomic_store(&c->guest, false);
}

void tlb_flush_local(void)
{
    uint64_t now = clock_read();

    write_cr3(read_cr3());
    WRITE_ONCE(cpus[cpu_id()].last, now);
}

void tlb_flush_page_local(uintptr_t va)
{
    cpu_invlpg(va);
}

void tlb_serve_request(void)
{
    struct tlb_cpu *c = &cpus[cpu_id()];
    uint64_t asked = atomic_load(&c->asked);

    if (asked == c->served)
        return;
    tlb_flush_local();
    atomic_store(&c->served, asked);
}

void upcall_spin_relax(void)
{
    tlb_serve_request();
}

static void flush_remote(const struct cpumask *remote)
{
    unsigned cpu;

    CPUMASK_FOR_EACH(cpu, remote)
    atomic_add(&cpus[cpu].asked, 1);
    apic_ipi_mask(remote, VECTOR_IPI_FLUSH);
    CPUMASK_FOR_EACH(cpu, remote)
    {
        /* Ours, or a later one, which covers it. */
        uint64_t asked = atomic_load(&cpus[cpu].asked);

        while (atomic_load(&cpus[cpu].served) < asked) {
            tlb_serve_request();
            cpu_relax();
        }
    }
}

/* Those of `in` that are online, without `self`; false: there are none. */
static bool mask_remote(const struct cpumask *in, unsigned self,
                        struct cpumask *out)
{
    uint64_t any = 0;

    for (size_t i = 0; i < ARRAY_COUNT(out->w); i++)
        out->w[i] = READ_ONCE(in->w[i]) & READ_ONCE(cpu_online.w[i]);
    bit_clear(out->w, self);
    for (size_t i = 0; i < ARRAY_COUNT(out->w); i++)
        any |= out->w[i];
    return any != 0;
}

void tlb_flush_cpus(const struct cpumask *mask)
{
    unsigned self = cpu_id();
    struct cpumask remote;
    bool is_remote;

    memory_barrier();
    is_remote = mask_remote(mask, self, &remote);
    if (bit_test(mask->w, self))
        tlb_flush_local();
    if (is_remote)
        flush_remote(&remote);
}

void tlb_flush_page_cpus(const struct cpumask *mask, uintptr_t va)
{
    unsigned self = cpu_id();
    struct cpumask remote;
    bool is_remote;

    memory_barrier();
    is_remote = mask_remote(mask, self, &remote);
    if (bit_test(mask->w, self))
        cpu_invlpg(va);
    if (is_remote)
        flush_remote(&remote);
}

/* Those of `mask` that may hold guests' entries. */
static struct cpumask mask_guest(const struct cpumask *mask)
{
    struct cpumask some = {{0}};
    unsigned cpu;

    memory_barrier();
    CPUMASK_FOR_EACH(cpu, mask)
    if (READ_ONCE(cpus[cpu].guest))
        bit_set(some.w, cpu);
    return some;
}

void tlb_flush_guest_cpus(const struct cpumask *mask)
{
    struct cpumask some = mask_guest(mask);

    tlb_flush_cpus(&some);
}

void tlb_flush_page_guest_cpus(const struct cpumask *mask, uintptr_t va)
{
    struct cpumask some = mask_guest(mask);

    tlb_flush_page_cpus(&some, va);
}

tlb_clean_t tlb_flush_stale(tlb_stamp_t stamp)
{
    struct cpumask stale = {{0}};
    bool any = false;
    unsigned cpu;

    memory_barrier();
    CPUMASK_FOR_EACH(cpu, &cpu_online)
    {
        if (READ_ONCE(cpus[cpu].last) <= stamp.v &&
            READ_ONCE(cpus[cpu].guest)) {
            bit_set(stale.w, cpu);
            any = true;
        }
    }
    if (any)
        tlb_flush_cpus(&stale);
    return (tlb_clean_t){true};
}
