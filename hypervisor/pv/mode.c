/* SPDX-License-Identifier: MIT */
/*
 * Guest-kernel and guest-user mode: the one place that switches between them.
 *
 * Invariant: the loaded root, the order of the two GS bases and the reach of
 * the I/O bitmap always fit vcpu.pv.in_kernel.
 */
#include "cpu/gdt.h"
#include "cpu/insn.h"
#include "cpu/regs.h"
#include "cpu/tlb.h"
#include "pv/pv.h"

void pv_load_root(struct vcpu *v)
{
    mfn_t root = v->pv.in_kernel ? v->mm.kernel_root : v->mm.user_root;

    tlb_load_root(mfn_to_paddr(root));
}

void pv_enter_kernel(struct vcpu *v)
{
    if (v->pv.in_kernel)
        return;
    v->pv.in_kernel = true;
    cpu_swapgs();
    pv_load_root(v);
    if (v->domain->ioport_bitmap)
        gdt_allow_ports(cpu_id(), true);
}

bool pv_enter_user(struct vcpu *v)
{
    if (!v->pv.in_kernel)
        return true;
    if (mfn_eq(v->mm.user_root, INVALID_MFN))
        return false;
    v->pv.in_kernel = false;
    cpu_swapgs();
    pv_load_root(v);
    if (v->domain->ioport_bitmap)
        gdt_allow_ports(cpu_id(), false);
    return true;
}
