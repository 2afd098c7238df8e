/* SPDX-License-Identifier: MIT */
/*
 * grant_table_op: setting the table up. Errors of one operation go to its
 * status; the call itself fails only where that cannot be written.
 *
 * Not here: mapping and copying, which answer -ENOSYS.
 */
#include "grant/grant.h"

#include "domain/domain.h"
#include "hypercall/handlers.h"
#include "lib/errno.h"
#include "lib/upcall.h"
#include "mm/guest_access.h"

/* The domain `id` with a reference, if v may set its table up. */
static int16_t target_get(const struct vcpu *v, domid_t id, struct domain **out)
{
    struct domain *d = domain_get_as(v->domain, id);

    if (!d)
        return GNTST_bad_domain;
    if (!domain_may_control(v, d) || domain_is_dying(d)) {
        domain_put(d);
        return GNTST_permission_denied;
    }
    *out = d;
    return GNTST_okay;
}

static int write_frames(const struct domain *d, uint64_t list, unsigned count)
{
    xen_pfn_t __guest *to = (xen_pfn_t __guest *)list;

    for (unsigned i = 0; i < count; i++) {
        xen_pfn_t frame = grant_frame(d, i).v;
        int err = guest_write(to + i, &frame, sizeof(frame));

        if (err)
            return err;
    }
    return 0;
}

static int setup_table(struct vcpu *v, void __guest *arg)
{
    struct gnttab_setup_table op;
    struct domain *d;
    int err = guest_read(&op, arg, sizeof(op));

    if (err)
        return err;
    op.status = target_get(v, op.dom, &d);
    if (!op.status) {
        if (grant_table_grow(d, op.nr_frames))
            op.status = GNTST_general_error;
        else
            err = write_frames(d, op.frame_list, op.nr_frames);
        domain_put(d);
    }
    return err ? err : guest_write(arg, &op, sizeof(op));
}

static int query_size(struct vcpu *v, void __guest *arg)
{
    struct gnttab_query_size in, out = {0};
    struct domain *d;
    int err = guest_read(&in, arg, sizeof(in));

    if (err)
        return err;
    out.dom = in.dom;
    out.status = target_get(v, in.dom, &d);
    if (!out.status) {
        out.nr_frames = grant_frame_count(d);
        out.max_nr_frames = grant_frame_limit(d);
        domain_put(d);
    }
    return guest_write(arg, &out, sizeof(out));
}

/* There is version 1 only. */
static int set_version(void __guest *arg)
{
    struct gnttab_set_version op;
    int err = guest_read(&op, arg, sizeof(op));

    if (err)
        return err;
    if (op.version == 2)
        return -ENOSYS;
    if (op.version != 1)
        return -EINVAL;
    return guest_write(arg, &op, sizeof(op));
}

static int get_version(struct vcpu *v, void __guest *arg)
{
    struct gnttab_get_version in, out = {0};
    struct domain *d;
    int err = guest_read(&in, arg, sizeof(in));

    if (err)
        return err;
    d = domain_get_as(v->domain, in.dom);
    if (!d)
        return -ESRCH;
    err = domain_may_control(v, d) ? 0 : -EPERM;
    domain_put(d);
    if (err)
        return err;
    out.dom = in.dom;
    out.version = 1;
    return guest_write(arg, &out, sizeof(out));
}

/* args: command, array, entries in it. */
int64_t hypercall_grant_table_op(struct vcpu *v, const uint64_t args[6])
{
    void __guest *arg = (void __guest *)args[1];
    uint32_t count = (uint32_t)args[2];

    switch ((uint32_t)args[0]) {
    case GNTTABOP_setup_table:
        return count == 1 ? setup_table(v, arg) : -EINVAL;
    case GNTTABOP_query_size:
        return count == 1 ? query_size(v, arg) : -EINVAL;
    case GNTTABOP_set_version:
        return set_version(arg);
    case GNTTABOP_get_version:
        return get_version(v, arg);
    default:
        return -ENOSYS;
    }
}
