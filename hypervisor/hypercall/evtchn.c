/* SPDX-License-Identifier: MIT */
/*
 * event_channel_op: reads the operation's struct, checks whose ports it is
 * about, and writes the struct back where it has results.
 */
#include "event/evtchn.h"

#include "abi/event_channel.h"
#include "domain/domain.h"
#include "hypercall/handlers.h"
#include "lib/errno.h"
#include "mm/guest_access.h"

typedef const void __guest *in_t;
typedef void __guest *inout_t;

/*
 * The domain `id` if v may change its ports, with a reference. -ESRCH,
 * -EPERM.
 */
static int target_get(const struct vcpu *v, domid_t id, struct domain **out)
{
    struct domain *d = domain_get_as(v->domain, id);

    if (!d)
        return -ESRCH;
    if (!domain_may_control(v, d)) {
        domain_put(d);
        return -EPERM;
    }
    *out = d;
    return 0;
}

/* Write a new port's struct back, or close the port again. */
static int finish_bind(struct domain *d, inout_t arg, const void *op,
                       size_t bytes, uint32_t port)
{
    int err = guest_write(arg, op, bytes);

    if (!err)
        return 0;
    /* It may have been closed by a sibling vCPU by now. */
    return evtchn_close(d, port) ? -EINVAL : err;
}

static int alloc_unbound(struct vcpu *v, inout_t arg)
{
    struct evtchn_alloc_unbound op;
    struct domain *d;
    int err = guest_read(&op, arg, sizeof(op));

    if (err)
        return err;
    err = target_get(v, op.dom, &d);
    if (err)
        return err;
    if (op.remote_dom == DOMID_SELF)
        op.remote_dom = v->domain->id;
    err = evtchn_alloc_unbound(d, op.remote_dom, &op.port);
    if (!err)
        err = finish_bind(d, arg, &op, sizeof(op), op.port);
    domain_put(d);
    return err;
}

static int bind_interdomain(struct vcpu *v, inout_t arg)
{
    struct evtchn_bind_interdomain op;
    struct domain *remote;
    int err = guest_read(&op, arg, sizeof(op));

    if (err)
        return err;
    remote = domain_get_as(v->domain, op.remote_dom);
    if (!remote)
        return -ESRCH;
    err = evtchn_bind_interdomain(v->domain, remote, op.remote_port,
                                  &op.local_port);
    domain_put(remote);
    if (!err)
        err = finish_bind(v->domain, arg, &op, sizeof(op), op.local_port);
    return err;
}

static int bind_virq(struct vcpu *v, inout_t arg)
{
    struct evtchn_bind_virq op;
    int err = guest_read(&op, arg, sizeof(op));

    if (!err)
        err = evtchn_bind_virq(v->domain, op.virq, op.vcpu, &op.port);
    return err ? err : finish_bind(v->domain, arg, &op, sizeof(op), op.port);
}

static int bind_ipi(struct vcpu *v, inout_t arg)
{
    struct evtchn_bind_ipi op;
    int err = guest_read(&op, arg, sizeof(op));

    if (!err)
        err = evtchn_bind_ipi(v->domain, op.vcpu, &op.port);
    return err ? err : finish_bind(v->domain, arg, &op, sizeof(op), op.port);
}

static int bind_pirq(struct vcpu *v, inout_t arg)
{
    struct evtchn_bind_pirq op;
    int err = guest_read(&op, arg, sizeof(op));

    if (!err)
        err = evtchn_bind_pirq(v->domain, op.pirq,
                               op.flags & BIND_PIRQ__WILL_SHARE, &op.port);
    return err ? err : finish_bind(v->domain, arg, &op, sizeof(op), op.port);
}

static int close_port(struct vcpu *v, in_t arg)
{
    struct evtchn_close op;
    int err = guest_read(&op, arg, sizeof(op));

    return err ? err : evtchn_close(v->domain, op.port);
}

static int send(struct vcpu *v, in_t arg)
{
    struct evtchn_send op;
    int err = guest_read(&op, arg, sizeof(op));

    return err ? err : evtchn_send(v->domain, op.port);
}

static int status(struct vcpu *v, inout_t arg)
{
    struct evtchn_status in, out = {0};
    struct domain *d;
    int err = guest_read(&in, arg, sizeof(in));

    if (err)
        return err;
    err = target_get(v, in.dom, &d);
    if (err)
        return err;
    out.dom = in.dom;
    out.port = in.port;
    err = evtchn_get_status(d, in.port, &out);
    domain_put(d);
    return err ? err : guest_write(arg, &out, sizeof(out));
}

static int bind_vcpu(struct vcpu *v, in_t arg)
{
    struct evtchn_bind_vcpu op;
    int err = guest_read(&op, arg, sizeof(op));

    return err ? err : evtchn_bind_vcpu(v->domain, op.port, op.vcpu);
}

static int unmask(struct vcpu *v, in_t arg)
{
    struct evtchn_unmask op;
    int err = guest_read(&op, arg, sizeof(op));

    return err ? err : evtchn_unmask(v->domain, op.port);
}

static int reset(struct vcpu *v, in_t arg) MAY_YIELD
{
    struct evtchn_reset op;
    struct domain *d;
    int err = guest_read(&op, arg, sizeof(op));

    if (err)
        return err;
    err = target_get(v, op.dom, &d);
    if (err)
        return err;
    err = evtchn_reset(d);
    domain_put(d);
    return err;
}

/* args: command, its struct. */
int64_t hypercall_event_channel_op(struct vcpu *v, const uint64_t args[6])
{
    inout_t arg = (inout_t)args[1];

    switch ((uint32_t)args[0]) {
    case EVTCHNOP_send:
        return send(v, arg);
    case EVTCHNOP_unmask:
        return unmask(v, arg);
    case EVTCHNOP_bind_interdomain:
        return bind_interdomain(v, arg);
    case EVTCHNOP_bind_virq:
        return bind_virq(v, arg);
    case EVTCHNOP_bind_pirq:
        return bind_pirq(v, arg);
    case EVTCHNOP_close:
        return close_port(v, arg);
    case EVTCHNOP_status:
        return status(v, arg);
    case EVTCHNOP_alloc_unbound:
        return alloc_unbound(v, arg);
    case EVTCHNOP_bind_ipi:
        return bind_ipi(v, arg);
    case EVTCHNOP_bind_vcpu:
        return bind_vcpu(v, arg);
    case EVTCHNOP_reset:
        return reset(v, arg);
    default:
        /* FIFO event channels are not offered. */
        return -ENOSYS;
    }
}
