/* SPDX-License-Identifier: MIT */
/*
 * The proportional-share policy: who of those that wait runs next. Pure: no
 * locks, no clock, no CPUs; sched.c brings those.
 *
 * Each entity has a virtual time: the CPU time it got, divided by its weight.
 * The one with the least virtual time is owed the most and runs next. Virtual
 * time is common to all CPUs, so that shares hold across them.
 *
 * Two bounds keep virtual times near each other where shares cannot hold:
 * what an entity is owed is limited when others wait and it still runs (its
 * weight asks for more than one CPU), and what it owes is limited when it
 * runs with nobody waiting.
 */
#pragma once

#include "domain/vcpu.h"
#include "lib/list.h"
#include "lib/types.h"

#define SHARE_SLICE_NS       10000000UL /* longest run while others wait */
#define SHARE_RATELIMIT_NS   1000000UL  /* shortest run before a preemption */
#define SHARE_WAKE_CREDIT_NS 1000000UL
#define SHARE_LAG_NS         200000000UL
#define SHARE_MIGRATE_NS     1000000UL

struct share_queue {
    struct list head; /* rising virtual time */
    unsigned count;
};

/* Virtual time that `ns` of CPU time are for `e`. */
uint64_t share_scale(const struct share_entity *e, uint64_t ns);
/* a is owed more than b: virtual times are compared as on a circle. */
bool share_before(uint64_t a_vtime, uint64_t b_vtime);

void share_queue_init(struct share_queue *q);
/* Also for entities of equal virtual time: first in, first out. */
void share_queue_add(struct share_queue *q, struct share_entity *e);
void share_queue_remove(struct share_queue *q, struct share_entity *e);

/* `e` ran for `ns`. */
void share_charge(struct share_entity *e, uint64_t ns);
/*
 * `e` slept or is new, and the least virtual time of all that want to run is
 * `least`: it is owed a short wait at most.
 */
void share_wake(struct share_entity *e, uint64_t least);
/* `e` was chosen while the best of the others waits with `other_vtime`. */
void share_limit_owed(struct share_entity *e, uint64_t other_vtime);
/* `e` was chosen and nobody who could run in its place waits. */
void share_limit_debt(struct share_entity *e, uint64_t least);
/* `waiting` is owed so much that it should not wait for `running`'s slice. */
bool share_preempts(const struct share_entity *waiting,
                    const struct share_entity *running);
/* `remote` is owed so much more than `local_vtime` that it is worth moving. */
bool share_migrates(const struct share_entity *remote, uint64_t local_vtime);
