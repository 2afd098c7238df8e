/* SPDX-License-Identifier: MIT */
/*
 * What the frame engine must do, from the invariant alone: given who owns
 * what, the pins, the roots and the memory, which frame is in use as what, how
 * often, and may one more use be added? Computed from nothing each time.
 * Shares no code and no header with the hypervisor.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define MODEL_FIRST   0x100
#define MODEL_FRAMES  512
#define MODEL_DOMAINS 3
#define MODEL_ROOTS   12
#define MODEL_DEVICE  0x7ff1

enum model_use {
    USE_NONE,
    USE_WRITE,
    USE_L1,
    USE_L2,
    USE_L3,
    USE_L4,
    USE_SEGMENTS,
    USE_READ, /* no type at all */
};

struct model {
    int owner[MODEL_FRAMES]; /* -1: nobody's */
    bool kept[MODEL_FRAMES]; /* not given up by its owner */
    int pin[MODEL_FRAMES];   /* 1 to 4: pinned at that level */
    unsigned write_holds[MODEL_FRAMES], read_holds[MODEL_FRAMES],
        segment_holds[MODEL_FRAMES];
    uint64_t root[MODEL_ROOTS]; /* 0: none */
    uint64_t *(*page)(uint64_t mfn);

    /* What follows from it: by model_derive(). */
    unsigned refs[MODEL_FRAMES], count[MODEL_FRAMES];
    enum model_use use[MODEL_FRAMES]; /* while count is above 0 */
};

void model_derive(struct model *m);

/*
 * After model_derive(): may domain `dom` use frame `mfn` so, in addition?
 * Leaves the derived part changed.
 */
bool model_may_use(struct model *m, int dom, uint64_t mfn, enum model_use use);

/*
 * May entry `entry` come into a table of domain `dom` and level `level`, with
 * frames of `frames` (a domain, or MODEL_DEVICE), in addition to what is
 * there? *kept: the value that must be found in memory then.
 */
bool model_may_enter(struct model *m, int dom, uint64_t table, unsigned level,
                     unsigned idx, int frames, uint64_t entry, uint64_t *kept);

/* The table that a walk from `root` reaches at level 1, 0: none. */
uint64_t model_walk(struct model *m, int dom, uint64_t root,
                    const unsigned idx[5]);
