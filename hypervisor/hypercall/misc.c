/* SPDX-License-Identifier: MIT */
/* Hypercalls without sub-operations: set_timer_op and vm_assist. */
#include "abi/xen.h"

#include "domain/domain.h"
#include "hypercall/handlers.h"
#include "lib/atomic.h"
#include "lib/bits.h"
#include "lib/errno.h"
#include "pv/time.h"

/* Assists that a 64-bit guest may turn on. */
#define ASSISTS                                                             \
    (BIT(VMASST_TYPE_4gb_segments) | BIT(VMASST_TYPE_writable_pagetables) | \
     BIT(VMASST_TYPE_pae_extended_cr3) |                                    \
     BIT(VMASST_TYPE_runstate_update_flag))

/* args: system time in ns (0: none); one that reads as negative is past. */
int64_t hypercall_set_timer_op(struct vcpu *v, const uint64_t args[6])
{
    if (!args[0])
        time_stop_singleshot(v);
    else
        time_set_singleshot(v, (int64_t)args[0] < 0 ? 1 : args[0]);
    return 0;
}

/* args: command, type. */
int64_t hypercall_vm_assist(struct vcpu *v, const uint64_t args[6])
{
    uint32_t type = (uint32_t)args[1];

    if (type >= 64 || !(ASSISTS >> type & 1))
        return -EINVAL;
    switch ((uint32_t)args[0]) {
    case VMASST_CMD_enable:
        atomic_or(&v->domain->mm.vm_assist, BIT(type));
        return 0;
    case VMASST_CMD_disable:
        atomic_and(&v->domain->mm.vm_assist, ~BIT(type));
        return 0;
    default:
        return -ENOSYS;
    }
}
