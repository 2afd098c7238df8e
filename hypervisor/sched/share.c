/* SPDX-License-Identifier: MIT */
/*
 * The proportional-share policy.
 *
 * Invariant: a queue is sorted by virtual time; an entity is in at most one.
 * Virtual time is in 2^-16 ns at weight 1: it may wrap, and all comparisons
 * are of differences, which stay far below 2^63 because of the two limits.
 */
#include "sched/share.h"

#include "lib/assert.h"

#define VTIME_SHIFT 16

uint64_t share_scale(const struct share_entity *e, uint64_t ns)
{
    return (ns << VTIME_SHIFT) / e->weight;
}

bool share_before(uint64_t a_vtime, uint64_t b_vtime)
{
    return (int64_t)(a_vtime - b_vtime) < 0;
}

static uint64_t later(uint64_t a, uint64_t b)
{
    return share_before(a, b) ? b : a;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return share_before(a, b) ? a : b;
}

void share_queue_init(struct share_queue *q)
{
    list_init(&q->head);
    q->count = 0;
}

void share_queue_add(struct share_queue *q, struct share_entity *e)
{
    struct list *pos = q->head.prev;

    ASSERT(list_is_empty(&e->node));
    /* From the end: who just ran has the greatest virtual time as a rule. */
    while (pos != &q->head &&
           share_before(e->vtime,
                        LIST_ENTRY(pos, struct share_entity, node)->vtime))
        pos = pos->prev;
    list_add(&e->node, pos);
    q->count++;
}

void share_queue_remove(struct share_queue *q, struct share_entity *e)
{
    ASSERT(!list_is_empty(&e->node));
    list_del(&e->node);
    q->count--;
}

void share_charge(struct share_entity *e, uint64_t ns)
{
    e->vtime += share_scale(e, ns);
}

void share_wake(struct share_entity *e, uint64_t least)
{
    uint64_t credit = share_scale(e, SHARE_WAKE_CREDIT_NS);

    e->vtime = later(e->vtime, least - credit);
    share_limit_debt(e, least);
}

void share_limit_owed(struct share_entity *e, uint64_t other_vtime)
{
    e->vtime = later(e->vtime, other_vtime - share_scale(e, SHARE_LAG_NS));
}

void share_limit_debt(struct share_entity *e, uint64_t least)
{
    e->vtime = earlier(e->vtime, least + share_scale(e, SHARE_LAG_NS));
}

bool share_preempts(const struct share_entity *waiting,
                    const struct share_entity *running)
{
    return share_before(waiting->vtime, running->vtime);
}

bool share_migrates(const struct share_entity *remote, uint64_t local_vtime)
{
    return share_before(remote->vtime + share_scale(remote, SHARE_MIGRATE_NS),
                        local_vtime);
}
