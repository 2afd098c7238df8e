/* SPDX-License-Identifier: MIT */
/* A heap of timers, linked through the timers themselves. */
#include "time/timer_heap.h"

#include "lib/assert.h"
#include "lib/bits.h"

/*
 * The link that holds node number `n`, counted from 1 level by level: the bits
 * of n below its highest say left or right at each level from the root on.
 */
static struct timer **link_of(struct timer_heap *h, uint32_t n,
                              struct timer **parent)
{
    struct timer **link = &h->root;
    unsigned level = bit_last(n);

    *parent = NULL;
    while (level--) {
        *parent = *link;
        link = n >> level & 1 ? &(*link)->right : &(*link)->left;
    }
    return link;
}

/* Make whoever pointed to `old` (at the place of its parent) point to `t`. */
static void set_parent_link(struct timer_heap *h, struct timer *parent,
                            const struct timer *old, struct timer *t)
{
    if (!parent)
        h->root = t;
    else if (parent->left == old)
        parent->left = t;
    else
        parent->right = t;
}

static void adopt_children(struct timer *t)
{
    if (t->left)
        t->left->parent = t;
    if (t->right)
        t->right->parent = t;
}

/* Exchange `child` with its parent. */
static void swap_up(struct timer_heap *h, struct timer *child)
{
    struct timer *parent = child->parent;
    struct timer *left = child->left, *right = child->right;

    set_parent_link(h, parent->parent, parent, child);
    child->parent = parent->parent;
    if (parent->left == child) {
        child->left = parent;
        child->right = parent->right;
    } else {
        child->right = parent;
        child->left = parent->left;
    }
    parent->left = left;
    parent->right = right;
    adopt_children(parent);
    adopt_children(child);
}

static void sift_up(struct timer_heap *h, struct timer *t)
{
    while (t->parent && t->deadline_ns < t->parent->deadline_ns)
        swap_up(h, t);
}

static void sift_down(struct timer_heap *h, struct timer *t)
{
    for (;;) {
        struct timer *least = t->left;

        if (!least)
            return;
        if (t->right && t->right->deadline_ns < least->deadline_ns)
            least = t->right;
        if (least->deadline_ns >= t->deadline_ns)
            return;
        swap_up(h, least);
    }
}

void timer_heap_insert(struct timer_heap *h, struct timer *t)
{
    struct timer *parent;

    ASSERT(!t->is_queued);
    *link_of(h, ++h->count, &parent) = t;
    t->parent = parent;
    t->left = t->right = NULL;
    t->is_queued = true;
    sift_up(h, t);
}

void timer_heap_remove(struct timer_heap *h, struct timer *t)
{
    struct timer *parent, *last;
    struct timer **link;

    ASSERT(t->is_queued && h->count);
    link = link_of(h, h->count--, &parent);
    last = *link;
    *link = NULL;
    t->is_queued = false;
    if (last == t)
        return;
    /* The last node takes the place of `t`, whose links are current. */
    last->parent = t->parent;
    last->left = t->left;
    last->right = t->right;
    set_parent_link(h, t->parent, t, last);
    adopt_children(last);
    sift_up(h, last);
    sift_down(h, last);
}
