/* SPDX-License-Identifier: MIT */
/*
 * Vector to handler: a wiring file that may name every room.
 *
 * A trap from the hypervisor itself is legal in three cases: an instruction
 * in the fix-up table, the exit's IRET with a bad guest frame, and #DB or NMI
 * anywhere. All else is a bug and panics.
 */
#include "cpu/traps.h"

#include "cpu/fixup.h"
#include "cpu/gdt.h"
#include "cpu/insn.h"
#include "cpu/msr.h"
#include "cpu/percpu.h"
#include "debug/console.h"
#include "debug/log.h"
#include "debug/panic.h"
#include "domain/vcpu.h"
#include "hypercall/dispatch.h"
#include "lib/assert.h"
#include "lib/string.h"
#include "mm/guest_pt.h"
#include "platform/irq.h"
#include "pv/pv.h"
#include "pv/segments.h"
#include "sched/sched.h"

_Static_assert(offsetof(struct cpu_regs, rbp) == REGS_RBP, "entry.S");
_Static_assert(offsetof(struct cpu_regs, rdi) == REGS_RDI, "entry.S");
_Static_assert(offsetof(struct cpu_regs, error_code) == REGS_ERROR, "entry.S");
_Static_assert(offsetof(struct cpu_regs, cs) == REGS_CS, "entry.S");
_Static_assert(sizeof(struct cpu_regs) == REGS_BYTES, "entry.S");
_Static_assert(sizeof(struct stack_top) == STACK_TOP_BYTES, "entry.S");
_Static_assert(offsetof(struct stack_top, vcpu) == STACK_TOP_VCPU, "entry.S");
_Static_assert(offsetof(struct stack_top, ist_rsp0) == STACK_TOP_BYTES - 8,
               "entry.S");

struct cpumask cpu_online;
unsigned cpu_count;
uint32_t cpu_apic_id[CONFIG_NR_CPUS];

void traps_syscall(struct cpu_regs *regs)
{
    struct vcpu *v = current_vcpu();

    if (likely(v->pv.in_kernel && regs->vector == ENTRY_SYSCALL))
        hypercall_dispatch(v, regs);
    else
        pv_user_syscall(v, regs);
}

void traps_sysenter(struct cpu_regs *regs)
{
    pv_user_sysenter(current_vcpu(), regs);
}

/*
 * The exit's IRET faulted on the guest's own frame: its registers were already
 * restored, so the nested frame carries them. Put them back in their place
 * and let the guest's failsafe handler see to it.
 */
static NORETURN void exit_faulted(struct cpu_regs *nested)
{
    struct vcpu *v = current_vcpu();
    struct cpu_regs saved = *nested;
    struct cpu_regs *regs = &v->top->regs;
    uint64_t va = read_cr2();
    uint32_t selector;

    memcpy(regs, &saved, offsetof(struct cpu_regs, error_code));
    regs->vector = 0;
    regs->error_code = 0;
    /* A selector of the LDT whose page was not in the window yet: once more. */
    if (saved.vector != TRAP_PF || !pv_fault_selector(v, va, &selector) ||
        !pv_fault_ldt(v, va))
        pv_failsafe(v, regs);
    asm volatile("mov %0, %%rsp; jmp exit_to_guest" : : "r"(regs) : "memory");
    __builtin_unreachable();
}

static void handle_own(struct cpu_regs *regs)
{
    uint64_t resume;

    if (regs->rip == (uintptr_t)exit_iret)
        exit_faulted(regs);
    resume = fixup_find(regs->rip);
    if (resume) {
        /* A stale TLB entry may deny what the tables now allow: try again. */
        if (regs->vector == TRAP_PF &&
            guest_pt_is_spurious(read_cr2(), regs->error_code)) {
            cpu_invlpg(read_cr2());
            return;
        }
        regs->rip = resume;
        return;
    }
    panic_at(regs,
             "fault in the hypervisor: vector %u, error %#x, "
             "address %#lx",
             regs->vector, regs->error_code, read_cr2());
}

void traps_handle(struct cpu_regs *regs)
{
    if (regs->vector >= 32 && regs->vector != 0x80)
        irq_handle((uint8_t)regs->vector, regs);
    else if (likely(regs->cs & 3))
        pv_trap(current_vcpu(), regs);
    else
        handle_own(regs);
}

void traps_nested_ist(struct cpu_regs *regs)
{
    switch (regs->vector) {
    case TRAP_DB:
        /*
         * A guest's watchpoint on memory that we touch for it, its TF through
         * SYSENTER, or a #DB delayed by MOV SS: not ours, and not its.
         */
        write_dr6(0xffff0ff0);
        regs->rflags &= ~FLAG_TF;
        return;
    case TRAP_NMI:
        if (panic_is_active())
            panic_stop_cpu();
        /* This CPU itself may have the console's lock: then not a word. */
        if (!console_is_busy())
            log_warning("CPU %u: NMI from the hardware", cpu_id());
        return;
    default:
        panic_at(regs, "%s in the hypervisor",
                 regs->vector == TRAP_DF ? "double fault" : "machine check");
    }
}

/* May SYSRET restore this state exactly? See SDM vol. 2, SYSRET. */
static bool is_sysret_ok(const struct cpu_regs *regs)
{
    const uint64_t odd_flags = FLAG_TF | FLAG_RF | FLAG_VM | FLAG_NT;

    return regs->cs == SEL_GUEST_CS64 && regs->ss == SEL_GUEST_DS &&
           !(regs->rflags & odd_flags) &&
           (uint64_t)((int64_t)(regs->rip << 16) >> 16) == regs->rip;
}

bool exit_prepare(struct cpu_regs *regs)
{
    struct vcpu *v = current_vcpu();
    bool upcall_done = false;

    ASSERT(regs == &v->top->regs);
    for (;;) {
        if (unlikely(v->work)) {
            if (v->work & VCPU_WORK_TRAP)
                pv_deliver_pending(v, regs);
            else
                sched_exit_work(v);
            continue;
        }
        /*
         * At most one: a sibling that clears the mask again and again would
         * keep this CPU here, with interrupts off.
         */
        if (upcall_done || !v->event.info->evtchn_upcall_pending ||
            v->event.info->evtchn_upcall_mask)
            break;
        pv_upcall(v, regs);
        upcall_done = true;
    }
    if (regs->vector != ENTRY_SYSCALL)
        return false;
    if (likely(is_sysret_ok(regs)))
        return true;
    regs->rcx = regs->rip;
    regs->r11 = regs->rflags;
    return false;
}
