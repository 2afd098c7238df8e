/* SPDX-License-Identifier: MIT */
/*
 * From the guest's registers to a handler of the table, and back.
 *
 * Invariant: the handler sees a copy of the arguments; what the guest writes
 * to its registers' memory afterwards changes nothing.
 */
#include "hypercall/dispatch.h"

#include "abi/xen.h"
#include "hypercall/handlers.h"
#include "lib/errno.h"
#include "lib/nospec.h"
#include "lib/upcall.h"
#include "mm/guest_access.h"

int64_t hypercall_call(struct vcpu *v, uint64_t number, const uint64_t args[6])
{
    const struct hypercall *h;

    if (number >= HYPERCALL_COUNT)
        return -ENOSYS;
    h = &hypercall_table[index_nospec(number, HYPERCALL_COUNT)];
    if (unlikely(!h->handler))
        return -ENOSYS;
    if (unlikely(h->caller == CALLER_PRIVILEGED && !v->domain->is_privileged))
        return -EPERM;
    return h->handler(v, args);
}

void hypercall_dispatch(struct vcpu *v, struct cpu_regs *regs)
{
    const uint64_t args[6] = {regs->rdi, regs->rsi, regs->rdx,
                              regs->r10, regs->r8,  regs->r9};

    regs->rax = (uint64_t)hypercall_call(v, regs->rax, args);
}

/*
 * A batch: each entry's result is written back as soon as it is known, so an
 * abandoned batch has said how far it came.
 */
HYPERCALL_HANDLER(multicall)
{
    struct multicall_entry __guest *calls =
        (struct multicall_entry __guest *)args[0];
    uint32_t count = (uint32_t)args[1];

    if (!guest_range_ok(calls, (size_t)count * sizeof(*calls)))
        return -EFAULT;
    for (uint32_t i = 0; i < count; i++) {
        struct multicall_entry e;
        int64_t result;

        if (guest_read(&e, calls + i, sizeof(e)))
            return -EFAULT;
        if (e.op >= HYPERCALL_COUNT ||
            !hypercall_table[index_nospec(e.op, HYPERCALL_COUNT)].in_multicall)
            result = -ENOSYS;
        else
            result = hypercall_call(v, e.op, e.args);
        if (guest_write(&calls[i].result, &result, sizeof(result)))
            return -EFAULT;
        if (yield_point())
            return -EINTR;
    }
    return 0;
}
