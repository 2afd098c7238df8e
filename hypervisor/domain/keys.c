/* SPDX-License-Identifier: MIT */
/* Debug key q: every domain and its vCPUs, in one line each. */
#include "domain/keys.h"

#include "debug/keys.h"
#include "debug/log.h"
#include "domain/areas.h"
#include "domain/domain.h"
#include "domain/vcpu.h"

static void show_vcpu(const struct vcpu *v)
{
    static const char *const states[] = {"down", "runnable", "running",
                                         "blocked"};
    const struct vcpu_info *info = v->event.info;

    log_always("  v%u %s%s cpu %u pause %u work %x upcall %u mask %u rip %lx",
               v->id, states[v->sched.state],
               v->sched.is_at_boundary ? "" : " inside", v->sched.cpu,
               v->sched.pause_count, v->work, info->evtchn_upcall_pending,
               info->evtchn_upcall_mask, v->top->regs.rip);
}

static void show_domain(const struct domain *d)
{
    log_always("d%u %s refs %u pause %u pages %lu of %lu ports %u weight %u",
               d->id, domain_state_name(d->state), d->refs, d->pause_count,
               d->mm.page_count, d->mm.max_page_count, d->event.port_count,
               d->sched_weight);
    for (unsigned i = 0; i < d->max_vcpus; i++) {
        const struct vcpu *v = domain_vcpu(d, i);

        if (v)
            show_vcpu(v);
    }
}

static void show_all(char key)
{
    struct domain *d, *next;

    (void)key;
    for (d = domain_get(0); d; d = next) {
        show_domain(d);
        next = domain_get_next(d->id);
        domain_put(d);
    }
    log_always("vCPU areas in use: %u", areas_count());
}

void domain_keys_init(void)
{
    debug_key_register('q', show_all, "domains and vCPUs");
}
