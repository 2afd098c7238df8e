/* SPDX-License-Identifier: MIT */
/*
 * Where the guest wants to be entered: trap table, event, failsafe, syscall,
 * sysenter and NMI callbacks.
 *
 * Invariant: a registered address is canonical and not the hypervisor's, so
 * entering it by SYSRET or IRET cannot fault in ring 0.
 */
#include "abi/callback.h"
#include "abi/xen.h"
#include "cpu/features.h"
#include "hypercall/handlers.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/guest_access.h"
#include "pv/pv.h"

static bool is_entry_ok(uint64_t va)
{
    return guest_range_ok((const void __guest *)va, 1);
}

static int set_gate(struct vcpu *v, const struct trap_info *t)
{
    if (!is_entry_ok(t->address))
        return -EINVAL;
    v->pv.traps[t->vector] = (struct pv_trap_gate){
        .rip = t->address,
        .dpl = t->flags & 3,
        .mask_events = t->flags & 4,
    };
    return 0;
}

HYPERCALL_HANDLER(set_trap_table)
{
    const struct trap_info __guest *table =
        (const struct trap_info __guest *)args[0];

    if (!table) {
        memset(v->pv.traps, 0, TRAP_VECTORS * sizeof(*v->pv.traps));
        return 0;
    }
    /* More entries than vectors mean that the end mark is missing. */
    for (unsigned i = 0; i <= TRAP_VECTORS; i++) {
        struct trap_info t;
        int rc = guest_read(&t, table + i, sizeof(t));

        if (rc)
            return rc;
        if (!t.address)
            return 0;
        rc = set_gate(v, &t);
        if (rc)
            return rc;
    }
    return -EINVAL;
}

static struct pv_callback *callback_of(struct vcpu *v, uint16_t type)
{
    switch (type) {
    case CALLBACKTYPE_event:
        return &v->pv.event;
    case CALLBACKTYPE_failsafe:
        return &v->pv.failsafe;
    case CALLBACKTYPE_syscall:
        return &v->pv.syscall;
    case CALLBACKTYPE_syscall32:
        return &v->pv.syscall32;
    case CALLBACKTYPE_sysenter:
        return &v->pv.sysenter;
    case CALLBACKTYPE_nmi:
        return &v->pv.nmi;
    default:
        return NULL;
    }
}

static int64_t callback_register(struct vcpu *v, const void __guest *arg)
{
    struct callback_register r;
    struct pv_callback *cb;
    int rc = guest_read(&r, arg, sizeof(r));

    if (rc)
        return rc;
    cb = callback_of(v, r.type);
    if (!cb)
        return -ENOSYS;
    if (!is_entry_ok(r.address))
        return -EINVAL;
    *cb = (struct pv_callback){r.address, r.flags & CALLBACKF_mask_events};
    if (r.type == CALLBACKTYPE_nmi)
        v->pv.traps[2] =
            (struct pv_trap_gate){.rip = r.address, .mask_events = true};
    return 0;
}

static int64_t callback_unregister(struct vcpu *v, const void __guest *arg)
{
    struct callback_unregister r;
    int rc = guest_read(&r, arg, sizeof(r));

    if (rc)
        return rc;
    switch (r.type) {
    case CALLBACKTYPE_event:
    case CALLBACKTYPE_failsafe:
    case CALLBACKTYPE_syscall:
    case CALLBACKTYPE_syscall32:
    case CALLBACKTYPE_sysenter:
        /* The guest could not go on without them. */
        return -EINVAL;
    case CALLBACKTYPE_nmi:
        v->pv.nmi = (struct pv_callback){0};
        v->pv.traps[2] = (struct pv_trap_gate){0};
        return 0;
    default:
        return -ENOSYS;
    }
}

HYPERCALL_HANDLER(callback_op)
{
    const void __guest *arg = (const void __guest *)args[1];

    switch (args[0]) {
    case CALLBACKOP_register:
        return callback_register(v, arg);
    case CALLBACKOP_unregister:
        return callback_unregister(v, arg);
    default:
        return -ENOSYS;
    }
}

/* The older form: event, failsafe, syscall addresses. */
HYPERCALL_HANDLER(set_callbacks)
{
    if (!is_entry_ok(args[0]) || !is_entry_ok(args[1]) || !is_entry_ok(args[2]))
        return -EINVAL;
    v->pv.event = (struct pv_callback){args[0], true};
    v->pv.failsafe = (struct pv_callback){args[1], false};
    v->pv.syscall = (struct pv_callback){args[2], false};
    return 0;
}

HYPERCALL_HANDLER(nmi_op)
{
    /* {address, pad}: XENNMI_register_callback. */
    uint64_t cb[2];
    int rc;

    switch (args[0]) {
    case 0:
        if (v->id)
            return -EINVAL;
        rc = guest_read(cb, (const void __guest *)args[1], sizeof(cb));
        if (rc)
            return rc;
        if (!is_entry_ok(cb[0]))
            return -EINVAL;
        v->pv.traps[2] =
            (struct pv_trap_gate){.rip = cb[0], .mask_events = true};
        return 0;
    case 1:
        v->pv.traps[2] = (struct pv_trap_gate){0};
        return 0;
    default:
        return -ENOSYS;
    }
}

HYPERCALL_HANDLER(stack_switch)
{
    v->pv.kernel_ss = (uint16_t)args[0];
    v->pv.kernel_sp = args[1];
    return 0;
}

HYPERCALL_HANDLER(fpu_taskswitch)
{
    v->pv.ts_set = args[0] != 0;
    pv_load_ts(v);
    return 0;
}
