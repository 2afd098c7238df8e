/* SPDX-License-Identifier: MIT */
/*
 * Virtual interrupts: events that the hypervisor itself raises.
 *
 * Lock-free: a port that is closed meanwhile is seen as 0 or made pending
 * once more, which a guest has to expect of a port it reuses.
 */
#include "domain/domain.h"
#include "event/evtchn.h"
#include "lib/assert.h"
#include "lib/upcall.h"

void virq_raise_vcpu(struct vcpu *v, unsigned virq)
{
    const struct evtchn *c;
    uint16_t port;

    ASSERT(virq < NR_VIRQS);
    port = READ_ONCE(v->event.virq_port[virq]);
    c = evtchn_of(v->domain, port);
    /* A port of a domain that is being taken apart may be gone by now. */
    if (!c)
        return;
    /* A global one may have been moved to another vCPU. */
    event_notify(v->domain, READ_ONCE(c->notify_vcpu), port);
}

void virq_raise_global(unsigned virq)
{
    struct vcpu *v = dom0 ? domain_vcpu(dom0, 0) : NULL;

    if (v)
        virq_raise_vcpu(v, virq);
}
