/* SPDX-License-Identifier: MIT */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "cpu/insn.h"
#include "cpu/tlb.h"
#include "lib/assert.h"
#include "machine.h"
#include "mm/check.h"
#include "mm/domain_memory.h"
#include "mm/frame.h"
#include "mm/guest_pt.h"
#include "mm/heap.h"
#include "mm/m2p.h"
#include "mm/pt_entry.h"

#define P PTE_PRESENT
#define W PTE_WRITE

/* Of each domain; all domains together have less than the machine. */
#define FRAMES_MAX 96

struct world world;

/* ---- What the checker is told ---- */

static void enumerate(check_visit_fn *visit)
{
    for (unsigned d = 0; d < WORLD_DOMAINS; d++)
        for (unsigned v = 0; v < WORLD_VCPUS; v++)
            check_vcpu(&world.vm[d][v], visit);
    for (unsigned f = 0; f < MODEL_FRAMES; f++) {
        mfn_t mfn = MFN(MODEL_FIRST + f);

        for (unsigned i = 0; i < world.model.write_holds[f]; i++)
            visit(mfn, FRAME_WRITABLE);
        for (unsigned i = 0; i < world.model.segment_holds[f]; i++)
            visit(mfn, FRAME_SEGDESC);
        for (unsigned i = 0; i < world.model.read_holds[f]; i++)
            visit(mfn, FRAME_NONE);
    }
}

static struct check_source source = {.enumerate = enumerate};

void world_init(void)
{
    memset(&world, 0, sizeof(world));
    world.model.page = machine_page;
    for (unsigned f = 0; f < MODEL_FRAMES; f++)
        world.model.owner[f] = -1;
    for (unsigned d = 0; d < WORLD_DOMAINS; d++) {
        if (domain_memory_init(&world.dm[d], (uint16_t)d, FRAMES_MAX))
            panic("domain_memory_init");
        world.dm[d].has_iomem = d == 0;
        for (unsigned v = 0; v < WORLD_VCPUS; v++)
            world.vm[d][v] = (struct vcpu_mm){.dm = &world.dm[d],
                                              .kernel_root = INVALID_MFN,
                                              .user_root = INVALID_MFN};
    }
    check_add_source(&source);
}

/* ---- Choosing ---- */

static uint64_t any_frame(void)
{
    return MODEL_FIRST + machine_random(MODEL_FRAMES);
}

static uint64_t frame_of_domain(unsigned dom)
{
    for (unsigned i = 0; i < 64; i++) {
        uint64_t mfn = any_frame();

        if (world.model.owner[mfn - MODEL_FIRST] == (int)dom)
            return mfn;
    }
    return any_frame();
}

/* Frames that are in use as `use`, mostly. */
static uint64_t frame_in_use(unsigned dom, enum model_use use)
{
    for (unsigned i = 0; i < 400; i++) {
        uint64_t mfn = any_frame(), f = mfn - MODEL_FIRST;

        if (world.model.owner[f] == (int)dom && world.model.count[f] &&
            world.model.use[f] == use)
            return mfn;
    }
    return frame_of_domain(dom);
}

static unsigned some_idx(unsigned level)
{
    static const unsigned own[] = {256, 271, 511};
    unsigned r = machine_random(40);

    if (level == 4 && r < 3)
        return own[r];
    r = machine_random(8);
    return level == 4 && r == 7 ? 300 : r;
}

/* An entry for a table of this level, good more often than not. */
static uint64_t some_entry(unsigned dom, unsigned level, uint64_t table)
{
    static const uint64_t odd[] = {
        PTE_PWT,    PTE_PCD,   PTE_PSE,  PTE_PAT,
        PTE_GLOBAL, 1UL << 52, 1UL << 9, PTE_ADDR & ~0xffffffUL};
    uint64_t mfn, e = P;

    if (machine_random(6) == 0)
        return machine_random(2) ? 0 : (uint64_t)machine_random(1U << 30) << 1;
    mfn = level > 1 && machine_random(3)
              ? frame_in_use(dom, (enum model_use)(USE_L1 + level - 2))
              : frame_of_domain(dom);
    if (machine_random(24) == 0)
        mfn = any_frame();
    if (level == 1 && machine_random(8) == 0)
        mfn = 0x8c + machine_random(4);
    if (level == 4 && machine_random(12) == 0)
        mfn = table;
    if (machine_random(3))
        e |= W;
    if (machine_random(2))
        e |= PTE_USER;
    if (machine_random(4) == 0)
        e |= PTE_ACCESSED | PTE_DIRTY;
    if (machine_random(4) == 0)
        e |= PTE_NX;
    if (machine_random(16) == 0)
        e |= odd[machine_random(ARRAY_COUNT(odd))];
    return e | mfn << PAGE_SHIFT;
}

static int result(bool expected, int err, const char *what)
{
    world.done++;
    world.succeeded += err == 0;
    if (!world.judge || expected == (err == 0))
        return true;
    fprintf(stderr, "%s: %d, should %s\n", what, err,
            expected ? "succeed" : "fail");
    return false;
}

static struct model scratch;

/* The model with nothing of this step in it. */
static struct model *now(void)
{
    scratch = world.model;
    if (world.judge)
        model_derive(&scratch);
    return &scratch;
}

/* Another domain now and then, for dom0. */
static unsigned target_of(unsigned dom)
{
    return dom == 0 && machine_random(4) == 0 ? machine_random(WORLD_DOMAINS)
                                              : dom;
}

/* ---- Operations ---- */

static bool step_alloc(unsigned dom)
{
    unsigned order = machine_random(3) ? 0 : 1;
    uint64_t free = heap_free_count();
    bool room = world.dm[dom].page_count + (1U << order) <= FRAMES_MAX;
    mfn_t mfn;
    int err = domain_memory_alloc(&world.dm[dom], order, 0, &mfn);

    for (unsigned i = 0; i < 1U << order && !err; i++) {
        uint64_t f = mfn.v + i - MODEL_FIRST;

        if (world.model.owner[f] != -1)
            panic("frame %#lx was not free", mfn.v + i);
        world.model.owner[f] = (int)dom;
        world.model.kept[f] = true;
        machine_generation[f]++;
        m2p_set(MFN(mfn.v + i), PFN(dom));
        for (unsigned j = 0; j < 512; j++)
            if (machine_page(mfn.v + i)[j])
                panic("frame %#lx not scrubbed", mfn.v + i);
    }
    /* With few frames free they may not be next to each other. */
    if (room && free > 1U << order && free < 32)
        return true;
    return result(room && free >= 1U << order, err, "alloc");
}

void world_note(void)
{
    for (unsigned f = 0; f < MODEL_FRAMES; f++) {
        const struct frame *fr = frame_of(MFN(MODEL_FIRST + f));

        /* A frame at zero references is nobody's. */
        if (world.model.owner[f] >= 0 && fr->owner == DOMID_NONE)
            world.model.owner[f] = -1;
        if (world.judge)
            continue;
        world.model.count[f] = (unsigned)frame_word_count(fr->word);
        world.model.use[f] = (enum model_use)frame_word_type(fr->word);
        world.model.pin[f] = (fr->word & FRAME_PINNED) != 0;
    }
    if (world.judge)
        model_derive(&world.model);
}

static bool step_free(unsigned dom)
{
    uint64_t mfn = frame_of_domain(dom), f = mfn - MODEL_FIRST;
    bool expected = world.model.owner[f] == (int)dom && world.model.kept[f];
    int err;

    if (machine_random(3))
        return true;
    err = domain_memory_free(&world.dm[dom], MFN(mfn));
    if (!err)
        world.model.kept[f] = false;
    return result(expected, err, "free");
}

/* The guest maps a page for writing, writes to it, and unmaps it. */
static bool step_scribble(unsigned dom)
{
    uint64_t mfn = frame_of_domain(dom);
    unsigned level = 1 + machine_random(4), n = machine_random(6);
    bool expected = model_may_use(now(), (int)dom, mfn, USE_WRITE);
    int err = frame_get_writable(MFN(mfn), (uint16_t)dom);

    if (err)
        return result(expected, err, "scribble");
    if (machine_random(3) == 0)
        memset(machine_page(mfn), 0, PAGE_SIZE);
    if (machine_random(8) == 0)
        machine_page(mfn)[machine_random(512)] = 2; /* a descriptor */
    while (n--)
        machine_page(mfn)[some_idx(level)] = some_entry(dom, level, mfn);
    frame_put_writable(MFN(mfn));
    return result(expected, err, "scribble");
}

static bool step_pin(unsigned caller, struct vcpu_mm *who)
{
    unsigned dom = target_of(caller);
    unsigned level = 1 + machine_random(4);
    uint64_t mfn = frame_of_domain(dom), f = mfn - MODEL_FIRST;
    enum model_use use = (enum model_use)(USE_L1 + level - 1);
    bool expected =
        model_may_use(now(), (int)dom, mfn, use) && !world.model.pin[f];
    int err = guest_pt_pin(who, &world.dm[dom], MFN(mfn), level);

    if (!err)
        world.model.pin[f] = (int)level;
    return result(expected, err, "pin");
}

static bool step_unpin(unsigned caller, struct vcpu_mm *who)
{
    unsigned dom = target_of(caller);
    uint64_t mfn = frame_of_domain(dom), f;
    bool expected;
    int err;

    for (unsigned i = 0; i < 200 && !world.model.pin[mfn - MODEL_FIRST]; i++)
        mfn = frame_of_domain(dom);
    f = mfn - MODEL_FIRST;
    expected = world.model.owner[f] == (int)dom && world.model.pin[f];
    /* What is counted as pinned may be gone at any yield from here on. */
    if (expected)
        world.model.pin[f] = 0;
    err = guest_pt_unpin(who, &world.dm[dom], MFN(mfn));
    return result(expected, err, "unpin");
}

/* A frame that is in no use, or 0. */
static uint64_t unused_frame(unsigned dom)
{
    for (unsigned i = 0; i < 64; i++) {
        uint64_t mfn = frame_of_domain(dom), f = mfn - MODEL_FIRST;

        if (world.model.owner[f] == (int)dom && !world.model.count[f])
            return mfn;
    }
    return 0;
}

/* A root with all levels below it and a few writable pages. */
static bool step_build(unsigned dom, unsigned vcpu, struct vcpu_mm *who)
{
    struct vcpu_mm *vm = &world.vm[dom][vcpu];
    uint64_t below = 0, mfn = 0;
    bool expected;
    int err;

    for (unsigned level = 1; level <= 4; level++) {
        uint64_t *page;

        mfn = unused_frame(dom);
        if (!mfn || frame_get_writable(MFN(mfn), (uint16_t)dom))
            return true;
        page = memset(machine_page(mfn), 0, PAGE_SIZE);
        for (unsigned i = 0; i < 4; i++)
            page[some_idx(1)] = P | W |
                                (level > 1 ? below : frame_of_domain(dom))
                                    << PAGE_SHIFT;
        frame_put_writable(MFN(mfn));
        below = mfn;
    }
    expected = model_may_use(now(), (int)dom, mfn, USE_L4);
    err = vcpu_mm_set_kernel_root(who, vm, MFN(mfn), true);
    if (!err)
        world.model.root[(dom * WORLD_VCPUS + vcpu) * 2] = vm->kernel_root.v;
    return result(expected, err, "build");
}

static bool step_root(unsigned dom, unsigned vcpu, struct vcpu_mm *who)
{
    struct vcpu_mm *vm = &world.vm[dom][vcpu];
    unsigned slot = (dom * WORLD_VCPUS + vcpu) * 2;
    uint64_t mfn =
        machine_random(3) ? frame_in_use(dom, USE_L4) : frame_of_domain(dom);
    bool expected = model_may_use(now(), (int)dom, mfn, USE_L4);
    int err;

    if (machine_random(2)) {
        bool load = machine_random(2);

        err = vcpu_mm_set_kernel_root(who, vm, MFN(mfn), load);
        if (!err)
            world.model.root[slot] = vm->kernel_root.v;
    } else if (machine_random(4) == 0) {
        err = vcpu_mm_set_user_root(who, vm, INVALID_MFN);
        expected = true;
        world.model.root[slot + 1] = 0;
    } else {
        err = vcpu_mm_set_user_root(who, vm, MFN(mfn));
        if (!err)
            world.model.root[slot + 1] = vm->user_root.v;
    }
    return result(expected, err, "root");
}

static unsigned level_now(const struct model *m, uint64_t mfn)
{
    uint64_t f = mfn - MODEL_FIRST;

    if (!m->count[f] || m->use[f] < USE_L1 || m->use[f] > USE_L4)
        return 0;
    return (unsigned)(m->use[f] - USE_L1) + 1;
}

static bool found(uint64_t mfn, unsigned idx, uint64_t kept, uint64_t may_have)
{
    uint64_t e = machine_page(mfn)[idx];

    if (!world.judge || e == kept || (e & ~may_have) == (kept & ~may_have))
        return true;
    fprintf(stderr, "entry is %#lx, should be %#lx\n", e, kept);
    return false;
}

static bool step_update(unsigned caller, struct vcpu_mm *who)
{
    unsigned dom = target_of(caller);
    struct model *m = now();
    enum model_use use = (enum model_use)(USE_L1 + machine_random(4));
    uint64_t mfn = frame_in_use(dom, use), f = mfn - MODEL_FIRST;
    unsigned level = level_now(m, mfn), idx, flags, frames = dom;
    uint64_t entry, kept;
    bool expected;
    int err;

    idx = some_idx(level ? level : 1);
    entry = some_entry(dom, level ? level : 1, mfn);
    flags = machine_random(3) ? 0 : GUEST_PT_KEEP_AD;
    if (dom == 0 && machine_random(6) == 0) {
        frames = 1 + machine_random(2);
        entry = (entry & ~PTE_ADDR) | frame_of_domain(frames) << PAGE_SHIFT;
    } else if (machine_random(20) == 0) {
        frames = MODEL_DEVICE;
    }
    kept = entry;
    if (level)
        expected = model_may_enter(m, (int)dom, mfn, level, idx, (int)frames,
                                   entry, &kept);
    else
        expected = model_may_use(m, (int)dom, mfn, USE_WRITE);
    expected = expected && world.model.owner[f] == (int)dom;
    err = guest_pt_update(who, &world.dm[dom],
                          PADDR((mfn << PAGE_SHIFT) + idx * 8),
                          (uint16_t)frames, entry, flags);
    return result(expected, err, "update") &&
           (err || found(mfn, idx, kept, flags ? PTE_ACCESSED | PTE_DIRTY : 0));
}

static uint64_t va_of(const unsigned idx[5])
{
    uint64_t va = 0;

    for (unsigned level = 4; level > 0; level--)
        va |= (uint64_t)idx[level] << (PAGE_SHIFT + 9 * (level - 1));
    return idx[4] >= 256 ? va | 0xffff000000000000UL : va;
}

/* The entry for it is number idx[1] of a level-1 table. */
static uint64_t some_va(unsigned idx[5])
{
    for (unsigned level = 4; level > 0; level--)
        idx[level] = some_idx(level);
    return va_of(idx);
}

/* Where this vCPU found a table last: there again, whatever changed since. */
static unsigned last_idx[WORLD_DOMAINS][WORLD_VCPUS][5];

static bool step_update_va(unsigned dom, unsigned vcpu, struct vcpu_mm *who)
{
    struct model *m = now();
    unsigned idx[5];
    uint64_t va, kept = 0, table = 0, root = who->kernel_root.v;
    uint64_t entry = some_entry(dom, 1, 0);
    bool expected;
    int err;

    if (mfn_eq(who->kernel_root, INVALID_MFN))
        root = 0;
    memcpy(idx, last_idx[dom][vcpu], sizeof(idx));
    idx[1] = some_idx(1);
    va = va_of(idx);
    if (idx[4] && machine_random(8))
        table = model_walk(m, (int)dom, root, idx);
    else
        for (unsigned i = 0; i < 500 && !table; i++) {
            va = some_va(idx);
            table = model_walk(m, (int)dom, root, idx);
        }
    if (table)
        memcpy(last_idx[dom][vcpu], idx, sizeof(idx));
    expected = table && model_may_enter(m, (int)dom, table, 1, idx[1], (int)dom,
                                        entry, &kept);
    err = guest_pt_update_va(who, va, (uint16_t)dom, entry);
    return result(expected, err, "update_va") &&
           (err || found(table, idx[1], kept, 0));
}

/* The frame that a walk finds mapped, if it is a level-1 table; else 0. */
static uint64_t mapped_table(struct model *m, unsigned dom, uint64_t root,
                             const unsigned idx[5])
{
    uint64_t table = model_walk(m, (int)dom, root, idx);
    uint64_t e = table ? machine_page(table)[idx[1]] : 0;

    table = (e & PTE_ADDR) >> PAGE_SHIFT;
    return (e & P) && !(e & W) && table >= MODEL_FIRST &&
                   table < MODEL_FIRST + MODEL_FRAMES &&
                   m->owner[table - MODEL_FIRST] == (int)dom &&
                   level_now(m, table) == 1
               ? table
               : 0;
}

/* A write to a table that is mapped read-only. */
static bool step_write(unsigned dom, struct vcpu_mm *who)
{
    struct model *m = now();
    unsigned idx[5], at = machine_random(8);
    uint64_t va = 0, root = who->kernel_root.v, old, kept = 0, table = 0;
    uint64_t entry = some_entry(dom, 1, 0);
    bool expected, stale = machine_random(3) == 0;
    int err;

    if (mfn_eq(who->kernel_root, INVALID_MFN))
        root = 0;
    for (unsigned i = 0; i < 2000 && !table; i++) {
        va = some_va(idx);
        table = root ? mapped_table(m, dom, root, idx) : 0;
    }
    expected = table != 0;
    if (guest_pt_read_entry(who, va + at * 8, &old) != expected && world.judge)
        return false;
    if (!expected)
        return true;
    expected = !stale && model_may_enter(m, (int)dom, table, 1, at, (int)dom,
                                         entry, &kept);
    err = guest_pt_write_entry(who, va + at * 8, old ^ (stale ? P : 0), entry);
    return result(expected, err, "write") && (err || found(table, at, kept, 0));
}

/* Unmap what a level-1 entry maps, as the end of a grant does. */
static bool step_unmap(unsigned dom, struct vcpu_mm *who)
{
    uint64_t mfn = frame_in_use(dom, USE_L1), e;
    unsigned idx = machine_random(8);
    bool expected = level_now(now(), mfn) == 1;
    int err;

    e = machine_page(mfn)[idx];
    err = guest_pt_unmap(who, &world.dm[dom],
                         PADDR((mfn << PAGE_SHIFT) + idx * 8),
                         MFN((e & PTE_ADDR) >> PAGE_SHIFT));
    return result(expected && (e & P), err, "unmap") &&
           (err || found(mfn, idx, 0, 0));
}

/* The hypervisor holds a frame for a while: a grant, a shared page, a GDT. */
static bool step_hold(unsigned dom, struct vcpu_mm *who)
{
    uint64_t mfn = frame_of_domain(dom), f = mfn - MODEL_FIRST;
    struct model *w = &world.model;
    bool expected;
    int err;

    if (w->write_holds[f]) {
        w->write_holds[f]--;
        frame_put_writable(MFN(mfn));
        return true;
    }
    if (w->segment_holds[f]) {
        w->segment_holds[f]--;
        frame_put_type(who, MFN(mfn), FRAME_SEGDESC);
        return true;
    }
    if (w->read_holds[f]) {
        w->read_holds[f]--;
        frame_put(MFN(mfn));
        return true;
    }
    switch (machine_random(6)) {
    case 0:
    case 1:
        expected = model_may_use(now(), (int)dom, mfn, USE_WRITE);
        err = frame_get_writable(MFN(mfn), (uint16_t)dom);
        w->write_holds[f] += err == 0;
        break;
    case 2:
        expected = model_may_use(now(), (int)dom, mfn, USE_READ);
        err = frame_get(MFN(mfn), (uint16_t)dom);
        w->read_holds[f] += err == 0;
        break;
    default:
        expected = model_may_use(now(), (int)dom, mfn, USE_SEGMENTS);
        err = frame_get_type(who, MFN(mfn), (uint16_t)dom, FRAME_SEGDESC);
        w->segment_holds[f] += err == 0;
    }
    return result(expected, err, "hold");
}

/* An exchange of one frame, or one that fails half way. */
static bool step_exchange(unsigned dom)
{
    uint64_t mfn = frame_of_domain(dom), f = mfn - MODEL_FIRST;
    struct model *m = now();
    bool expected = m->owner[f] == (int)dom && m->kept[f] && m->refs[f] == 1;
    int err = domain_memory_steal(&world.dm[dom], MFN(mfn));

    if (!err && frame_get_any(MFN(mfn)) == 0)
        return false;
    if (!err && machine_random(2)) {
        domain_memory_unsteal(&world.dm[dom], MFN(mfn));
    } else if (!err) {
        world.model.kept[f] = false;
        domain_memory_free_stolen(&world.dm[dom], MFN(mfn));
    }
    return result(expected, err, "exchange");
}

static bool step_touch(unsigned dom)
{
    unsigned cpu = machine_random(MACHINE_CPUS), self = machine_cpu;
    struct vcpu_mm *vm = &world.vm[dom][machine_random(WORLD_VCPUS)];
    mfn_t root = machine_random(8) ? vm->kernel_root : vm->user_root;

    if (mfn_eq(root, INVALID_MFN))
        return true;
    machine_cpu = cpu;
    /* Seldom otherwise, so that the TLB keeps much. */
    if (read_cr3() != mfn_to_paddr(root).v || machine_random(16) == 0)
        tlb_load_root(mfn_to_paddr(root));
    machine_cpu = self;
    for (unsigned i = 0; i < 12; i++)
        machine_touch(cpu, root.v);
    return true;
}

/* Zero every entry of a checked table that refers to `mfn`. */
static void unmap_everywhere(uint64_t mfn)
{
    for (unsigned f = 0; f < MODEL_FRAMES; f++) {
        uint64_t table = MODEL_FIRST + f;
        int owner = world.model.owner[f];

        if (owner < 0 || !level_now(&world.model, table))
            continue;
        for (unsigned i = 0; i < 512; i++) {
            uint64_t e = machine_page(table)[i];

            if (!(e & P) || (e & PTE_ADDR) >> PAGE_SHIFT != mfn ||
                pt_is_own_slot(level_now(&world.model, table), i))
                continue;
            /* Unless it is refused: a busy or changed table. */
            if (guest_pt_update(&world.vm[owner][0], &world.dm[owner],
                                PADDR((table << PAGE_SHIFT) + i * 8),
                                (uint16_t)owner, 0, 0))
                continue;
        }
    }
    world_note();
}

/*
 * What an attacker would do with a frame that a TLB has: get it into another
 * use. As a page table while a CPU can write it; writable while a CPU uses it
 * as a page table; someone else's.
 */
static bool step_attack(void)
{
    bool table = machine_random(2), expected;
    uint64_t mfn = machine_cached(table), f = mfn - MODEL_FIRST;
    struct vcpu_mm *who;
    int owner, err;

    if (!mfn || !world.judge || world.model.owner[f] < 0)
        return true;
    owner = world.model.owner[f];
    who = &world.vm[owner][0];
    if (!table && level_now(&world.model, mfn) == 0 && world.model.count[f] &&
        world.model.use[f] == USE_WRITE)
        memset(machine_page(mfn), 0, PAGE_SIZE);
    if (world.model.pin[f]) {
        world.model.pin[f] = 0;
        if (guest_pt_unpin(who, &world.dm[owner], MFN(mfn)))
            return false;
    }
    unmap_everywhere(mfn);
    if (world.model.owner[f] < 0)
        return true;
    if (machine_random(3) == 0 && world.model.kept[f]) {
        world.model.kept[f] = false;
        err = domain_memory_free(&world.dm[owner], MFN(mfn));
        world_note();
        return !err && step_alloc(((unsigned)owner + 1) % WORLD_DOMAINS);
    }
    if (table) {
        expected = model_may_use(now(), owner, mfn, USE_WRITE);
        err = frame_get_writable(MFN(mfn), (uint16_t)owner);
        world.model.write_holds[f] += err == 0;
    } else {
        expected = model_may_use(now(), owner, mfn, USE_L1);
        err = guest_pt_pin(who, &world.dm[owner], MFN(mfn), 1);
        world.model.pin[f] = err == 0;
    }
    return result(expected, err, "attack");
}

bool world_step(unsigned dom, unsigned vcpu)
{
    struct vcpu_mm *who = &world.vm[dom][vcpu];
    bool ok;

    switch (machine_random(32)) {
    case 28:
    case 29:
    case 30:
        ok = step_build(dom, vcpu, who);
        break;
    case 31:
    case 24:
    case 25:
        ok = step_attack();
        break;
    case 0:
    case 1:
        ok = step_alloc(dom);
        break;
    case 2:
        ok = step_free(dom);
        break;
    case 3:
    case 4:
    case 5:
    case 6:
        ok = step_scribble(dom);
        break;
    case 7:
    case 8:
    case 9:
        ok = step_pin(dom, who);
        break;
    case 10:
        ok = step_unpin(dom, who);
        break;
    case 11:
    case 12:
        ok = step_root(dom, vcpu, who);
        break;
    case 13:
    case 14:
    case 15:
        ok = step_update(dom, who);
        break;
    case 16:
    case 26:
    case 27:
        ok = step_update_va(dom, vcpu, who);
        break;
    case 17:
        ok = step_write(dom, who);
        break;
    case 18:
        ok = step_unmap(dom, who);
        break;
    case 19:
        ok = step_hold(dom, who);
        break;
    case 20:
        ok = step_exchange(dom);
        break;
    default:
        ok = step_touch(dom);
    }
    world_note();
    return ok;
}

/* A free frame, or one of the hypervisor, is nobody's in every respect. */
static bool is_forgotten(unsigned f)
{
    return world.model.refs[f] == 0 && world.model.owner[f] == -1 &&
           m2p_get(MFN(MODEL_FIRST + f)).v == M2P_INVALID.v;
}

static bool frame_is_right(unsigned f)
{
    const struct model *m = &world.model;
    const struct frame *fr = frame_of(MFN(MODEL_FIRST + f));
    uint64_t w = fr->word;

    return fr->owner == m->owner[f] && frame_word_refs(w) == m->refs[f] &&
           frame_word_count(w) == m->count[f] &&
           (!m->count[f] ||
            (unsigned)frame_word_type(w) == (unsigned)m->use[f]) &&
           !(w & FRAME_BUSY);
}

/* Entries of tables in use are in the form in which the CPU may see them. */
static bool entries_are_right(unsigned f)
{
    uint64_t mfn = MODEL_FIRST + f;
    unsigned level = level_now(&world.model, mfn);

    for (unsigned i = 0; i < 512 && level; i++) {
        uint64_t e = machine_page(mfn)[i];

        if ((e & P) && (!(e & PTE_USER) || (e & PTE_GLOBAL) ||
                        (level > 1 && (e & PTE_PSE)))) {
            fprintf(stderr, "entry %u of table %#lx is %#lx\n", i, mfn, e);
            return false;
        }
    }
    return true;
}

bool world_is_right(void)
{
    for (unsigned f = 0; f < MODEL_FRAMES && world.judge; f++)
        if (!entries_are_right(f))
            return false;
    for (unsigned f = 0; f < MODEL_FRAMES && world.judge; f++) {
        const struct frame *fr = frame_of(MFN(MODEL_FIRST + f));

        bool is_free = fr->word == 0 || frame_word_type(fr->word) >= FRAME_FREE;

        if (is_free ? is_forgotten(f) : frame_is_right(f))
            continue;
        fprintf(stderr,
                "frame %#x: word %#lx owner %u; model: owner %d refs %u use "
                "%d count %u\n",
                MODEL_FIRST + f, fr->word, fr->owner, world.model.owner[f],
                world.model.refs[f], world.model.use[f], world.model.count[f]);
        return false;
    }
    return !machine_tlb_is_unsafe();
}

bool world_end(void)
{
    struct vcpu_mm *who = &world.vm[0][0];

    for (unsigned f = 0; f < MODEL_FRAMES; f++) {
        mfn_t mfn = MFN(MODEL_FIRST + f);

        for (; world.model.write_holds[f]; world.model.write_holds[f]--)
            frame_put_writable(mfn);
        for (; world.model.read_holds[f]; world.model.read_holds[f]--)
            frame_put(mfn);
        for (; world.model.segment_holds[f]; world.model.segment_holds[f]--)
            frame_put_type(who, mfn, FRAME_SEGDESC);
    }
    for (unsigned d = WORLD_DOMAINS; d-- > 0;) {
        for (unsigned v = 0; v < WORLD_VCPUS; v++)
            vcpu_mm_drop_roots(who, &world.vm[d][v]);
        domain_memory_relinquish(who, &world.dm[d]);
    }
    for (unsigned d = 0; d < WORLD_DOMAINS; d++) {
        if (!domain_memory_is_gone(&world.dm[d]))
            return false;
        domain_memory_destroy(&world.dm[d]);
    }
    return check_run() == 0;
}
