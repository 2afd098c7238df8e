/* SPDX-License-Identifier: MIT */
/*
 * Starting the other CPUs, one after the other.
 *
 * A CPU that was told to start reports each step in `step`; the boot CPU waits
 * for the next one for a bounded time. What it gives up, it marks: a CPU that
 * comes late stops at its next step and touches nothing.
 *
 * Invariant: cpu_online holds a CPU only from when it can take interrupts and
 * flush its TLB.
 */
#include "boot/smp.h"

#include "cpu/gdt.h"
#include "cpu/insn.h"
#include "cpu/percpu.h"
#include "cpu/start.h"
#include "cpu/tlb.h"
#include "debug/log.h"
#include "domain/vcpu.h"
#include "lib/atomic.h"
#include "lib/boot_info.h"
#include "lib/string.h"
#include "mm/cpu_area.h"
#include "mm/heap.h"
#include "mm/map.h"
#include "platform/apic.h"
#include "sched/sched.h"
#include "time/clock.h"
#include "time/timer.h"

enum step {
    STEP_NONE,
    STEP_ALIVE,  /* runs our code, with our tables */
    STEP_GO,     /* boot CPU: compare clocks now */
    STEP_ONLINE, /* takes interrupts */
    STEP_GIVEN_UP,
};

#define LOW_MEMORY_END 0xa0000UL
/* Waits in microseconds: long for a busy host, not for a CPU that starts. */
#define INIT_DELAY_US        20
#define FIRST_PATIENCE_US    1000
#define SECOND_INIT_DELAY_US 10000
#define PATIENCE_US          1000000

extern char trampoline_start[], trampoline_end[], smp_entry[];
void smp_begin(void);

/* The first root of a CPU, and the tables of its low part. */
static struct first_root {
    uint64_t *l4, *l3, *l2, *l1;
} first_root;
static uint32_t step; /* enum step, of the CPU that is being started */
static uint8_t *trampoline;
static uint64_t trampoline_pa;

/* ---- The CPU that starts ---- */

static NORETURN void stop(void)
{
    for (;;)
        cpu_halt();
}

/* Report a step, unless we were given up; then it is too late. */
static void reach(enum step from, enum step to)
{
    uint32_t expected = from;

    if (!atomic_cas(&step, &expected, to))
        stop();
}

/* On the idle vCPU's stack, whose top block names the CPU. */
void smp_begin(void)
{
    unsigned cpu = cpu_id();

    cpu_init_secondary(cpu);
    tlb_load_root(virt_to_paddr(map_root));
    apic_init_cpu();
    reach(STEP_NONE, STEP_ALIVE);
    while (atomic_load(&step) == STEP_ALIVE)
        cpu_relax();
    if (atomic_load(&step) != STEP_GO || !clock_init_cpu())
        stop();
    timer_init_cpu();
    atomic_or(&cpu_online.w[cpu / 64], 1UL << cpu % 64);
    /* What was unmapped since our root was loaded was flushed without us. */
    tlb_flush_local();
    reach(STEP_GO, STEP_ONLINE);
    sched_idle_loop();
}

/* ---- The boot CPU ---- */

static bool is_in_module(uint64_t pa)
{
    for (unsigned i = 0; i < boot_info.module_count; i++)
        if (pa < boot_info.modules[i].end &&
            boot_info.modules[i].start < pa + PAGE_SIZE)
            return true;
    return false;
}

/* A page of RAM below 1 MiB, where nothing is; nobody manages that memory. */
static uint64_t find_low_page(void)
{
    for (uint64_t pa = LOW_MEMORY_END - PAGE_SIZE; pa >= PAGE_SIZE;
         pa -= PAGE_SIZE) {
        for (unsigned i = 0; i < boot_info.map_count; i++) {
            const struct mem_region *r = &boot_info.map[i];

            if (r->type == MEM_RAM && r->base <= pa &&
                pa + PAGE_SIZE <= r->base + r->size && !is_in_module(pa))
                return pa;
        }
    }
    return 0;
}

static void free_first_root(void)
{
    uint64_t *tables[] = {first_root.l4, first_root.l3, first_root.l2,
                          first_root.l1};

    for (unsigned i = 0; i < ARRAY_COUNT(tables); i++)
        if (tables[i])
            heap_free_pages(tables[i], 0);
    first_root = (struct first_root){0};
}

static uint64_t table_entry(const void *table)
{
    return virt_to_paddr(table).v | PTE_PRESENT | PTE_WRITE;
}

/* Our root, and the trampoline's page one to one. */
static bool create_first_root(void)
{
    struct first_root *r = &first_root;

    r->l4 = heap_alloc_pages(0, HEAP_BELOW_4G);
    r->l3 = heap_alloc_pages(0, 0);
    r->l2 = heap_alloc_pages(0, 0);
    r->l1 = heap_alloc_pages(0, 0);
    if (!r->l4 || !r->l3 || !r->l2 || !r->l1) {
        free_first_root();
        return false;
    }
    memcpy(r->l4, map_root, PAGE_SIZE);
    r->l4[0] = table_entry(r->l3);
    r->l3[0] = table_entry(r->l2);
    r->l2[0] = table_entry(r->l1);
    r->l1[trampoline_pa >> PAGE_SHIFT] =
        trampoline_pa | PTE_PRESENT | PTE_WRITE;
    return true;
}

static void put(unsigned offset, const void *value, size_t bytes)
{
    memcpy(trampoline + offset, value, bytes);
}

static bool create_trampoline(void)
{
    uint64_t entry = (uintptr_t)smp_entry, root2 = virt_to_paddr(map_root).v;
    uint32_t root, base;

    trampoline_pa = find_low_page();
    if (!trampoline_pa) {
        log_warning("smp: no free page of memory below 640 KiB");
        return false;
    }
    if (!create_first_root()) {
        log_warning("smp: no memory below 4 GiB");
        return false;
    }
    trampoline = map_mmio(PADDR(trampoline_pa), PAGE_SIZE, MMIO_WB);
    if (!trampoline) {
        free_first_root();
        return false;
    }
    root = (uint32_t)virt_to_paddr(first_root.l4).v;
    base = (uint32_t)trampoline_pa;
    memcpy(trampoline, trampoline_start,
           (size_t)(trampoline_end - trampoline_start));
    put(TRAMPOLINE_ROOT, &root, sizeof(root));
    put(TRAMPOLINE_BASE, &base, sizeof(base));
    put(TRAMPOLINE_ENTRY, &entry, sizeof(entry));
    put(TRAMPOLINE_ROOT2, &root2, sizeof(root2));
    return true;
}

/* Wait until the CPU is past `from`; it may have been given up here. */
static bool wait_past(enum step from, unsigned us)
{
    for (unsigned waited = 0; waited < us; waited++) {
        if (atomic_load(&step) != from)
            return true;
        clock_delay_us(1);
    }
    return atomic_load(&step) != from;
}

/* INIT and start-up, first in haste, then with the delays of the manual. */
static bool wake(uint32_t id)
{
    uint8_t page = (uint8_t)(trampoline_pa >> PAGE_SHIFT);

    apic_send_init(id);
    clock_delay_us(INIT_DELAY_US);
    apic_send_startup(id, page);
    if (wait_past(STEP_NONE, FIRST_PATIENCE_US))
        return true;
    apic_send_startup(id, page);
    if (wait_past(STEP_NONE, PATIENCE_US / 2))
        return true;
    apic_send_init(id);
    clock_delay_us(SECOND_INIT_DELAY_US);
    apic_send_startup(id, page);
    return wait_past(STEP_NONE, PATIENCE_US);
}

/* Take back a step that the CPU did not make; false: it just made it. */
static bool give_up(enum step from)
{
    uint32_t expected = from;

    return atomic_cas(&step, &expected, STEP_GIVEN_UP);
}

static const char *start(unsigned cpu)
{
    struct vcpu *idle;
    uint64_t stack;

    if (cpu_area_create(cpu))
        return "no memory for its tables";
    idle = sched_idle_vcpu_create(cpu);
    if (!idle)
        return "no memory for its stack";
    stack = (uintptr_t)idle->top;
    put(TRAMPOLINE_STACK, &stack, sizeof(stack));
    atomic_store(&step, STEP_NONE);
    if (!wake(cpu_apic_id[cpu]) && give_up(STEP_NONE))
        return "it does not answer";
    clock_sync_begin();
    atomic_store(&step, STEP_GO);
    if (!clock_sync_cpu(cpu)) {
        atomic_store(&step, STEP_GIVEN_UP);
        return "it stopped while clocks were compared";
    }
    if (!wait_past(STEP_GO, PATIENCE_US) && give_up(STEP_GO))
        return "it stopped on its way";
    return NULL;
}

void smp_start(void)
{
    unsigned online = 1;

    if (cpu_count == 1)
        return;
    if (!create_trampoline()) {
        log_warning("smp: only the boot CPU runs");
        return;
    }
    for (unsigned cpu = 1; cpu < cpu_count; cpu++) {
        const char *error = start(cpu);

        /* It must not come late, onto the next one's stack. */
        if (error) {
            apic_send_init(cpu_apic_id[cpu]);
            log_warning("smp: CPU %u (APIC id %u) is left out: %s", cpu,
                        cpu_apic_id[cpu], error);
        } else {
            online++;
        }
    }
    unmap_mmio(trampoline, PAGE_SIZE);
    /* A CPU that was given up may still be in there. */
    if (online == cpu_count)
        free_first_root();
    log_info("smp: %u of %u CPUs run", online, cpu_count);
}
