/* SPDX-License-Identifier: MIT */
/*
 * A vCPU's whole state from the ABI's vcpu_guest_context (VCPUOP_initialise,
 * setvcpucontext).
 *
 * Invariant: nothing gets in here that its own hypercall would refuse.
 */
#include "pv/context.h"

#include "abi/xen.h"
#include "cpu/fpu.h"
#include "cpu/layout.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "mm/guest_access.h"
#include "mm/guest_pt.h"
#include "pv/policy.h"
#include "pv/pv.h"
#include "pv/root.h"
#include "pv/segments.h"

static bool is_entry_ok(uint64_t va)
{
    return guest_range_ok((const void __guest *)va, 1);
}

static bool is_canonical(uint64_t va)
{
    return (uint64_t)((int64_t)(va << 16) >> 16) == va;
}

static int check(const struct vcpu_guest_context *c)
{
    if (!is_entry_ok(c->event_callback_eip) ||
        !is_entry_ok(c->failsafe_callback_eip) ||
        !is_entry_ok(c->syscall_callback_eip) || !is_canonical(c->fs_base) ||
        !is_canonical(c->gs_base_kernel) || !is_canonical(c->gs_base_user) ||
        !is_canonical(c->user_regs.rip))
        return -EINVAL;
    if (!(c->flags & VGCF_in_kernel) && !c->ctrlreg[1])
        return -EINVAL;
    if (c->ldt_ents > LDT_ENTRIES_MAX || c->ldt_base & ~PAGE_MASK)
        return -EINVAL;
    if (c->gdt_ents > FIRST_RESERVED_GDT_ENTRY)
        return -EINVAL;
    for (unsigned i = 0; i < TRAP_VECTORS; i++)
        if (!is_entry_ok(c->trap_ctxt[i].address))
            return -EINVAL;
    return 0;
}

static void set_regs(struct vcpu *v, const struct vcpu_guest_context *c)
{
    struct cpu_regs *r = &v->top->regs;

    /* Both begin alike: r15 to rdi. */
    memcpy(r, &c->user_regs, offsetof(struct cpu_regs, error_code));
    r->error_code = 0;
    r->vector = 0;
    r->rip = c->user_regs.rip;
    r->cs = c->user_regs.cs | 3;
    r->rflags = pv_clean_flags(c->user_regs.rflags);
    r->rsp = c->user_regs.rsp;
    r->ss = c->user_regs.ss | 3;
    v->pv.ds = c->user_regs.ds;
    v->pv.es = c->user_regs.es;
    v->pv.fs = c->user_regs.fs;
    v->pv.gs = c->user_regs.gs;
    v->pv.fs_base = c->fs_base;
    v->pv.gs_base_kernel = c->gs_base_kernel;
    v->pv.gs_base_user = c->gs_base_user;
    v->pv.in_kernel = c->flags & VGCF_in_kernel;
}

static void set_entries(struct vcpu *v, const struct vcpu_guest_context *c)
{
    for (unsigned i = 0; i < TRAP_VECTORS; i++)
        v->pv.traps[i] = (struct pv_trap_gate){
            .rip = c->trap_ctxt[i].address,
            .dpl = c->trap_ctxt[i].flags & 3,
            .mask_events = c->trap_ctxt[i].flags & 4,
        };
    v->pv.kernel_ss = (uint16_t)c->kernel_ss;
    v->pv.kernel_sp = c->kernel_sp;
    v->pv.event = (struct pv_callback){c->event_callback_eip, true};
    v->pv.failsafe = (struct pv_callback){
        c->failsafe_callback_eip, c->flags & VGCF_failsafe_disables_events};
    v->pv.syscall = (struct pv_callback){
        c->syscall_callback_eip, c->flags & VGCF_syscall_disables_events};
}

static void set_fpu(struct vcpu *v, const struct vcpu_guest_context *c)
{
    fpu_area_reset(v->pv.fpu);
    if (c->flags & VGCF_i387_valid)
        fpu_area_load(v->pv.fpu, c->fpu_ctxt.x);
}

int pv_set_context(struct vcpu *v, const struct vcpu_guest_context *c)
{
    int rc = check(c);

    if (rc)
        return rc;
    rc = pv_set_gdt(v, c->gdt_frames, (unsigned)c->gdt_ents);
    if (rc)
        return rc;
    rc = root_init(v, MFN(xen_cr3_to_pfn(c->ctrlreg[3])),
                   c->ctrlreg[1] ? MFN(xen_cr3_to_pfn(c->ctrlreg[1]))
                                 : INVALID_MFN);
    if (rc) {
        vcpu_mm_drop_roots(&v->mm, &v->mm);
        pv_drop_gdt(v);
        return rc == -ECANCELED ? rc : -EINVAL;
    }
    set_regs(v, c);
    set_entries(v, c);
    set_fpu(v, c);
    v->pv.ts_set = c->ctrlreg[0] & 8;
    v->pv.ctrlreg4 = policy_cr4(c->ctrlreg[4]);
    memset(v->pv.dr, 0, sizeof(v->pv.dr));
    v->pv.dr[6] = 0xffff0ff0;
    v->pv.dr[7] = 0x400;
    return pv_set_ldt(v, c->ldt_base, (uint32_t)c->ldt_ents);
}
