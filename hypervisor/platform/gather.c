/* SPDX-License-Identifier: MIT */
/*
 * Invariant: a CPU that is counted in `arrived` does not leave before
 * `is_held` is false, and is_held is not true again before all have left.
 * Locking: none; a CPU on its way to its next interrupt may hold any lock, so
 * the one that waits for it holds none.
 */
#include "platform/gather.h"

#include "cpu/insn.h"
#include "cpu/percpu.h"
#include "cpu/tlb.h"
#include "lib/atomic.h"
#include "platform/apic.h"

static uint32_t is_taken; /* somebody gathers, or did and waits */
static uint32_t is_held;
static uint32_t arrived;

static void serve(void)
{
    tlb_serve_request();
    cpu_relax();
}

static uint32_t others(void)
{
    uint32_t count = 0;
    unsigned cpu;

    CPUMASK_FOR_EACH(cpu, &cpu_online)
    count += cpu != cpu_id();
    return count;
}

bool gather_begin(void)
{
    uint32_t free = 0;

    if (!atomic_cas(&is_taken, &free, 1))
        return false;
    atomic_store(&is_held, 1);
    apic_ipi_mask(&cpu_online, VECTOR_IPI_WAKE);
    while (atomic_load(&arrived) != others())
        serve();
    return true;
}

void gather_end(void)
{
    atomic_store(&is_held, 0);
    while (atomic_load(&arrived))
        serve();
    atomic_store(&is_taken, 0);
}

void gather_join(void)
{
    if (!atomic_load(&is_held))
        return;
    atomic_add(&arrived, 1);
    while (atomic_load(&is_held))
        serve();
    atomic_add(&arrived, (uint32_t)-1);
}
