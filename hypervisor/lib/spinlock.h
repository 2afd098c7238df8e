/* SPDX-License-Identifier: MIT */
/*
 * Ticket spinlocks with a lock order that debug builds check.
 *
 * Invariant: the hypervisor runs with interrupts off except at yield points
 * and in the idle loop, where no lock is held; so a lock never needs to
 * disable interrupts, and an interrupt handler may take any lock.
 * Invariant: whoever waits for a lock keeps serving TLB-flush requests
 * (spin_relax), so a holder may wait for a flush... and must not: a flush is
 * waited for with no lock held, or with locks that no flush handler takes.
 *
 * Locking: `rank` is the place in the lock order, written once here; a CPU
 * takes locks in strictly rising rank, two of one rank only by
 * spin_lock_nested() in the order of domain id or address.
 */
#pragma once

#include "lib/types.h"

enum lock_rank {
    LOCK_NONE,
    LOCK_DOMAIN_LIST,
    LOCK_DOMAIN,
    LOCK_GRANT,
    LOCK_MM,
    LOCK_EVENT,
    LOCK_IRQ,
    LOCK_SCHED,
    LOCK_TIMER,
    LOCK_HEAP,
    LOCK_PLATFORM,
    LOCK_CONSOLE,
};

struct spinlock {
    uint16_t next, owner;
    uint8_t rank;
};

#define SPINLOCK_INIT(r) \
    {                    \
        0, 0, (r)        \
    }

static inline void spin_init(struct spinlock *l, enum lock_rank rank)
{
    *l = (struct spinlock)SPINLOCK_INIT((uint8_t)rank);
}

void spin_lock(struct spinlock *l);
/* A second lock of the rank already held, in the documented order. */
void spin_lock_nested(struct spinlock *l);
MUST_CHECK bool spin_trylock(struct spinlock *l);
void spin_unlock(struct spinlock *l);
bool spin_is_locked(const struct spinlock *l);
/* Number of spinlocks that this CPU holds (debug builds; else 0). */
unsigned spin_held_count(void);
