/* SPDX-License-Identifier: MIT */
/*
 * Grant tables, version 1: the pages in which a domain says who may map or
 * copy which of its frames.
 */
#pragma once

#include "abi/grant_table.h"
#include "domain/domain.h"
#include "lib/spinlock.h"
#include "lib/types.h"

#define GRANT_FRAMES_MAX 64U

struct grant_table {
    struct spinlock lock;
    unsigned frame_count; /* only grows */
    unsigned max_frames;
    mfn_t frames[GRANT_FRAMES_MAX]; /* shared with the domain, writable */
};

/* Make the table at least `count` frames long. -EINVAL: over its limit. */
MUST_CHECK int grant_table_grow(struct domain *d, unsigned count);
/* Frames now, and at most. */
unsigned grant_frame_count(const struct domain *d);
unsigned grant_frame_limit(const struct domain *d);
/* Frame `i` of the table, below grant_frame_count(). */
mfn_t grant_frame(const struct domain *d, unsigned i);
