/* SPDX-License-Identifier: MIT */
/* What irq.c and msi.c share. */
#pragma once

#include "lib/spinlock.h"
#include "lib/types.h"
#include "platform/irq.h"

struct msi;

enum irq_kind {
    IRQ_FREE,     /* messages: nobody's; lines: not mapped */
    IRQ_RESERVED, /* promised to `owner` for a message */
    IRQ_LINE,     /* pin of an IO-APIC */
    IRQ_MESSAGE,  /* `msi` */
};

/* All fields change under irq_lock. */
struct irq {
    enum irq_kind kind;
    bool is_level, is_active_low; /* lines, mapped or not */
    bool is_bound, is_shared;
    bool awaits_eoi; /* masked until the guest has served it */
    uint8_t vector;  /* 0: none */
    uint16_t cpu;    /* where the vector is */
    struct domain *owner;
    void (*action)(void); /* the hypervisor's own; nobody else may have it */
    struct msi *msi;
};

extern struct spinlock irq_lock;
extern struct irq irq_table[IRQ_PIRQ_COUNT];

/*
 * Find `count` consecutive pirqs that `d` may use for messages, from `wanted`
 * on if that is not negative. irq_lock is held. -ENOSPC, -EEXIST, -EINVAL.
 */
MUST_CHECK int irq_find_messages(struct domain *d, int wanted, unsigned count,
                                 unsigned *first);
