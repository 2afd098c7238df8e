/* SPDX-License-Identifier: MIT */
/*
 * The guest's traps. See trap.h.
 */
#include "trap.h"

#include "abi.h"
#include "event.h"
#include "hypercall.h"
#include "mem.h"
#include "print.h"
#include "smp.h"
#include "test.h"

struct cpu cpus[CPUS_MAX] = {{.id = 0}, {.id = 1}, {.id = 2}, {.id = 3}};
bool (*volatile trap_hook)(struct regs *r);

/* vCPUs other than 0 run on stacks of their own, so RSP tells who we are. */
struct cpu *trap_cpu(void)
{
    char probe = 0;

    return &cpus[smp_cpu_of_stack(&probe)];
}

const char *trap_name(unsigned vector)
{
    static const char *const names[] = {
        "#DE", "#DB", "NMI", "#BP", "#OF", "#BR", "#UD", "#NM", "#DF", "#9",
        "#TS", "#NP", "#SS", "#GP", "#PF", "#15", "#MF", "#AC", "#MC", "#XM",
    };
    static const char *const entries[] = {
        "event", "failsafe", "syscall", "syscall32", "sysenter", "nmi",
    };

    if (vector < ARRAY_LEN(names))
        return names[vector];
    if (vector >= TRAP_EVENT && vector < TRAP_EVENT + ARRAY_LEN(entries))
        return entries[vector - TRAP_EVENT];
    if (vector == TRAP_INT80)
        return "int80";
    if (vector == TRAP_INT81)
        return "int81";
    return vector == TRAP_NONE ? "no fault" : "?";
}

static void fault_fill(struct fault *f, const struct regs *r)
{
    f->vector = (unsigned)r->vector;
    f->error = r->error;
    f->rip = r->rip;
    f->cr2 = r->vector == TRAP_PF ? mem_vcpu_info(trap_cpu()->id)->arch.cr2 : 0;
    f->regs = *r;
}

struct fault trap_try_leave(void)
{
    struct cpu *c = trap_cpu();

    c->fault_armed = false;
    return c->fault;
}

static NORETURN void unwind(struct cpu *c, bool *armed, struct jump *j,
                            const struct regs *r)
{
    *armed = false;
    /* The trap may have masked upcalls; its frame has what was before. */
    mem_vcpu_info(c->id)->evtchn_upcall_mask = (uint8_t)r->saved_mask;
    jump_to(j);
}

void trap_dispatch(struct regs *r)
{
    struct cpu *c = trap_cpu();

    if (r->vector == TRAP_EVENT) {
        event_upcall(r);
        return;
    }
    bool (*hook)(struct regs *) = trap_hook;

    if (hook && hook(r))
        return;
    fault_fill(&c->fault, r);
    if ((r->cs & 3) == 3 && c->user_armed)
        unwind(c, &c->user_armed, &c->user_jump, r);
    if (c->fault_armed)
        unwind(c, &c->fault_armed, &c->fault_jump, r);
    test_unexpected_trap(r);
    if (c->test_armed)
        unwind(c, &c->test_armed, &c->test_jump, r);
    test_result("error", "trap outside a test");
}

ulong_t trap_stub(unsigned vector)
{
    if (vector < 32)
        return (ulong_t)trap_stubs[vector];
    if (vector == TRAP_INT80)
        return (ulong_t)trap_int80_entry;
    return vector == TRAP_INT81 ? (ulong_t)trap_int81_entry : 0;
}

long trap_set_one(unsigned vector, unsigned flags, unsigned cs, ulong_t addr)
{
    struct trap_info ti[2];

    memset(ti, 0, sizeof(ti));
    ti[0].vector = (uint8_t)vector;
    ti[0].flags = (uint8_t)flags;
    ti[0].cs = (uint16_t)cs;
    ti[0].address = addr;
    return hypercall(__HYPERVISOR_set_trap_table, ti);
}

static long callback_set(uint16_t type, uint16_t flags, ulong_t addr)
{
    struct callback_register cb;

    memset(&cb, 0, sizeof(cb));
    cb.type = type;
    cb.flags = flags;
    cb.address = addr;
    return hypercall(__HYPERVISOR_callback_op, CALLBACKOP_register, &cb);
}

static void note(const char *what, long rc)
{
    if (rc < 0)
        print("NOTE trap_init: %s: %ld\n", what, rc);
}

void trap_restore(void)
{
    struct trap_info ti[24];
    unsigned n = 0;

    memset(ti, 0, sizeof(ti));
    for (unsigned v = 0; v < 20; v++) {
        if (v == TRAP_NMI || v == 9 || v == 15 || v == TRAP_DF || v == TRAP_MC)
            continue;
        ti[n].vector = (uint8_t)v;
        /* int3 and into are for user mode too */
        ti[n].flags = v == TRAP_BP || v == TRAP_OF ? 3 : 0;
        ti[n].cs = FLAT_KERNEL_CS;
        ti[n++].address = trap_stub(v);
    }
    for (unsigned v = TRAP_INT80; v <= TRAP_INT81; v++) {
        ti[n].vector = (uint8_t)v;
        ti[n].flags = v == TRAP_INT80 ? 3 : 0;
        ti[n].cs = FLAT_KERNEL_CS;
        ti[n++].address = trap_stub(v);
    }
    note("set_trap_table", hypercall(__HYPERVISOR_set_trap_table, ti));
    note("callback event",
         callback_set(CALLBACKTYPE_event, 0, (ulong_t)trap_event_entry));
    note("callback failsafe",
         callback_set(CALLBACKTYPE_failsafe, 0, (ulong_t)trap_failsafe_entry));
    note("callback syscall",
         callback_set(CALLBACKTYPE_syscall, 0, (ulong_t)trap_syscall_entry));
    callback_set(CALLBACKTYPE_syscall32, 0, (ulong_t)trap_syscall32_entry);
    callback_set(CALLBACKTYPE_sysenter, 0, (ulong_t)trap_sysenter_entry);
    note("stack_switch",
         hypercall(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS, trap_stack_top));
}

int trap_init(void)
{
    trap_restore();
    return 0;
}
