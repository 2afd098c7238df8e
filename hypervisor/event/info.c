/* SPDX-License-Identifier: MIT */
/*
 * Where a vCPU's vcpu_info lies: in the shared page for the first 32, until
 * the guest registers another place; a vCPU beyond those has none until then.
 *
 * Invariant: vcpu.event.info always points at memory that can be written: the
 * shared page, a frame on which a writable reference is held, or a dummy
 * whose upcalls are masked.
 */
#include "event/evtchn.h"

#include "lib/atomic.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "lib/upcall.h"
#include "mm/frame.h"
#include "mm/map.h"

static struct vcpu_info dummy_info = {.evtchn_upcall_mask = 1};

static struct vcpu_info *default_info(const struct vcpu *v)
{
    struct shared_info *s = v->domain->shared_info;

    if (!s || v->id >= XEN_LEGACY_MAX_VCPUS)
        return &dummy_info;
    return &s->vcpu_info[v->id];
}

void event_vcpu_init(struct vcpu *v)
{
    v->event.info = default_info(v);
    v->event.info_mfn = INVALID_MFN;
    /* A new vCPU takes no upcalls before it says so. */
    v->event.info->evtchn_upcall_mask = 1;
}

bool event_has_info(const struct vcpu *v)
{
    return v->event.info != &dummy_info;
}

static void copy_info(struct vcpu_info *to, const struct vcpu_info *from)
{
    if (from == &dummy_info) {
        memset(to, 0, sizeof(*to));
        to->evtchn_upcall_mask = 1;
    } else {
        memcpy(to, from, sizeof(*to));
    }
}

int event_register_info(struct vcpu *v, mfn_t mfn, uint32_t offset)
{
    struct vcpu_info *info;
    int err;

    if (offset > PAGE_SIZE - sizeof(*info) || offset % sizeof(uint64_t))
        return -EINVAL;
    if (!mfn_eq(v->event.info_mfn, INVALID_MFN))
        return -EINVAL;
    err = frame_get_writable(mfn, v->domain->id);
    if (err)
        return err;
    info = (struct vcpu_info *)((char *)mfn_to_virt(mfn) + offset);
    copy_info(info, v->event.info);
    v->event.info_mfn = mfn;
    v->time.clock_cpu = ~0U;
    atomic_store(&v->event.info, info);
    /*
     * An event may have gone to the old place after the copy: say that any
     * word may have news. The guest looks once in vain at worst.
     */
    memory_barrier();
    info->evtchn_pending_sel = ~0UL;
    atomic_store(&info->evtchn_upcall_pending, 1);
    return 0;
}

void event_unregister_info(struct vcpu *v)
{
    mfn_t mfn = v->event.info_mfn;

    if (mfn_eq(mfn, INVALID_MFN))
        return;
    atomic_store(&v->event.info, default_info(v));
    v->event.info_mfn = INVALID_MFN;
    frame_put_writable(mfn);
}

void event_vcpu_destroy(struct vcpu *v)
{
    event_poll_end(v);
    event_unregister_info(v);
    v->event.info = &dummy_info;
}
