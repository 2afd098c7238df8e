/* SPDX-License-Identifier: MIT */
/* memory_op: which operation, and the small ones. */
#include "abi/memory.h"

#include "domain/domain.h"
#include "hypercall/handlers.h"
#include "hypercall/memory_ops.h"
#include "lib/errno.h"
#include "mm/guest_access.h"
#include "mm/m2p.h"

/* The bits above are a continuation's, which we do not have. */
#define CMD_MASK 63UL
/* What max_page_count shows as, at most. */
#define PAGES_SHOWN_MAX 0xffffffffUL

int memory_domain_get(const struct vcpu *v, unsigned id, struct domain **out)
{
    struct domain *d;

    if (id != DOMID_SELF && id != v->domain->id && !v->domain->is_privileged)
        return -EPERM;
    d = domain_get_as(v->domain, id);
    if (!d)
        return -ESRCH;
    if (!domain_may_control(v, d)) {
        domain_put(d);
        return -EPERM;
    }
    *out = d;
    return 0;
}

/* As the guest says; the page is gone when the domain is taken apart. */
static int64_t max_pfn(const struct domain *d)
{
    const struct shared_info *s = READ_ONCE(d->shared_info);

    return s ? (int64_t)(READ_ONCE(s->arch.max_pfn) & ~0UL >> 1) : 0;
}

/* Numbers about one domain. */
static int64_t query_domain(const struct vcpu *v, unsigned cmd,
                            memory_arg_t arg)
{
    struct xen_memory_domain m;
    struct domain *d;
    int64_t n;
    int err = guest_read(&m, arg, sizeof(m));

    if (err)
        return err;
    err = memory_domain_get(v, m.domid, &d);
    if (err)
        return err;
    if (cmd == XENMEM_current_reservation)
        n = (int64_t)READ_ONCE(d->mm.page_count);
    else if (cmd == XENMEM_maximum_reservation)
        n = (int64_t)MIN(READ_ONCE(d->mm.max_page_count), PAGES_SHOWN_MAX);
    else
        n = max_pfn(d);
    /* The number of the last frame; a guest that has not said so has 0. */
    if (cmd == XENMEM_maximum_gpfn && n)
        n--;
    domain_put(d);
    return n;
}

/*
 * memory_op(cmd, arg). Errors of all: -EINVAL bits above the sixth in cmd;
 * -EFAULT; -EPERM, -ESRCH for a domain that is named; -ENOSYS not offered,
 * or for guests without page tables of their own. See memory_ops.h.
 */
int64_t hypercall_memory_op(struct vcpu *v, const uint64_t args[6])
{
    memory_arg_t arg = (memory_arg_t)args[1];

    if (args[0] & ~CMD_MASK)
        return -EINVAL;
    switch (args[0]) {
    case XENMEM_increase_reservation:
        return memory_increase(v, arg);
    case XENMEM_decrease_reservation:
        return memory_decrease(v, arg);
    case XENMEM_populate_physmap:
        return memory_populate(v, arg);
    case XENMEM_exchange:
        return memory_exchange(v, arg);
    case XENMEM_claim_pages:
        return memory_claim(v, arg);
    case XENMEM_maximum_ram_page:
        return (int64_t)m2p_frames - 1;
    case XENMEM_current_reservation:
    case XENMEM_maximum_reservation:
    case XENMEM_maximum_gpfn:
        return query_domain(v, (unsigned)args[0], arg);
    case XENMEM_machphys_mapping:
        return memory_m2p_mapping(arg);
    case XENMEM_machphys_mfn_list:
        return memory_m2p_frames(v, arg);
    case XENMEM_memory_map:
        return memory_get_map(v, arg);
    case XENMEM_machine_memory_map:
        return memory_get_machine_map(v, arg);
    case XENMEM_set_memory_map:
        return memory_set_map(v, arg);
    case XENMEM_get_sharing_freed_pages:
    case XENMEM_get_sharing_shared_pages:
        return 0;
    case XENMEM_get_vnumainfo:
    case XENMEM_acquire_resource:
    case XENMEM_reserved_device_memory_map:
        return -EOPNOTSUPP;
    default:
        return -ENOSYS;
    }
}
