/* SPDX-License-Identifier: MIT */
/*
 * The iret hypercall: the guest kernel's way to leave a handler, to its own
 * code or to user mode.
 *
 * Invariant: whatever the frame holds, the vCPU goes on with RPL 3 selectors,
 * IF set and IOPL 0; a selector or address that the hardware refuses reaches
 * the guest's failsafe handler by the fault of the exit.
 */
#include "abi/xen.h"
#include "cpu/msr.h"
#include "hypercall/handlers.h"
#include "lib/errno.h"
#include "lib/upcall.h"
#include "mm/guest_access.h"
#include "pv/pv.h"

HYPERCALL_HANDLER(iret)
{
    struct cpu_regs *regs = &v->top->regs;
    struct iret_context f;

    (void)args;
    if (guest_read(&f, (const void __guest *)regs->rsp, sizeof(f))) {
        domain_crash(v->domain, "vcpu %u: iret frame at %#lx is not readable",
                     v->id, regs->rsp);
        return -EFAULT;
    }
    if ((f.cs & 3) == 3 && !pv_enter_user(v)) {
        domain_crash(v->domain,
                     "vcpu %u: iret to user mode without a user root", v->id);
        return -EINVAL;
    }
    regs->rip = f.rip;
    regs->cs = (f.cs & 0xffff) | 3;
    regs->rflags = pv_clean_flags(f.rflags);
    regs->rsp = f.rsp;
    regs->ss = (f.ss & 0xffff) | 3;
    regs->rcx = f.rcx;
    regs->r11 = f.r11;
    regs->vector = f.flags & VGCF_in_syscall ? ENTRY_SYSCALL : 0;
    v->event.info->evtchn_upcall_mask = !(f.rflags & FLAG_IF);
    if (v->pv.nmi_masked) {
        v->pv.nmi_masked = false;
        if (v->pv.nmi_pending)
            vcpu_set_work(v, VCPU_WORK_TRAP);
    }
    /* The result register is the frame's. */
    return (int64_t)f.rax;
}
