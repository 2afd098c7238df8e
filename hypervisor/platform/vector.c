/* SPDX-License-Identifier: MIT */
/*
 * Which vector on which CPU belongs to which interrupt.
 *
 * Invariant: an entry is VECTOR_NONE or a pirq. Entries change under irq_lock
 * and are read without it: an interrupt that is on its way while its vector
 * goes to another line is one spurious interrupt for that line.
 */
#include "platform/vector.h"

#include "cpu/percpu.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "mm/heap.h"
#include "platform/apic.h"

#define COUNT (VECTOR_DEVICE_LAST - VECTOR_DEVICE_FIRST + 1)
/* Raised by guests' own instructions: system calls and hypercalls. */
#define VECTOR_SYSCALL   0x80
#define VECTOR_HYPERCALL 0x82
/* Interrupts of devices carry 8 bits of APIC id. */
#define DEST_ID_MAX 0xfe

static uint16_t *tables[CONFIG_NR_CPUS]; /* COUNT entries each */
static uint16_t used[CONFIG_NR_CPUS];

int vector_init(void)
{
    for (unsigned cpu = 0; cpu < cpu_count; cpu++) {
        uint16_t *table = heap_alloc(COUNT * sizeof(*table));

        if (!table)
            return -ENOMEM;
        for (unsigned i = 0; i < COUNT; i++)
            table[i] = VECTOR_NONE;
        tables[cpu] = table;
    }
    return 0;
}

static bool is_free(unsigned cpu, unsigned vector)
{
    return vector <= VECTOR_DEVICE_LAST && vector != VECTOR_SYSCALL &&
           vector != VECTOR_HYPERCALL &&
           tables[cpu][vector - VECTOR_DEVICE_FIRST] == VECTOR_NONE;
}

/* The first of `count` free vectors on this CPU, or 0. */
static uint8_t find_run(unsigned cpu, unsigned count)
{
    for (unsigned first = ROUND_UP(VECTOR_DEVICE_FIRST, count);
         first <= VECTOR_DEVICE_LAST; first += count) {
        unsigned i = 0;

        while (i < count && is_free(cpu, first + i))
            i++;
        if (i == count)
            return (uint8_t)first;
    }
    return 0;
}

int vector_alloc(unsigned pirq, unsigned count, unsigned *cpu, uint8_t *vector)
{
    unsigned best = CONFIG_NR_CPUS, c;
    uint8_t first = 0;

    ASSERT(count && count <= 32 && !(count & (count - 1)));
    CPUMASK_FOR_EACH(c, &cpu_online)
    {
        uint8_t run;

        if (!tables[c] || cpu_apic_id[c] > DEST_ID_MAX ||
            (best < CONFIG_NR_CPUS && used[c] >= used[best]))
            continue;
        run = find_run(c, count);
        if (run) {
            best = c;
            first = run;
        }
    }
    if (!first)
        return -ENOSPC;
    for (unsigned i = 0; i < count; i++)
        WRITE_ONCE(tables[best][first - VECTOR_DEVICE_FIRST + i],
                   (uint16_t)(pirq + i));
    used[best] = (uint16_t)(used[best] + count);
    *cpu = best;
    *vector = first;
    return 0;
}

void vector_free(unsigned cpu, uint8_t vector, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        WRITE_ONCE(tables[cpu][vector - VECTOR_DEVICE_FIRST + i], VECTOR_NONE);
    used[cpu] = (uint16_t)(used[cpu] - count);
}

unsigned vector_lookup(unsigned cpu, uint8_t vector)
{
    const uint16_t *table = READ_ONCE(tables[cpu]);

    if (!table || vector < VECTOR_DEVICE_FIRST || vector > VECTOR_DEVICE_LAST)
        return VECTOR_NONE;
    return READ_ONCE(table[vector - VECTOR_DEVICE_FIRST]);
}
