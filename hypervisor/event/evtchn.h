/* SPDX-License-Identifier: MIT */
/*
 * Event channels: the numbered ports of a domain, what each is bound to, and
 * the two-level bitmap in shared_info by which the guest sees them.
 */
#pragma once

#include "domain/vcpu.h"
#include "lib/types.h"

#define EVTCHN_PORTS_MAX    4096U
#define EVTCHN_BUCKET_PORTS 64U

enum evtchn_state {
    EVTCHN_FREE,
    EVTCHN_UNBOUND,     /* waits for `remote_domid` to bind */
    EVTCHN_INTERDOMAIN, /* bound to `remote_port` of `remote` */
    EVTCHN_PIRQ,
    EVTCHN_VIRQ,
    EVTCHN_IPI,
};

/*
 * One port. Written under its domain's event lock; an interdomain one under
 * both domains' locks. A sender holds `users` instead: a bound channel's end
 * waits for that to fall to zero after `state` changed.
 */
struct evtchn {
    uint8_t state; /* enum evtchn_state */
    uint16_t remote_domid;
    uint16_t notify_vcpu; /* index of the vCPU that is told */
    uint16_t number;      /* the pirq or virq */
    uint32_t remote_port;
    uint32_t users; /* (a) lock-free senders looking at this now */
    struct domain *remote;
};

/* The channel of `port`, or NULL when it is out of range. */
struct evtchn *evtchn_of(const struct domain *d, uint32_t port);

/*
 * Each operation: 0, or a negative errno; out-parameters on success only.
 * `d` is the domain whose ports change.
 */
MUST_CHECK int evtchn_alloc_unbound(struct domain *d, uint16_t remote_domid,
                                    uint32_t *port);
MUST_CHECK int evtchn_bind_interdomain(struct domain *d, struct domain *remote,
                                       uint32_t remote_port, uint32_t *port);
MUST_CHECK int evtchn_bind_virq(struct domain *d, uint32_t virq, uint32_t vcpu,
                                uint32_t *port);
MUST_CHECK int evtchn_bind_ipi(struct domain *d, uint32_t vcpu, uint32_t *port);
MUST_CHECK int evtchn_bind_pirq(struct domain *d, uint32_t pirq, bool share,
                                uint32_t *port);
MUST_CHECK int evtchn_close(struct domain *d, uint32_t port);
/* Lock-free. */
MUST_CHECK int evtchn_send(struct domain *d, uint32_t port);
MUST_CHECK int evtchn_bind_vcpu(struct domain *d, uint32_t port, uint32_t vcpu);
/* As the guest's clearing of the mask bit, but that no event is lost. */
MUST_CHECK int evtchn_unmask(struct domain *d, uint32_t port);
MUST_CHECK int evtchn_reset(struct domain *d) MAY_YIELD;

struct evtchn_status;
/* Fills what depends on the channel. */
MUST_CHECK int evtchn_get_status(struct domain *d, uint32_t port,
                                 struct evtchn_status *out);

/* ---- The bitmap (twolevel.c) ---- */
/*
 * Make `port` of `d` pending and tell its vCPU `vcpu`; lost when that was not
 * created yet. Under any lock below LOCK_SCHED.
 */
void event_notify(struct domain *d, unsigned vcpu, uint32_t port);
/* The guest is about to use `port` anew. */
void event_clear_pending(struct domain *d, uint32_t port);
/* As unmasked by the guest: tell it if the port is pending. */
void event_unmask(struct vcpu *v, uint32_t port);
bool event_is_pending(const struct domain *d, uint32_t port);
bool event_is_masked(const struct domain *d, uint32_t port);
static inline bool event_upcall_pending(const struct vcpu *v)
{
    return vcpu_has_upcall(v);
}

/* ---- vcpu_info (info.c) ---- */
/*
 * Move v's vcpu_info to `offset` of frame `mfn`, which its domain owns. Once.
 * -EINVAL: offset, or registered before; else as frame_get_writable().
 */
MUST_CHECK int event_register_info(struct vcpu *v, mfn_t mfn, uint32_t offset);
/* Back to the shared page's (the domain was reset or the vCPU ends). */
void event_unregister_info(struct vcpu *v);
/* v has a vcpu_info of its own to read. */
bool event_has_info(const struct vcpu *v);

/* ---- Physical interrupts (pirq.c) ---- */
/* Interrupt `pirq` came for `d`: make its port pending. Any context. */
void event_pirq_raise(struct domain *d, unsigned pirq);
/* The port that `pirq` is bound to, or 0. */
uint32_t event_pirq_port(const struct domain *d, unsigned pirq);

/* ---- Polling ---- */
/*
 * v sleeps at the boundary until one of `ports` (or any, when there are
 * several) is made pending, an upcall is due, or event_poll_end().
 */
void event_poll_begin(struct vcpu *v, uint32_t only_port);
