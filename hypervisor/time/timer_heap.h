/* SPDX-License-Identifier: MIT */
/*
 * A heap of timers by deadline, linked through the timers themselves: no
 * operation allocates, so none can fail, and each takes O(log n) steps at
 * most. Pure logic; the caller locks.
 *
 * Invariant: the links form a complete binary tree of `count` nodes, filled
 * from the left; no timer's deadline is before its parent's.
 */
#pragma once

#include "time/timer.h"

struct timer_heap {
    struct timer *root; /* the earliest, NULL when empty */
    uint32_t count;
};

/* `t` is in no heap; sets is_queued. */
void timer_heap_insert(struct timer_heap *h, struct timer *t);
/* `t` is in this heap; clears is_queued. */
void timer_heap_remove(struct timer_heap *h, struct timer *t);
