/* SPDX-License-Identifier: MIT */
/*
 * A virtual CPU: the fields of every room, grouped; behaviour lives in the
 * rooms. It lives at the bottom of nothing: its registers are at the top of
 * its own hypervisor stack.
 *
 * Lock keys: (c) constant after create, (p) only the vCPU itself or while it
 * is off-CPU and paused, (d) domain lock, (s) scheduler lock, (a) atomic.
 */
#pragma once

#include "abi/xen.h"
#include "cpu/regs.h"
#include "domain/domain.h"
#include "lib/atomic.h"
#include "lib/list.h"
#include "mm/domain_mm.h"
#include "time/timer.h"

#define TRAP_VECTORS 256

/* A guest entry point; 64-bit guests have no cs of their own. */
struct pv_callback {
    uint64_t rip;
    bool mask_events; /* set evtchn_upcall_mask when entered */
};

struct pv_trap_gate {
    uint64_t rip; /* 0: none registered */
    uint8_t dpl;  /* lowest privilege that may raise it by int n */
    bool mask_events;
};

/* Deprivileged execution (room pv). All (p). */
struct vcpu_pv {
    bool in_kernel;     /* guest-kernel mode; else guest-user mode */
    bool in_syscall;    /* VGCF_in_syscall of the frame being returned to */
    uint64_t kernel_sp; /* stack_switch */
    uint16_t kernel_ss;
    uint64_t fs_base, gs_base_kernel, gs_base_user; /* while switched out */
    uint16_t ds, es, fs, gs;                        /* while switched out */
    struct pv_callback event, failsafe, syscall, syscall32, sysenter, nmi;
    struct pv_trap_gate *traps;  /* TRAP_VECTORS of them */
    uint64_t ctrlreg0, ctrlreg4; /* guest's view of CR0, CR4 */
    bool ts_set;                 /* guest asked for CR0.TS */
    uint64_t dr[8];              /* guest's DR0-3, DR6, DR7 */
    uint32_t gdt_entries, ldt_entries;
    mfn_t gdt_frames[14];
    uint64_t ldt_base;
    uint32_t ldt_frames_mapped; /* bitmap of the 16 LDT pages faulted in */
    uint8_t iopl;               /* as set by PHYSDEVOP_set_iopl */
    const void *iobitmap;       /* guest pointer of set_iobitmap */
    uint32_t iobitmap_ports;
    uint64_t xcr0;
    uint64_t tsc_aux;
    void *fpu;       /* XSAVE area */
    void *fpu_alloc; /* what it was allocated as */
    /* A trap that the hypervisor wants delivered at the guest boundary. */
    bool trap_pending;
    uint8_t trap_vector;
    uint32_t trap_error;
    bool nmi_pending;
    bool nmi_masked;       /* until the next iret */
    bool failsafe_pending; /* a selector could not be loaded */
};

/* Event channels and virtual interrupts (room event). */
struct vcpu_event {
    struct vcpu_info *info; /* registered or the shared page's own */
    mfn_t info_mfn;         /* INVALID_MFN while it is the shared page's */
    uint16_t virq_port[24]; /* 0: not bound */
    bool polling;           /* blocked in SCHEDOP_poll */
    uint16_t poll_port;     /* the only polled port, 0: several */
};

/* The guest's half of time (room pv). */
struct vcpu_time {
    struct timer singleshot, periodic, poll;
    uint64_t period_ns;        /* 0: no periodic timer */
    uint64_t runstate_area;    /* guest address, 0: none */
    uint64_t time_area;        /* guest address of a second vcpu_time_info */
    uint32_t clock_generation; /* of what the clock page shows */
    unsigned clock_cpu;        /* CPU that it was written for, ~0: never */
    uint32_t clock_version;    /* of the second one */
    uint32_t area_faults;      /* writes of the two areas that failed */
    struct vcpu_runstate {
        int state; /* RUNSTATE_* */
        uint64_t entered_ns;
        uint64_t time_ns[4];
        uint32_t version; /* odd while being written */
    } runstate;           /* (s) */
};

enum vcpu_state {
    VCPU_DOWN,     /* down, paused or its domain does not run */
    VCPU_RUNNABLE, /* waiting for a CPU */
    VCPU_RUNNING,
    VCPU_BLOCKED, /* waiting for an event */
};

/* Scheduling (room sched). */
/* Why a vCPU wants to block at the guest boundary. */
enum vcpu_block {
    BLOCK_NONE,
    BLOCK_EVENT,  /* SCHEDOP_block: until an upcall is due */
    BLOCK_POLL,   /* SCHEDOP_poll: until event.polling is cleared */
    BLOCK_THREAD, /* hypervisor thread: until woken */
};

/* A vCPU in the proportional-share policy (sched/share.h). */
struct share_entity {
    struct list node; /* (s) in the queue of its CPU, or empty */
    uint64_t vtime;   /* (s) CPU time received, divided by weight */
    uint32_t weight;  /* (s) 1 to 65535 */
};

struct vcpu_sched {
    enum vcpu_state state;   /* (s) written; may be read without */
    uint32_t pause_count;    /* (a) */
    unsigned cpu;            /* (s) CPU it runs on or ran on last */
    uintptr_t saved_sp;      /* hypervisor stack pointer while off-CPU */
    struct cpumask affinity; /* (s) hard affinity */
    struct cpumask soft_affinity;
    struct share_entity share;
    enum vcpu_block block_wanted; /* (p) */
    bool is_blocked;              /* (s) waits for vcpu_wake() */
    bool is_at_boundary; /* stopped at the guest boundary, while off-CPU */
    bool wake_pending;   /* (a) threads: woken while not yet blocked */
    bool is_yielding;    /* (p) SCHEDOP_yield asked for */
    bool is_down;        /* (a) VCPUF_down: does not return to the guest */
    bool is_idle;        /* (c) no guest: an idle loop or a hypervisor thread */
    void (*thread_fn)(void *); /* (c) hypervisor threads */
    void *thread_data;         /* (c) */
};

struct vcpu {
    struct domain *domain; /* (c) */
    unsigned id;           /* (c) index in the domain */
    unsigned area;         /* (c) index of its area in the entry slot */
    struct stack_top *top; /* (c) registers are top->regs */
    bool is_initialised;   /* (d) VCPUOP_initialise was done */
    /*
     * (a) Nonzero: something to do before the guest boundary is crossed.
     * Bits VCPU_WORK_*.
     */
    uint32_t work;
    /* Frames that an operation holds across a yield, for the checker. */
    mfn_t held[4];
    unsigned held_count;
    struct vcpu_mm mm;
    struct vcpu_pv pv;
    struct vcpu_event event;
    struct vcpu_time time;
    struct vcpu_sched sched;
};

#define VCPU_WORK_RESCHED 1U /* the scheduler wants a decision */
#define VCPU_WORK_STOP    2U /* paused, down or dying */
#define VCPU_WORK_TRAP    4U /* pv.trap_pending or pv.nmi_pending */
#define VCPU_WORK_TIME    8U /* clock page or runstate to refresh */

/*
 * Create vCPU `id` of `d`: its record, stack, GDT window and the parts of
 * every room. It is down and does not run. NULL: no memory, or it exists.
 */
struct vcpu *vcpu_create(struct domain *d, unsigned id);
/* Undo vcpu_create(). It is at the guest boundary or never ran; not current. */
void vcpu_destroy(struct vcpu *v);

/* The vCPU has no guest: it is an idle loop or a hypervisor thread. */
static inline bool vcpu_is_hypervisor(const struct vcpu *v)
{
    return v->domain == idle_domain;
}

/* An upcall is due and not masked. */
static inline bool vcpu_has_upcall(const struct vcpu *v)
{
    const struct vcpu_info *info = READ_ONCE(v->event.info);

    return READ_ONCE(info->evtchn_upcall_pending) &&
           !READ_ONCE(info->evtchn_upcall_mask);
}

static inline void vcpu_set_work(struct vcpu *v, uint32_t work)
{
    atomic_or(&v->work, work);
}
