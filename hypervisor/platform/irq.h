/* SPDX-License-Identifier: MIT */
/*
 * Physical interrupts: which vector on which CPU means which line or message,
 * and who gets it.
 *
 * A pirq is the number by which guests know one. A GSI's pirq is the GSI
 * itself; messages (MSI, MSI-X) have the numbers above. Each pirq belongs to
 * at most one domain.
 */
#pragma once

#include "lib/types.h"

struct cpu_regs;
struct domain;

/* All pirqs are below this. */
#define IRQ_PIRQ_COUNT 1024

/* Boot CPU, after apic_init(): IO-APICs, vectors, com1's line. */
void irq_init(void);
/* Called by traps.c for vectors 0x20 to 0xff, interrupts off. */
void irq_handle(uint8_t vector, struct cpu_regs *regs);

/*
 * Give GSI `gsi` to `d` as pirq of the same number; again is no error.
 * -EINVAL: no such line; -EPERM: the hypervisor's own; -EBUSY: another
 * domain's.
 */
MUST_CHECK int irq_map_gsi(struct domain *d, unsigned gsi);
/* A pirq for a later message; -ENOSPC. */
MUST_CHECK int irq_reserve(struct domain *d, unsigned *pirq);
/* -EINVAL: not mapped, not d's, or not the first of a group; -EBUSY: bound. */
MUST_CHECK int irq_unmap(struct domain *d, unsigned pirq);
/*
 * Trigger mode and polarity of a line. -EINVAL: no such line; -EPERM: the
 * hypervisor's own; -EBUSY: in use with other settings.
 */
MUST_CHECK int irq_setup_gsi(unsigned gsi, bool is_level, bool is_active_low);

/*
 * From now on the interrupt makes event_pirq_raise(d, pirq) be called.
 * -EINVAL: not mapped by d; -EBUSY: bound already; -ENOSPC: no vector left.
 * May be called with locks up to LOCK_EVENT held.
 */
MUST_CHECK int irq_bind_guest(struct domain *d, unsigned pirq, bool share);
/* A call of event_pirq_raise() may still be on its way on another CPU. */
void irq_unbind_guest(struct domain *d, unsigned pirq);
/* The guest has served a level-triggered line: let it interrupt again. */
void irq_guest_eoi(struct domain *d, unsigned pirq);
/* Must the guest tell when it has served it? */
bool irq_needs_eoi(struct domain *d, unsigned pirq);
/* Is it mapped by d; and does d share it? */
bool irq_is_mapped(struct domain *d, unsigned pirq);
bool irq_is_shared(struct domain *d, unsigned pirq);
/*
 * A page of the domain that owns pirqs, in the direct map, where a bit says
 * that the pirq needs an EOI. The caller holds a reference for good. -EBUSY.
 */
MUST_CHECK int irq_set_eoi_map(struct domain *d, uint64_t *map);
/* That page, or NULL. */
const void *irq_eoi_map(void);
/* Take everything away from a domain that is torn down. */
void irq_release_domain(struct domain *d);
