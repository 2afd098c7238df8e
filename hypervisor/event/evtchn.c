/* SPDX-License-Identifier: MIT */
/*
 * Event channels: the states of a domain's ports.
 *
 * Invariant: a bucket, once published, is never moved, nor freed before the
 * domain's vCPUs have stopped; so its own vCPUs can look at a channel without
 * the lock. Others look under it.
 * Invariant: an interdomain channel and its peer name each other, and each
 * holds a reference on the other's domain.
 * Invariant: whoever takes a bound channel apart changes its state and waits
 * until no lock-free sender is inside it, before anything that the sender may
 * be using goes away.
 * Locking: all changes under the domain's event lock; those of an interdomain
 * pair under both, lower domain id first.
 * Not here: what the guest sees of it (twolevel.c).
 */
#include "event/evtchn.h"

#include "abi/event_channel.h"
#include "cpu/insn.h"
#include "domain/domain.h"
#include "lib/assert.h"
#include "lib/atomic.h"
#include "lib/errno.h"
#include "lib/nospec.h"
#include "lib/upcall.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "platform/irq.h"

#define PIRQS_PRIVILEGED IRQ_PIRQ_COUNT

/* ---- Ports ---- */

struct evtchn *evtchn_of(const struct domain *d, uint32_t port)
{
    struct evtchn *bucket;

    if (!port || port >= atomic_load(&d->event.port_count))
        return NULL;
    port = (uint32_t)index_nospec(port, EVTCHN_PORTS_MAX);
    bucket = d->event.buckets[port / EVTCHN_BUCKET_PORTS];
    return &bucket[port % EVTCHN_BUCKET_PORTS];
}

/* One more bucket of ports, published last. */
static int bucket_add(struct domain *d)
{
    unsigned count = d->event.port_count;
    struct evtchn *bucket;

    if (count >= d->event.max_ports)
        return -ENOSPC;
    bucket = heap_alloc(EVTCHN_BUCKET_PORTS * sizeof(*bucket));
    if (!bucket)
        return -ENOMEM;
    d->event.buckets[count / EVTCHN_BUCKET_PORTS] = bucket;
    atomic_store(&d->event.port_count, count + EVTCHN_BUCKET_PORTS);
    return 0;
}

/* Find a free port; it stays free until its state is set. */
static int port_find(struct domain *d, uint32_t *port)
{
    uint32_t p = MAX(d->event.lowest_free, 1U);

    if (d->event.is_dead)
        return -EINVAL;
    for (;; p++) {
        const struct evtchn *c;

        if (p >= d->event.port_count) {
            int err = bucket_add(d);

            if (err)
                return err;
        }
        c = evtchn_of(d, p);
        if (c && c->state == EVTCHN_FREE)
            break;
    }
    d->event.lowest_free = p;
    *port = p;
    return 0;
}

static void channel_bind(struct evtchn *c, enum evtchn_state state,
                         unsigned notify_vcpu, unsigned number)
{
    c->notify_vcpu = (uint16_t)notify_vcpu;
    c->number = (uint16_t)number;
    /* Last: a sender looks at the rest after the state. */
    atomic_store(&c->state, (uint8_t)state);
}

/* Wait for lock-free senders; the state was changed before. */
static void channel_quiesce(const struct evtchn *c)
{
    memory_barrier();
    while (atomic_load(&c->users)) {
        upcall_spin_relax();
        cpu_relax();
    }
}

/* The channel's state is free and nobody is inside: as new. */
static void channel_clear(struct domain *d, uint32_t port)
{
    struct evtchn *c = evtchn_of(d, port);

    event_clear_pending(d, port);
    c->notify_vcpu = 0;
    c->number = 0;
    c->remote = NULL;
    c->remote_port = 0;
    c->remote_domid = 0;
    d->event.lowest_free = MIN(d->event.lowest_free, port);
}

static void lock_pair(struct domain *a, struct domain *b)
{
    if (a == b) {
        spin_lock(&a->event.lock);
    } else if (a->id < b->id || (a->id == b->id && a < b)) {
        spin_lock(&a->event.lock);
        spin_lock_nested(&b->event.lock);
    } else {
        spin_lock(&b->event.lock);
        spin_lock_nested(&a->event.lock);
    }
}

static void unlock_pair(struct domain *a, struct domain *b)
{
    spin_unlock(&a->event.lock);
    if (a != b)
        spin_unlock(&b->event.lock);
}

/* ---- Binding ---- */

int evtchn_alloc_unbound(struct domain *d, uint16_t remote_domid,
                         uint32_t *port)
{
    uint32_t p;
    int err;

    spin_lock(&d->event.lock);
    err = port_find(d, &p);
    if (!err) {
        evtchn_of(d, p)->remote_domid = remote_domid;
        channel_bind(evtchn_of(d, p), EVTCHN_UNBOUND, 0, 0);
        *port = p;
    }
    spin_unlock(&d->event.lock);
    return err;
}

static void connect(struct evtchn *c, struct domain *remote, uint32_t port)
{
    domain_ref(remote);
    c->remote = remote;
    c->remote_port = port;
    atomic_store(&c->state, EVTCHN_INTERDOMAIN);
}

int evtchn_bind_interdomain(struct domain *d, struct domain *remote,
                            uint32_t remote_port, uint32_t *port)
{
    struct evtchn *peer;
    uint32_t p;
    int err;

    lock_pair(d, remote);
    peer = evtchn_of(remote, remote_port);
    err = -EINVAL;
    if (!peer || peer->state != EVTCHN_UNBOUND || peer->remote_domid != d->id)
        goto out;
    err = port_find(d, &p);
    if (err)
        goto out;
    connect(evtchn_of(d, p), remote, remote_port);
    connect(peer, d, p);
    /* Events sent before the binding were lost: the guest looks once. */
    event_notify(d, 0, p);
    *port = p;
out:
    unlock_pair(d, remote);
    return err;
}

/* One binding in the domain, made on vCPU 0, for all but these. */
static bool virq_is_global(uint32_t virq)
{
    return virq != VIRQ_TIMER && virq != VIRQ_DEBUG && virq != VIRQ_XENOPROF &&
           virq != VIRQ_XENPMU;
}

int evtchn_bind_virq(struct domain *d, uint32_t virq, uint32_t vcpu,
                     uint32_t *port)
{
    struct vcpu *v;
    uint32_t p;
    int err;

    if (virq >= NR_VIRQS || (virq_is_global(virq) && vcpu != 0))
        return -EINVAL;
    virq = (uint32_t)index_nospec(virq, NR_VIRQS);
    v = domain_vcpu(d, vcpu);
    if (!v)
        return -ENOENT;
    spin_lock(&d->event.lock);
    err = v->event.virq_port[virq] ? -EEXIST : port_find(d, &p);
    if (!err) {
        channel_bind(evtchn_of(d, p), EVTCHN_VIRQ, v->id, virq);
        WRITE_ONCE(v->event.virq_port[virq], (uint16_t)p);
        *port = p;
    }
    spin_unlock(&d->event.lock);
    return err;
}

int evtchn_bind_ipi(struct domain *d, uint32_t vcpu, uint32_t *port)
{
    const struct vcpu *v = domain_vcpu(d, vcpu);
    uint32_t p;
    int err;

    if (!v)
        return -ENOENT;
    spin_lock(&d->event.lock);
    err = port_find(d, &p);
    if (!err) {
        channel_bind(evtchn_of(d, p), EVTCHN_IPI, v->id, 0);
        *port = p;
    }
    spin_unlock(&d->event.lock);
    return err;
}

int evtchn_bind_pirq(struct domain *d, uint32_t pirq, bool share,
                     uint32_t *port)
{
    uint32_t p;
    int err;

    if (pirq >= d->event.pirq.count)
        return -EINVAL;
    pirq = (uint32_t)index_nospec(pirq, d->event.pirq.count);
    spin_lock(&d->event.lock);
    err = d->event.pirq.port[pirq] ? -EEXIST : port_find(d, &p);
    if (!err) {
        /* The interrupt may come as soon as it is bound: be ready first. */
        channel_bind(evtchn_of(d, p), EVTCHN_PIRQ, 0, pirq);
        WRITE_ONCE(d->event.pirq.port[pirq], (uint16_t)p);
        err = irq_bind_guest(d, pirq, share);
        if (err) {
            WRITE_ONCE(d->event.pirq.port[pirq], 0);
            atomic_store(&evtchn_of(d, p)->state, EVTCHN_FREE);
            channel_clear(d, p);
        } else {
            *port = p;
        }
    }
    spin_unlock(&d->event.lock);
    return err;
}

/* ---- Closing ---- */

/*
 * Both locks are held; the peer waits for `d` to bind again. Drops what the
 * two ends hold: the caller puts both domains after unlocking.
 */
static void disconnect(struct domain *d, struct evtchn *c)
{
    struct evtchn *peer = evtchn_of(c->remote, c->remote_port);

    peer->remote_domid = d->id;
    atomic_store(&peer->state, EVTCHN_UNBOUND);
    atomic_store(&c->state, EVTCHN_FREE);
    channel_quiesce(peer);
    channel_quiesce(c);
    peer->remote = NULL;
    peer->remote_port = 0;
}

/* Close `port` if it is still bound to `remote`, which is referenced. */
static bool close_interdomain(struct domain *d, uint32_t port,
                              struct domain *remote)
{
    struct evtchn *c;
    bool done = false;

    lock_pair(d, remote);
    c = evtchn_of(d, port);
    if (c && c->state == EVTCHN_INTERDOMAIN && c->remote == remote) {
        disconnect(d, c);
        channel_clear(d, port);
        done = true;
    }
    unlock_pair(d, remote);
    if (done) {
        domain_put(remote); /* our end's */
        domain_put(d);      /* the peer's; the caller has another */
    }
    return done;
}

/* Under the lock: every bound state but EVTCHN_INTERDOMAIN. */
static void close_local(struct domain *d, uint32_t port, struct evtchn *c)
{
    enum evtchn_state state = c->state;
    uint16_t number = c->number;
    struct vcpu *v;

    switch (state) {
    case EVTCHN_VIRQ:
        v = domain_vcpu(d, virq_is_global(number) ? 0 : c->notify_vcpu);
        WRITE_ONCE(v->event.virq_port[number], 0);
        break;
    case EVTCHN_PIRQ:
        irq_unbind_guest(d, number);
        WRITE_ONCE(d->event.pirq.port[number], 0);
        break;
    default:
        break;
    }
    atomic_store(&c->state, EVTCHN_FREE);
    channel_quiesce(c);
    channel_clear(d, port);
}

int evtchn_close(struct domain *d, uint32_t port)
{
    struct domain *remote;
    struct evtchn *c;
    bool done;

    do {
        spin_lock(&d->event.lock);
        c = evtchn_of(d, port);
        if (!c || c->state == EVTCHN_FREE) {
            spin_unlock(&d->event.lock);
            return -EINVAL;
        }
        if (c->state != EVTCHN_INTERDOMAIN) {
            close_local(d, port, c);
            spin_unlock(&d->event.lock);
            return 0;
        }
        remote = c->remote;
        domain_ref(remote);
        spin_unlock(&d->event.lock);
        done = close_interdomain(d, port, remote);
        domain_put(remote);
    } while (!done);
    return 0;
}

int evtchn_reset(struct domain *d)
{
    for (uint32_t port = 1; port < atomic_load(&d->event.port_count); port++) {
        const struct evtchn *c = evtchn_of(d, port);
        int err;

        if (!c || c->state == EVTCHN_FREE)
            continue;
        err = evtchn_close(d, port);
        if (!err)
            err = yield_point();
        if (err == -ECANCELED)
            return err;
    }
    return 0;
}

/* ---- Use ---- */

int evtchn_send(struct domain *d, uint32_t port)
{
    struct evtchn *c = evtchn_of(d, port);
    const struct evtchn *peer;
    int err = 0;

    if (!c)
        return -EINVAL;
    atomic_add(&c->users, 1);
    switch (atomic_load(&c->state)) {
    case EVTCHN_INTERDOMAIN:
        peer = evtchn_of(c->remote, c->remote_port);
        event_notify(c->remote, READ_ONCE(peer->notify_vcpu), c->remote_port);
        break;
    case EVTCHN_IPI:
        event_notify(d, c->notify_vcpu, port);
        break;
    case EVTCHN_UNBOUND:
        break;
    default:
        err = -EINVAL;
        break;
    }
    atomic_sub(&c->users, 1);
    return err;
}

int evtchn_bind_vcpu(struct domain *d, uint32_t port, uint32_t vcpu)
{
    struct evtchn *c = evtchn_of(d, port);
    const struct vcpu *v = domain_vcpu(d, vcpu);
    int err = 0;

    if (!v)
        return -ENOENT;
    if (!c)
        return -EINVAL;
    spin_lock(&d->event.lock);
    switch (c->state) {
    case EVTCHN_VIRQ:
        if (virq_is_global(c->number))
            WRITE_ONCE(c->notify_vcpu, (uint16_t)v->id);
        else
            err = -EINVAL;
        break;
    case EVTCHN_UNBOUND:
    case EVTCHN_INTERDOMAIN:
    case EVTCHN_PIRQ:
        WRITE_ONCE(c->notify_vcpu, (uint16_t)v->id);
        break;
    default:
        err = -EINVAL;
        break;
    }
    spin_unlock(&d->event.lock);
    return err;
}

int evtchn_unmask(struct domain *d, uint32_t port)
{
    const struct evtchn *c = evtchn_of(d, port);
    struct vcpu *v;

    if (!c)
        return -EINVAL;
    v = domain_vcpu(d, READ_ONCE(c->notify_vcpu));
    if (v)
        event_unmask(v, port);
    return 0;
}

static void fill_status(const struct evtchn *c, struct evtchn_status *out)
{
    switch (c->state) {
    case EVTCHN_UNBOUND:
        out->status = EVTCHNSTAT_unbound;
        out->u.unbound.dom = c->remote_domid;
        break;
    case EVTCHN_INTERDOMAIN:
        out->status = EVTCHNSTAT_interdomain;
        out->u.interdomain.dom = c->remote->id;
        out->u.interdomain.port = c->remote_port;
        break;
    case EVTCHN_PIRQ:
        out->status = EVTCHNSTAT_pirq;
        out->u.pirq = c->number;
        break;
    case EVTCHN_VIRQ:
        out->status = EVTCHNSTAT_virq;
        out->u.virq = c->number;
        break;
    case EVTCHN_IPI:
        out->status = EVTCHNSTAT_ipi;
        break;
    default:
        out->status = EVTCHNSTAT_closed;
        break;
    }
    out->vcpu = c->notify_vcpu;
}

int evtchn_get_status(struct domain *d, uint32_t port,
                      struct evtchn_status *out)
{
    const struct evtchn *c;

    out->status = EVTCHNSTAT_closed;
    out->vcpu = 0;
    /* Port 0 exists and is never used. */
    if (!port)
        return 0;
    spin_lock(&d->event.lock);
    c = evtchn_of(d, port);
    if (c)
        fill_status(c, out);
    spin_unlock(&d->event.lock);
    return c ? 0 : -EINVAL;
}

/* ---- Life cycle ---- */

int event_domain_init(struct domain *d)
{
    spin_init(&d->event.lock, LOCK_EVENT);
    d->event.max_ports = EVTCHN_PORTS_MAX;
    d->event.eoi_mfn = INVALID_MFN;
    d->event.pirq.count = d->is_privileged ? PIRQS_PRIVILEGED : 0;
    if (!d->event.pirq.count)
        return 0;
    d->event.pirq.port =
        heap_alloc(d->event.pirq.count * sizeof(*d->event.pirq.port));
    return d->event.pirq.port ? 0 : -ENOMEM;
}

void event_domain_destroy(struct domain *d)
{
    spin_lock(&d->event.lock);
    d->event.is_dead = true;
    spin_unlock(&d->event.lock);
    while (evtchn_reset(d))
        ;
    irq_release_domain(d);
    if (!mfn_eq(d->event.eoi_mfn, INVALID_MFN))
        frame_put_writable(d->event.eoi_mfn);
    d->event.eoi_mfn = INVALID_MFN;
    /*
     * The record outlives this in the hands of others: no port is left, and
     * who found one under the lock is done with it.
     */
    spin_lock(&d->event.lock);
    atomic_store(&d->event.port_count, 0);
    spin_unlock(&d->event.lock);
    for (unsigned i = 0; i < ARRAY_COUNT(d->event.buckets); i++) {
        heap_free(d->event.buckets[i]);
        d->event.buckets[i] = NULL;
    }
    heap_free(d->event.pirq.port);
    d->event.pirq.port = NULL;
    d->event.pirq.count = 0;
}
