/* SPDX-License-Identifier: MIT */
/*
 * Exceptions that a guest raised: what is handled here (page-table writes,
 * privileged instructions, the forced-emulation prefix, descriptor windows),
 * and what goes to the guest kernel.
 */
#include "cpu/insn.h"
#include "cpu/msr.h"
#include "debug/log.h"
#include "debug/panic.h"
#include "lib/string.h"
#include "mm/guest_access.h"
#include "pv/emulate.h"
#include "pv/policy.h"
#include "pv/ptwr.h"
#include "pv/pv.h"
#include "pv/segments.h"

/* VMASST_TYPE_writable_pagetables as a bit of domain_mm.vm_assist. */
#define WRITABLE_PAGETABLES (1UL << VMASST_TYPE_writable_pagetables)

static void page_fault(struct vcpu *v, struct cpu_regs *regs)
{
    uint64_t va = read_cr2();
    uint32_t error = regs->error_code, selector;
    const uint32_t shape =
        PFEC_PRESENT | PFEC_WRITE | PFEC_RESERVED | PFEC_FETCH;

    if (pv_fault_selector(v, va, &selector)) {
        if (!pv_fault_ldt(v, va))
            pv_bounce(v, regs, TRAP_GP, selector);
        return;
    }
    if (v->pv.in_kernel && (error & shape) == (PFEC_PRESENT | PFEC_WRITE) &&
        (v->domain->mm.vm_assist & WRITABLE_PAGETABLES) &&
        ptwr_emulate(v, regs, va))
        return;
    pv_bounce_page_fault(v, regs, va, error);
}

/* The forced-emulation prefix: ud2a; .ascii "xen"; cpuid. */
static bool forced_cpuid(struct vcpu *v, struct cpu_regs *regs)
{
    static const uint8_t code[] = {0x0f, 0x0b, 'x', 'e', 'n', 0x0f, 0xa2};
    uint8_t bytes[sizeof(code)];
    struct cpuid_leaf r;

    if (guest_read(bytes, (const void __guest *)regs->rip, sizeof(bytes)) ||
        memcmp(bytes, code, sizeof(code)))
        return false;
    r = policy_cpuid(v, (uint32_t)regs->rax, (uint32_t)regs->rcx);
    regs->rax = r.a;
    regs->rbx = r.b;
    regs->rcx = r.c;
    regs->rdx = r.d;
    regs->rip += sizeof(code);
    pv_single_step(v, regs);
    return true;
}

static void device_not_available(struct vcpu *v, struct cpu_regs *regs)
{
    bool was_set = v->pv.ts_set;

    v->pv.ts_set = false;
    cpu_clts();
    if (was_set)
        pv_bounce(v, regs, TRAP_NM, 0);
}

static void debug_exception(struct vcpu *v, struct cpu_regs *regs)
{
    /* Bits that say what happened: B0-B3, BD, BS, BT. */
    uint64_t dr6 = read_dr6();

    write_dr6(0xffff0ff0);
    v->pv.dr[6] = dr6;
    pv_bounce(v, regs, TRAP_DB, 0);
}

/* int 0x80, whose gate the hardware lets through. */
static void software_interrupt(struct vcpu *v, struct cpu_regs *regs)
{
    uint8_t vector = (uint8_t)regs->vector;

    if (!pv_may_int(v, vector)) {
        regs->rip -= 2;
        pv_bounce(v, regs, TRAP_GP, vector * 8U + 2);
    } else {
        pv_bounce(v, regs, vector, 0);
    }
}

void pv_trap(struct vcpu *v, struct cpu_regs *regs)
{
    switch (regs->vector) {
    case TRAP_PF:
        page_fault(v, regs);
        break;
    case TRAP_GP:
        if (!emulate_gp(v, regs))
            pv_bounce(v, regs, TRAP_GP, regs->error_code);
        break;
    case TRAP_UD:
        if (!forced_cpuid(v, regs))
            pv_bounce(v, regs, TRAP_UD, 0);
        break;
    case TRAP_NM:
        device_not_available(v, regs);
        break;
    case TRAP_DB:
        debug_exception(v, regs);
        break;
    case TRAP_NMI:
        if (panic_is_active())
            panic_stop_cpu();
        log_warning("NMI from the hardware");
        break;
    case TRAP_MC:
        panic_at(regs, "machine check");
    case 0x80:
        software_interrupt(v, regs);
        break;
    default:
        pv_bounce(v, regs, (uint8_t)regs->vector, regs->error_code);
    }
}

/*
 * From user mode, by `cb`; without one the guest sees the instruction as
 * undefined, which is what a CPU without it would do.
 */
static void enter_syscall(struct vcpu *v, struct cpu_regs *regs,
                          const struct pv_callback *cb, unsigned insn_bytes)
{
    if (cb->rip) {
        pv_bounce_callback(v, regs, cb);
        return;
    }
    regs->rip -= insn_bytes;
    pv_bounce(v, regs, TRAP_UD, 0);
}

void pv_user_syscall(struct vcpu *v, struct cpu_regs *regs)
{
    bool is_32 = regs->vector == ENTRY_SYSCALL32;

    enter_syscall(v, regs, is_32 ? &v->pv.syscall32 : &v->pv.syscall, 2);
}

void pv_user_sysenter(struct vcpu *v, struct cpu_regs *regs)
{
    if (v->pv.sysenter.rip)
        pv_bounce_callback(v, regs, &v->pv.sysenter);
    else
        pv_bounce(v, regs, TRAP_GP, 0);
}
