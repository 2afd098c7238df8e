/* SPDX-License-Identifier: MIT */
/*
 * The two-level bitmap: shared_info.evtchn_pending and _mask, and of each
 * vCPU evtchn_pending_sel and the upcall flag.
 *
 * The guest may write all of this at any time; nothing here trusts it. The
 * order is the ABI's: the pending bit first, then, if the port is not masked,
 * the selector, then the flag; whoever sets a bit that was clear goes on to
 * the next step.
 */
#include "event/evtchn.h"

#include "lib/atomic.h"
#include "lib/bits.h"
#include "lib/upcall.h"

/* The guest's memory is 32 or 64 bits wide words: use its own type. */
static bool set_bit(xen_ulong_t *word, unsigned bit)
{
    return atomic_or(word, 1UL << bit) >> bit & 1;
}

/* An upcall is due to v. */
static void mark_upcall(struct vcpu *v)
{
    struct vcpu_info *info = READ_ONCE(v->event.info);

    if (!atomic_xchg(&info->evtchn_upcall_pending, 1))
        vcpu_kick(v);
}

static void mark_selector(struct vcpu *v, uint32_t port)
{
    struct vcpu_info *info = READ_ONCE(v->event.info);

    if (!set_bit(&info->evtchn_pending_sel, port / 64))
        mark_upcall(v);
}

/* Wake the domain's vCPUs that poll for `port`. */
static void wake_pollers(struct domain *d, uint32_t port)
{
    for (unsigned i = 0; i < d->max_vcpus; i++) {
        struct vcpu *v = domain_vcpu(d, i);

        if (!v || !READ_ONCE(v->event.polling))
            continue;
        if (v->event.poll_port && v->event.poll_port != port)
            continue;
        event_poll_end(v);
        vcpu_kick(v);
    }
}

static void set_pending(struct vcpu *v, uint32_t port)
{
    struct domain *d = v->domain;
    struct shared_info *s = d->shared_info;

    if (set_bit(&s->evtchn_pending[port / 64], port % 64))
        return;
    if (!bit_test(s->evtchn_mask, port))
        mark_selector(v, port);
    /* The atomic write above orders the bit before this look. */
    if (unlikely(READ_ONCE(d->poll_count)))
        wake_pollers(d, port);
}

void event_notify(struct domain *d, unsigned vcpu, uint32_t port)
{
    struct vcpu *v = domain_vcpu(d, vcpu);

    if (v)
        set_pending(v, port);
}

void event_clear_pending(struct domain *d, uint32_t port)
{
    atomic_and(&d->shared_info->evtchn_pending[port / 64], ~(1UL << port % 64));
}

void event_unmask(struct vcpu *v, uint32_t port)
{
    struct shared_info *s = v->domain->shared_info;
    uint64_t bit = 1UL << port % 64;

    if (!(atomic_and(&s->evtchn_mask[port / 64], ~bit) & bit))
        return;
    if (bit_test(s->evtchn_pending, port))
        mark_selector(v, port);
}

bool event_is_pending(const struct domain *d, uint32_t port)
{
    return bit_test(d->shared_info->evtchn_pending, port);
}

bool event_is_masked(const struct domain *d, uint32_t port)
{
    return bit_test(d->shared_info->evtchn_mask, port);
}

void event_poll_begin(struct vcpu *v, uint32_t only_port)
{
    WRITE_ONCE(v->event.poll_port, (uint16_t)only_port);
    if (!atomic_xchg(&v->event.polling, true))
        atomic_add(&v->domain->poll_count, 1);
    memory_barrier();
}

void event_poll_end(struct vcpu *v)
{
    if (atomic_xchg(&v->event.polling, false))
        atomic_sub(&v->domain->poll_count, 1);
}
