/* SPDX-License-Identifier: MIT */
#include "model.h"

#include <string.h>

#define P       1UL
#define W       2UL
#define U       4UL
#define G       0x100UL
#define ADDRESS 0x000ffffffffff000UL
#define CACHING 0x98UL /* write-through, disable, attribute table */

static bool in_ram(uint64_t mfn)
{
    return mfn >= MODEL_FIRST && mfn < MODEL_FIRST + MODEL_FRAMES;
}

static uint64_t target(uint64_t e)
{
    return (e & ADDRESS) >> 12;
}

static bool is_own_slot(unsigned level, unsigned idx)
{
    return level == 4 && idx >= 256 && idx < 272;
}

/* Read-only use of a top-level table as if it were one of level 3. */
static bool is_loop(unsigned level, uint64_t table, uint64_t e)
{
    return level == 4 && target(e) == table && !(e & W);
}

/* Add uses without asking; a table's entries count when it comes into use. */
static void add(struct model *m, uint64_t mfn, enum model_use use)
{
    uint64_t f = mfn - MODEL_FIRST, *page;

    m->refs[f]++;
    if (use == USE_READ)
        return;
    m->use[f] = use;
    if (m->count[f]++ || use < USE_L1 || use > USE_L4)
        return;
    page = m->page(mfn);
    for (unsigned i = 0; i < 512; i++) {
        unsigned level = (unsigned)(use - USE_L1) + 1;

        if (!(page[i] & P) || is_own_slot(level, i) ||
            is_loop(level, mfn, page[i]))
            continue;
        if (level > 1)
            add(m, target(page[i]), (enum model_use)(use - 1));
        else if (in_ram(target(page[i])))
            add(m, target(page[i]), page[i] & W ? USE_WRITE : USE_READ);
    }
}

void model_derive(struct model *m)
{
    memset(m->refs, 0, sizeof(m->refs));
    memset(m->count, 0, sizeof(m->count));
    memset(m->use, 0, sizeof(m->use));
    for (unsigned f = 0; f < MODEL_FRAMES; f++) {
        uint64_t mfn = MODEL_FIRST + f;

        m->refs[f] += m->kept[f] + m->read_holds[f];
        for (unsigned i = 0; i < m->write_holds[f]; i++)
            add(m, mfn, USE_WRITE);
        for (unsigned i = 0; i < m->segment_holds[f]; i++)
            add(m, mfn, USE_SEGMENTS);
        if (m->pin[f])
            add(m, mfn, (enum model_use)(USE_L1 + m->pin[f] - 1));
    }
    for (unsigned i = 0; i < MODEL_ROOTS; i++)
        if (m->root[i])
            add(m, m->root[i], USE_L4);
}

static bool may_enter(struct model *m, int dom, uint64_t table, unsigned level,
                      unsigned idx, int frames, uint64_t *entry)
{
    uint64_t e = *entry, mfn = target(e);
    bool devices = dom == 0;

    if (is_own_slot(level, idx))
        return false;
    if (!(e & P))
        return true;
    if (level > 1 && (e & (CACHING | G)))
        return false;
    if ((e & CACHING) && !devices)
        return false;
    *entry = (e | U) & ~G;
    if (is_loop(level, table, e))
        return true;
    if (level > 1)
        return frames == dom &&
               model_may_use(m, dom, mfn, (enum model_use)(USE_L1 + level - 2));
    if (in_ram(mfn))
        return frames != MODEL_DEVICE &&
               model_may_use(m, frames, mfn, e & W ? USE_WRITE : USE_READ);
    /* A device's: 40 bits of address, 0x8f denied, 0x8e to be read only. */
    if (!devices || mfn >> 28 || mfn == 0x8f)
        return false;
    if (mfn == 0x8e)
        *entry &= ~W;
    return true;
}

bool model_may_use(struct model *m, int dom, uint64_t mfn, enum model_use use)
{
    uint64_t f = mfn - MODEL_FIRST, *page;
    unsigned level = (unsigned)(use - USE_L1) + 1;

    if (!in_ram(mfn) || m->owner[f] != dom || m->refs[f] == 0)
        return false;
    m->refs[f]++;
    if (use == USE_READ)
        return true;
    if (m->count[f] && m->use[f] != use)
        return false;
    m->use[f] = use;
    if (m->count[f]++)
        return true;
    page = m->page(mfn);
    if (use == USE_SEGMENTS) {
        for (unsigned i = 0; i < 512; i++)
            if (page[i] & 1)
                return false;
        return true;
    }
    if (use == USE_WRITE)
        return true;
    for (unsigned i = 0; i < 512; i++) {
        uint64_t e = page[i];

        if (!is_own_slot(level, i) &&
            !may_enter(m, dom, mfn, level, i, dom, &e))
            return false;
    }
    return true;
}

bool model_may_enter(struct model *m, int dom, uint64_t table, unsigned level,
                     unsigned idx, int frames, uint64_t entry, uint64_t *kept)
{
    *kept = entry;
    return may_enter(m, dom, table, level, idx, frames, kept);
}

uint64_t model_walk(struct model *m, int dom, uint64_t root,
                    const unsigned idx[5])
{
    uint64_t at = root;

    if (!root || is_own_slot(4, idx[4]))
        return 0;
    for (unsigned level = 4; level > 1; level--) {
        uint64_t e = m->page(at)[idx[level]];

        at = target(e);
        if (!(e & P) || !in_ram(at) || m->owner[at - MODEL_FIRST] != dom ||
            !m->count[at - MODEL_FIRST] ||
            m->use[at - MODEL_FIRST] != (enum model_use)(USE_L1 + level - 2))
            return 0;
    }
    return at;
}
