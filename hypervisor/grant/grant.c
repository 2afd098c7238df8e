/* SPDX-License-Identifier: MIT */
/*
 * Grant tables: their pages.
 *
 * Invariant: frames[0, frame_count) are shared with the domain, writable, and
 * stay until the domain ends.
 * Locking: growing under the table's lock; frame_count is published last and
 * read without.
 */
#include "grant/grant.h"

#include "lib/atomic.h"
#include "lib/errno.h"
#include "lib/nospec.h"
#include "lib/upcall.h"
#include "mm/domain_memory.h"
#include "mm/heap.h"

unsigned grant_frame_count(const struct domain *d)
{
    return atomic_load(&d->grant->frame_count);
}

unsigned grant_frame_limit(const struct domain *d)
{
    return d->grant->max_frames;
}

mfn_t grant_frame(const struct domain *d, unsigned i)
{
    return d->grant->frames[index_nospec(i, GRANT_FRAMES_MAX)];
}

/* Append a frame unless another CPU has made the table long enough. */
static int add_frame(struct domain *d, unsigned count)
{
    struct grant_table *t = d->grant;
    bool used = false;
    mfn_t mfn;
    /* Not under the lock: allocation may wait for TLB flushes. */
    int err = domain_memory_alloc_shared(&d->mm, &mfn);

    if (err)
        return err;
    spin_lock(&t->lock);
    if (t->frame_count < count) {
        t->frames[t->frame_count] = mfn;
        atomic_store(&t->frame_count, t->frame_count + 1);
        used = true;
    }
    spin_unlock(&t->lock);
    if (!used)
        domain_memory_free_shared(mfn);
    return 0;
}

int grant_table_grow(struct domain *d, unsigned count)
{
    if (count > d->grant->max_frames)
        return -EINVAL;
    while (grant_frame_count(d) < count) {
        int err = add_frame(d, count);

        if (err)
            return err;
    }
    return 0;
}

int grant_domain_init(struct domain *d)
{
    struct grant_table *t = heap_alloc(sizeof(*t));
    int err;

    if (!t)
        return -ENOMEM;
    spin_init(&t->lock, LOCK_GRANT);
    t->max_frames = GRANT_FRAMES_MAX;
    d->grant = t;
    err = grant_table_grow(d, 1);
    if (err)
        grant_domain_destroy(d);
    return err;
}

void grant_domain_destroy(struct domain *d)
{
    for (unsigned i = 0; i < d->grant->frame_count; i++)
        domain_memory_free_shared(d->grant->frames[i]);
    heap_free(d->grant);
    d->grant = NULL;
}
