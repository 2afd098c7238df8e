/* SPDX-License-Identifier: MIT */
/* Debug key e: the ports in use of each domain. */
#include "event/keys.h"

#include "debug/keys.h"
#include "debug/log.h"
#include "domain/domain.h"
#include "event/evtchn.h"

static void show_port(const struct domain *d, uint32_t port,
                      const struct evtchn *c)
{
    static const char *const states[] = {"free", "unbound", "interdomain",
                                         "pirq", "virq",    "ipi"};

    log_always("  %u %s vcpu %u number %u peer d%u:%u%s%s", port,
               states[c->state], c->notify_vcpu, c->number,
               c->remote ? c->remote->id : c->remote_domid, c->remote_port,
               event_is_pending(d, port) ? " pending" : "",
               event_is_masked(d, port) ? " masked" : "");
}

static void show_domain(struct domain *d)
{
    log_always("d%u:", d->id);
    spin_lock(&d->event.lock);
    for (uint32_t port = 1; port < d->event.port_count; port++) {
        const struct evtchn *c = evtchn_of(d, port);

        if (c->state != EVTCHN_FREE)
            show_port(d, port, c);
    }
    spin_unlock(&d->event.lock);
}

static void show_all(char key)
{
    struct domain *d, *next;

    (void)key;
    for (d = domain_get(0); d; d = next) {
        if (!domain_is_dying(d))
            show_domain(d);
        next = domain_get_next(d->id);
        domain_put(d);
    }
}

void event_keys_init(void)
{
    debug_key_register('e', show_all, "event channels");
}
