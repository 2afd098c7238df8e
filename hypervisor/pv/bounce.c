/* SPDX-License-Identifier: MIT */
/*
 * Bouncing into the guest kernel: the frames that its handlers expect.
 *
 * Frame, low to high (ABI.md section 3): rcx, r11, [error code], rip,
 * cs | saved upcall mask << 32, rflags, rsp, ss; on a 16-byte boundary of the
 * kernel stack. A failsafe frame has ds, es, fs, gs after r11.
 *
 * Invariant: a handler's address is canonical and outside the hypervisor's
 * range since it was registered; the flags of the entered handler are fixed.
 */
#include "cpu/gdt.h"
#include "cpu/insn.h"
#include "cpu/msr.h"
#include "lib/upcall.h"
#include "mm/guest_access.h"
#include "pv/pv.h"

#define FRAME_MAX 12

uint64_t pv_clean_flags(uint64_t flags)
{
    const uint64_t keep = 0xcd5 | FLAG_TF | FLAG_RF | FLAG_AC | FLAG_ID;

    return (flags & keep) | FLAG_FIXED | FLAG_IF;
}

/*
 * Push `head` (rcx, r11 and what follows them, `count` words) and the common
 * tail; then enter `rip` in kernel mode. The domain crashes when the frame
 * cannot be written.
 */
static void enter(struct vcpu *v, struct cpu_regs *regs, const uint64_t *head,
                  unsigned count, const struct pv_callback *cb)
{
    uint8_t *mask = &v->event.info->evtchn_upcall_mask;
    bool from_kernel = v->pv.in_kernel;
    uint64_t frame[FRAME_MAX], sp;
    unsigned n = 0;

    while (n < count) {
        frame[n] = head[n];
        n++;
    }
    frame[n++] = regs->rip;
    frame[n++] = (from_kernel ? regs->cs & 0xfffc : regs->cs & 0xffff) |
                 (uint64_t)(*mask & 1) << 32;
    frame[n++] =
        (regs->rflags & ~(FLAG_IF | FLAG_IOPL)) | (*mask ? 0 : FLAG_IF);
    frame[n++] = regs->rsp;
    frame[n++] = regs->ss & 0xffff;

    sp = from_kernel ? regs->rsp : v->pv.kernel_sp;
    sp = (sp & ~15UL) - ROUND_UP(n, 2U) * 8;
    /* The tail ends on the boundary below the old stack. */
    sp += (n & 1) * 8;
    pv_enter_kernel(v);
    if (!cb->rip || guest_write((void __guest *)sp, frame, n * 8)) {
        domain_crash(v->domain,
                     "vcpu %u: cannot enter its handler at %#lx: %s (stack "
                     "%#lx, interrupted at %#lx)",
                     v->id, cb->rip,
                     cb->rip ? "its stack is not writable" : "none registered",
                     sp, regs->rip);
        return;
    }
    if (cb->mask_events)
        *mask = 1;
    regs->rip = cb->rip;
    regs->cs = SEL_GUEST_CS64;
    regs->ss = SEL_GUEST_DS;
    regs->rsp = sp;
    regs->rflags &=
        ~(FLAG_TF | FLAG_NT | FLAG_RF | FLAG_AC | FLAG_VM | FLAG_DF);
    /* rcx and r11 are the handler's to pop: SYSRET may lose them. */
    regs->vector = ENTRY_SYSCALL;
}

static bool has_error_code(uint8_t vector)
{
    const uint32_t with = 1U << TRAP_DF | 1U << TRAP_TS | 1U << TRAP_NP |
                          1U << TRAP_SS | 1U << TRAP_GP | 1U << TRAP_PF |
                          1U << TRAP_AC;

    return vector < 32 && (with >> vector & 1);
}

void pv_bounce(struct vcpu *v, struct cpu_regs *regs, uint8_t vector,
               uint32_t error)
{
    const struct pv_trap_gate *gate = &v->pv.traps[vector];
    const struct pv_callback cb = {gate->rip, gate->mask_events};
    const uint64_t head[] = {regs->rcx, regs->r11, error};

    enter(v, regs, head, has_error_code(vector) ? 3 : 2, &cb);
}

void pv_bounce_page_fault(struct vcpu *v, struct cpu_regs *regs, uint64_t va,
                          uint32_t error)
{
    /* Hardware says "user" for both modes; the guest wants to know which. */
    error = v->pv.in_kernel ? error & ~PFEC_USER : error | PFEC_USER;
    v->event.info->arch.cr2 = va;
    pv_bounce(v, regs, TRAP_PF, error);
}

void pv_upcall(struct vcpu *v, struct cpu_regs *regs)
{
    struct pv_callback cb = v->pv.event;
    const uint64_t head[] = {regs->rcx, regs->r11};

    cb.mask_events = true;
    enter(v, regs, head, 2, &cb);
}

void pv_failsafe(struct vcpu *v, struct cpu_regs *regs)
{
    /* Of a selector that could not be loaded, not the 0 loaded instead. */
    bool saved = v->pv.failsafe_pending;
    const uint64_t head[] = {regs->rcx,
                             regs->r11,
                             saved ? v->pv.ds : read_ds(),
                             saved ? v->pv.es : read_es(),
                             saved ? v->pv.fs : read_fs(),
                             saved ? v->pv.gs : read_gs()};

    v->pv.failsafe_pending = false;
    enter(v, regs, head, 6, &v->pv.failsafe);
}

void pv_bounce_callback(struct vcpu *v, struct cpu_regs *regs,
                        const struct pv_callback *cb)
{
    const uint64_t head[] = {regs->rcx, regs->r11};

    enter(v, regs, head, 2, cb);
}

void pv_single_step(struct vcpu *v, struct cpu_regs *regs)
{
    if (likely(!(regs->rflags & FLAG_TF)))
        return;
    v->pv.dr[6] |= 1UL << 14; /* BS */
    pv_bounce(v, regs, TRAP_DB, 0);
}

void pv_deliver_pending(struct vcpu *v, struct cpu_regs *regs)
{
    atomic_and(&v->work, ~VCPU_WORK_TRAP);
    if (v->pv.trap_pending) {
        v->pv.trap_pending = false;
        pv_bounce(v, regs, v->pv.trap_vector, v->pv.trap_error);
    }
    if (v->pv.failsafe_pending)
        pv_failsafe(v, regs);
    if (v->pv.nmi_pending && !v->pv.nmi_masked && v->pv.traps[TRAP_NMI].rip) {
        v->pv.nmi_pending = false;
        v->pv.nmi_masked = true;
        pv_bounce(v, regs, TRAP_NMI, 0);
    }
}
