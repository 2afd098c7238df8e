/* SPDX-License-Identifier: MIT */
#include "machine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cpu/descriptor.h"
#include "cpu/features.h"
#include "cpu/insn.h"
#include "cpu/percpu.h"
#include "cpu/tlb.h"
#include "debug/log.h"
#include "lib/assert.h"
#include "lib/boot_info.h"
#include "lib/errno.h"
#include "lib/spinlock.h"
#include "lib/upcall.h"
#include "mm/boot.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "mm/map.h"
#include "platform/apic.h"
#include "platform/mmio.h"

char *machine_ram, *machine_frame_table, *machine_m2p;
unsigned machine_cpu;
int (*machine_on_yield)(void);
uint32_t machine_generation[MACHINE_FRAMES];
unsigned machine_flushes[MACHINE_CPUS];

struct boot_info boot_info;
struct cpu_features cpu_features = {.phys_bits = 40};
struct cpumask cpu_online;
unsigned cpu_count = MACHINE_CPUS;

static char ram[(MACHINE_FIRST + MACHINE_FRAMES) * PAGE_SIZE] PAGE_ALIGNED;
static char frame_table[(1UL << FRAME_SECTION_SHIFT) * sizeof(struct frame)];
static char m2p[(1UL << FRAME_SECTION_SHIFT) * 8];

/* ---- Random numbers (xorshift64*) ---- */

static uint64_t random_state = 1;

void machine_seed(uint64_t seed)
{
    random_state = seed * 0x9e3779b97f4a7c15UL | 1;
}

unsigned machine_random(unsigned below)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (unsigned)(random_state * 0x2545f4914f6cdd1dUL >> 33) % below;
}

/* ---- TLBs ---- */

/* What a CPU remembers: a frame, used as a table of `level` or mapped (0). */
struct cached {
    uint64_t mfn;
    uint32_t generation;
    uint8_t level;
    bool write;
};

#define CACHED_MAX 64

static struct tlb {
    struct cached entry[CACHED_MAX];
    unsigned count;
    uint64_t cr3;
} tlbs[MACHINE_CPUS];

uint64_t read_cr3(void)
{
    return tlbs[machine_cpu].cr3;
}

void write_cr3(uint64_t v)
{
    machine_flushes[machine_cpu]++;
    tlbs[machine_cpu].cr3 = v;
    tlbs[machine_cpu].count = 0;
}

void cpu_invlpg(uintptr_t va)
{
    /* Which entries are va's is not noted: none is forgotten. */
    (void)va;
}

static void cache(struct tlb *t, uint64_t mfn, unsigned level, bool write)
{
    struct cached *c = &t->entry[t->count % CACHED_MAX];

    /* Full: what is evicted can do no harm. */
    if (t->count >= CACHED_MAX)
        c = &t->entry[machine_random(CACHED_MAX)];
    else
        t->count++;
    *c = (struct cached){mfn, machine_generation[mfn - MACHINE_FIRST],
                         (uint8_t)level, write};
}

static bool is_ram(uint64_t mfn)
{
    return mfn >= MACHINE_FIRST && mfn < MACHINE_FIRST + MACHINE_FRAMES;
}

void machine_touch(unsigned cpu, uint64_t root)
{
    struct tlb *t = &tlbs[cpu];
    uint64_t at = root;
    unsigned level = 4;
    bool write = true;

    /* Perhaps start from a table that is remembered. */
    if (t->count && machine_random(2)) {
        const struct cached *c = &t->entry[machine_random(t->count)];

        if (c->level) {
            at = c->mfn;
            level = c->level;
            write = c->write;
        }
    }
    for (; level > 0; level--) {
        uint64_t *table = machine_page(at), e;
        unsigned idx = 0;

        /* An entry that is present, if it is found soon. */
        for (unsigned i = 0; i < 8; i++) {
            idx = machine_random(8);
            if (level == 4 && idx == 7)
                idx = 300;
            if (table[idx] & 1)
                break;
        }
        e = table[idx];
        if (!(e & 1))
            return;
        table[idx] |= level == 1 && (e & 2) ? 0x60 : 0x20;
        at = (e & 0x000ffffffffff000UL) >> 12;
        write = write && (e & 2);
        if (!is_ram(at))
            return;
        cache(t, at, level - 1, write);
    }
}

uint64_t machine_cached(bool table)
{
    const struct tlb *t = &tlbs[machine_random(MACHINE_CPUS)];

    for (unsigned i = 0; i < 16 && t->count; i++) {
        const struct cached *c = &t->entry[machine_random(t->count)];

        if (table == (c->level != 0))
            return c->mfn;
    }
    return 0;
}

/* Why this entry is unsafe, or NULL. */
static const char *unsafe(const struct cached *c)
{
    uint64_t w = frame_of(MFN(c->mfn))->word;
    enum frame_type type = frame_word_type(w);

    if (c->generation != machine_generation[c->mfn - MACHINE_FIRST])
        return "another owner's frame";
    if (!frame_word_refs(w) || !frame_word_count(w) || (w & FRAME_BUSY))
        return NULL;
    if (c->level == 0 && c->write && type != FRAME_WRITABLE)
        return "a writable mapping of a checked page";
    /* Below a read-only self-reference, tables count as lower ones. */
    if (c->level && type != frame_type_of_level(c->level) &&
        (c->write || !frame_type_is_table(type) ||
         type < frame_type_of_level(c->level)))
        return "a table that is none";
    return NULL;
}

bool machine_tlb_is_unsafe(void)
{
    for (unsigned cpu = 0; cpu < MACHINE_CPUS; cpu++)
        for (unsigned i = 0; i < tlbs[cpu].count; i++) {
            const struct cached *c = &tlbs[cpu].entry[i];
            const char *why = unsafe(c);

            if (!why)
                continue;
            fprintf(stderr,
                    "CPU %u has %s: frame %#lx (%#lx), level %u, write %d\n",
                    cpu, why, c->mfn, frame_of(MFN(c->mfn))->word, c->level,
                    c->write);
            return true;
        }
    return false;
}

void apic_ipi_mask(const struct cpumask *cpus, uint8_t vector)
{
    unsigned self = machine_cpu, cpu;

    CHECK(vector == VECTOR_IPI_FLUSH);
    CPUMASK_FOR_EACH(cpu, cpus)
    {
        machine_cpu = cpu;
        tlb_serve_request();
    }
    machine_cpu = self;
}

/* ---- What mm/ calls ---- */

void panic(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
    abort();
}

void log_print(enum log_level level, const char *fmt, ...)
{
    va_list ap;

    (void)level;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
    va_end(ap);
}

void spin_lock(struct spinlock *l)
{
    CHECK(!l->owner);
    l->owner = 1;
}

void spin_unlock(struct spinlock *l)
{
    CHECK(l->owner);
    l->owner = 0;
}

int yield_point(void)
{
    return machine_on_yield ? machine_on_yield() : 0;
}

/* Descriptors: an odd one stands for one that no guest may have. */
bool descriptor_fix(uint64_t *desc)
{
    return !(*desc & 1);
}

/* Device frames 0x80 to 0x8f: the last two are special. */
bool platform_mmio_denied(mfn_t mfn)
{
    return mfn.v == 0x8f;
}

bool platform_mmio_readonly(mfn_t mfn)
{
    return mfn.v == 0x8e;
}

void *mm_table_alloc(void)
{
    return heap_alloc_pages(0, 0);
}

/* ---- Setting up ---- */

uint64_t *machine_page(uint64_t mfn)
{
    CHECK(is_ram(mfn));
    return (uint64_t *)(machine_ram + (mfn << PAGE_SHIFT));
}

void machine_init(void)
{
    machine_ram = ram;
    machine_frame_table = frame_table;
    machine_m2p = m2p;
    memset(frame_table, 0, sizeof(frame_table));
    memset(m2p, 0xff, sizeof(m2p));
    memset(tlbs, 0, sizeof(tlbs));
    machine_cpu = 0;
    cpu_online.w[0] = (1UL << MACHINE_CPUS) - 1;
    boot_info.map_count = 1;
    boot_info.map[0] =
        (struct mem_region){(uint64_t)MACHINE_FIRST << PAGE_SHIFT,
                            MACHINE_FRAMES * PAGE_SIZE, MEM_RAM};
    bit_set(frame_sections, 0);
    heap_give_new(MFN(MACHINE_FIRST), MACHINE_FRAMES);
}
