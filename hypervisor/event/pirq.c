/* SPDX-License-Identifier: MIT */
/*
 * Physical interrupts as events: which port a domain bound a pirq to. The
 * interrupt itself is platform/irq's.
 *
 * Invariant: pirq.port[] is written under the event lock and read without.
 */
#include "domain/domain.h"
#include "event/evtchn.h"
#include "lib/nospec.h"

uint32_t event_pirq_port(const struct domain *d, unsigned pirq)
{
    if (pirq >= d->event.pirq.count)
        return 0;
    return READ_ONCE(
        d->event.pirq.port[index_nospec(pirq, d->event.pirq.count)]);
}

void event_pirq_raise(struct domain *d, unsigned pirq)
{
    uint32_t port = event_pirq_port(d, pirq);

    if (port)
        event_notify(d, READ_ONCE(evtchn_of(d, port)->notify_vcpu), port);
}
