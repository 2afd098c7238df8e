/* SPDX-License-Identifier: MIT */
/*
 * Ticket spinlocks, and in debug builds the check of the lock order.
 *
 * Invariant: held[cpu] lists the locks that the CPU holds, in the order in
 * which it took them; only that CPU reads or writes it.
 */
#include "lib/spinlock.h"

#include "cpu/insn.h"
#include "cpu/regs.h"
#include "lib/assert.h"
#include "lib/atomic.h"
#include "lib/upcall.h"

#define HELD_MAX 12

static struct held_locks {
    const struct spinlock *lock[HELD_MAX];
    unsigned count;
} held[CONFIG_NR_CPUS];

static void held_push(const struct spinlock *l)
{
    struct held_locks *h = &held[cpu_id()];

    CHECK(h->count < HELD_MAX);
    h->lock[h->count++] = l;
}

static void held_remove(const struct spinlock *l)
{
    struct held_locks *h = &held[cpu_id()];
    unsigned i = h->count;

    while (i > 0 && h->lock[i - 1] != l)
        i--;
    CHECK(i > 0);
    for (h->count--; i <= h->count; i++)
        h->lock[i - 1] = h->lock[i];
}

/* A lock may be waited for: its rank is above all held, or equal if nested. */
static void rank_check(const struct spinlock *l, bool nested)
{
    const struct held_locks *h = &held[cpu_id()];

    for (unsigned i = 0; i < h->count; i++) {
        const struct spinlock *other = h->lock[i];

        CHECK(other != l);
        CHECK(other->rank < l->rank || (nested && other->rank == l->rank));
    }
}

static void lock_wait(struct spinlock *l)
{
    uint16_t ticket = __atomic_fetch_add(&l->next, 1, __ATOMIC_ACQ_REL);

    while (unlikely(atomic_load(&l->owner) != ticket)) {
        upcall_spin_relax();
        cpu_relax();
    }
}

void spin_lock(struct spinlock *l)
{
    if (IS_ENABLED(CONFIG_DEBUG))
        rank_check(l, false);
    lock_wait(l);
    if (IS_ENABLED(CONFIG_DEBUG))
        held_push(l);
}

void spin_lock_nested(struct spinlock *l)
{
    if (IS_ENABLED(CONFIG_DEBUG))
        rank_check(l, true);
    lock_wait(l);
    if (IS_ENABLED(CONFIG_DEBUG))
        held_push(l);
}

/* Never waits, so the order does not bind it. */
bool spin_trylock(struct spinlock *l)
{
    uint16_t owner = atomic_load(&l->owner), expected = owner;

    if (!atomic_cas(&l->next, &expected, (uint16_t)(owner + 1)))
        return false;
    if (IS_ENABLED(CONFIG_DEBUG))
        held_push(l);
    return true;
}

void spin_unlock(struct spinlock *l)
{
    if (IS_ENABLED(CONFIG_DEBUG))
        held_remove(l);
    /* Only the holder writes `owner`, so the increment need not be atomic. */
    atomic_store(&l->owner, (uint16_t)(l->owner + 1));
}

bool spin_is_locked(const struct spinlock *l)
{
    return atomic_load(&l->owner) != READ_ONCE(l->next);
}

unsigned spin_held_count(void)
{
    return IS_ENABLED(CONFIG_DEBUG) ? held[cpu_id()].count : 0;
}
