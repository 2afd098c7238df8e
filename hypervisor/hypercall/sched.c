/* SPDX-License-Identifier: MIT */
/*
 * sched_op: giving up the CPU, waiting for events, ending the domain. All of
 * them take effect at the guest boundary, after the result is in place.
 */
#include "sched/sched.h"

#include "abi/sched.h"
#include "domain/domain.h"
#include "event/evtchn.h"
#include "hypercall/handlers.h"
#include "lib/atomic.h"
#include "lib/errno.h"
#include "lib/upcall.h"
#include "mm/guest_access.h"
#include "pv/time.h"

#define POLL_PORTS_MAX 128U

static int block(struct vcpu *v)
{
    event_poll_end(v);
    WRITE_ONCE(v->event.info->evtchn_upcall_mask, 0);
    sched_block_at_boundary(v, BLOCK_EVENT);
    return 0;
}

/* 1: one of the ports is pending, 0: none, or an error. */
static int poll_look(struct vcpu *v, const struct sched_poll *op)
{
    const evtchn_port_t __guest *ports =
        (const evtchn_port_t __guest *)op->ports;

    for (unsigned i = 0; i < op->nr_ports; i++) {
        evtchn_port_t port;
        int err = guest_read(&port, ports + i, sizeof(port));

        if (err)
            return err;
        if (!evtchn_of(v->domain, port))
            return -EINVAL;
        if (event_is_pending(v->domain, port))
            return 1;
    }
    return 0;
}

static int poll(struct vcpu *v, const void __guest *arg)
{
    struct sched_poll op;
    evtchn_port_t only = 0;
    int err = guest_read(&op, arg, sizeof(op));

    if (err)
        return err;
    if (op.nr_ports > POLL_PORTS_MAX)
        return -EINVAL;
    if (op.nr_ports == 1) {
        err = guest_read(&only, (const void __guest *)op.ports, sizeof(only));
        if (err)
            return err;
        if (!evtchn_of(v->domain, only))
            return -EINVAL;
    }
    /* From here on an event ends the poll; then look at what came before. */
    event_poll_begin(v, only);
    err = poll_look(v, &op);
    if (err) {
        event_poll_end(v);
        return err < 0 ? err : 0;
    }
    if (op.timeout)
        time_set_poll(v, op.timeout);
    sched_block_at_boundary(v, BLOCK_POLL);
    return 0;
}

static int shutdown(struct vcpu *v, const void __guest *arg)
{
    struct sched_shutdown op;
    int err = guest_read(&op, arg, sizeof(op));

    if (err)
        return err;
    if (op.reason > SHUTDOWN_MAX)
        return -EINVAL;
    domain_shutdown(v->domain, op.reason);
    return 0;
}

/* The code is kept for whoever asks how the domain ended. */
static int shutdown_code(struct vcpu *v, const void __guest *arg)
{
    struct sched_shutdown op;
    int err = guest_read(&op, arg, sizeof(op));

    if (err)
        return err;
    if (op.reason > SHUTDOWN_MAX)
        return -EINVAL;
    WRITE_ONCE(v->domain->shutdown_code, (uint8_t)op.reason);
    return 0;
}

static int remote_shutdown(struct vcpu *v, const void __guest *arg)
{
    struct sched_remote_shutdown op;
    struct domain *d;
    int err = guest_read(&op, arg, sizeof(op));

    if (err)
        return err;
    if (op.reason > SHUTDOWN_MAX)
        return -EINVAL;
    d = domain_get(op.domain_id);
    if (!d)
        return -ESRCH;
    if (d == v->domain || !domain_may_control(v, d))
        err = -EPERM;
    else
        domain_shutdown(d, op.reason);
    domain_put(d);
    return err;
}

/* args: command, its struct. */
int64_t hypercall_sched_op(struct vcpu *v, const uint64_t args[6])
{
    const void __guest *arg = (const void __guest *)args[1];

    switch ((uint32_t)args[0]) {
    case SCHEDOP_yield:
        sched_yield_at_boundary(v);
        return 0;
    case SCHEDOP_block:
        return block(v);
    case SCHEDOP_poll:
        return poll(v, arg);
    case SCHEDOP_shutdown:
        return shutdown(v, arg);
    case SCHEDOP_shutdown_code:
        return shutdown_code(v, arg);
    case SCHEDOP_remote_shutdown:
        return remote_shutdown(v, arg);
    default:
        /* No watchdogs, no pinning by the guest. */
        return -ENOSYS;
    }
}
