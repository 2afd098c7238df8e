/* SPDX-License-Identifier: MIT */
/*
 * Domains, their vCPUs and the random operations that they do, for both tests
 * of the frame engine.
 */
#pragma once

#include "mm/domain_mm.h"
#include "model.h"

#define WORLD_DOMAINS MODEL_DOMAINS
#define WORLD_VCPUS   2 /* of each domain */

struct world {
    struct domain_mm dm[WORLD_DOMAINS];
    struct vcpu_mm vm[WORLD_DOMAINS][WORLD_VCPUS];
    struct model model; /* what the test knows it did */
    bool judge; /* compare every result with the model's: nothing yields */
    unsigned done, succeeded;
};

extern struct world world;

void world_init(void);
/* One random operation by this vCPU. False: its result was wrong. */
bool world_step(unsigned dom, unsigned vcpu);
/* See what the frames have become; after a step, and at a yield point. */
void world_note(void);
/* Frames agree with the model; the checker and the TLBs with themselves. */
bool world_is_right(void);
/* Take everything down; false: something remains. */
bool world_end(void);
