/* SPDX-License-Identifier: MIT */
/*
 * A domain: what it owns and may do; its life cycle is in domain.c.
 *
 * Lock keys as in vcpu.h.
 */
#pragma once

#include "abi/xen.h"
#include "lib/list.h"
#include "lib/spinlock.h"
#include "mm/domain_mm.h"

struct vcpu;
struct evtchn;
struct grant_table;

#define DOMID_IDLE_ID 0x7fff

enum domain_state {
    DOMAIN_BUILDING, /* not yet unpaused for the first time */
    DOMAIN_RUNNING,
    DOMAIN_SHUTDOWN, /* asked to shut down; vCPUs stopped */
    DOMAIN_DYING,    /* being torn down */
    DOMAIN_DEAD,     /* only references by others remain */
};

/* Event channels (room event). */
struct domain_event {
    struct spinlock lock;
    bool is_dead;               /* (e) no port may be made any more */
    struct evtchn *buckets[64]; /* published last; never moved */
    unsigned port_count;        /* valid ports (allocated buckets) */
    unsigned lowest_free;       /* (e) no free port below */
    unsigned max_ports;
    struct { /* physical interrupts bound: by pirq */
        uint16_t *port;
        unsigned count;
    } pirq;
    mfn_t eoi_mfn; /* page of PHYSDEVOP_pirq_eoi_gmfn_*, or INVALID_MFN */
};

struct domain {
    uint16_t id;             /* (c) */
    enum domain_state state; /* (a) only by domain_change_state() */
    bool is_privileged;      /* (c) dom0: control and hardware */
    uint32_t refs;           /* (a) */
    struct spinlock lock;
    struct list all;       /* list of all domains */
    unsigned max_vcpus;    /* (c) slots in vcpus */
    struct vcpu **vcpus;   /* entries published once, NULL: not created */
    uint32_t pause_count;  /* (a) */
    uint8_t shutdown_code; /* (a) SHUTDOWN_*, once state is SHUTDOWN */
    uint8_t handle[16];    /* (d) UUID */
    struct shared_info *shared_info; /* (c) hypervisor's mapping */
    mfn_t shared_info_mfn;           /* (c) */
    int64_t time_offset_seconds;     /* wall clock: offset to the host's */
    uint8_t *ioport_bitmap; /* (c) 8 KiB, set bit: denied; NULL: all denied */
    uint8_t *irq_allowed;   /* (c) bitmap of GSIs; NULL: none */
    uint32_t pci_latch;     /* what it last wrote to port CF8 */
    uint8_t rtc_latch;      /* what it last wrote to port 70 */
    bool pirq_eoi_unmasks;  /* PHYSDEVOP_eoi unmasks the port as well */
    struct list by_id;      /* bucket of domains by id */
    struct list dying;      /* in the list of the reaper */
    bool vcpu_op_busy;      /* (a) a vCPU is being initialised, upped... */
    uint32_t poll_count;    /* (a) its vCPUs in SCHEDOP_poll, about */
    uint16_t sched_weight;  /* (d) share of each of its vCPUs */
    struct domain_mm mm;
    struct domain_event event;
    struct grant_table *grant;
};

/* Set once by domain_create() and never cleared. */
extern struct domain *dom0;
/* Owner of idle vCPUs and of the hypervisor's threads; has no guest. */
extern struct domain *idle_domain;

#define DOMAIN_WEIGHT_DEFAULT 256

struct domain_config {
    uint16_t id;
    bool is_privileged;
    unsigned max_vcpus; /* 1 to DOMAIN_VCPUS_MAX */
    uint64_t max_page_count;
    const uint8_t *handle; /* 16 bytes, or NULL */
};

#define DOMAIN_VCPUS_MAX 512

/* The idle domain; before any vCPU. Panics when memory is out. */
void domain_init(void);

/*
 * A new domain in state BUILDING with one reference (the list's), found by
 * domain_get() from now on. -EINVAL, -EEXIST, -ENOMEM.
 */
MUST_CHECK int domain_create(const struct domain_config *config,
                             struct domain **out);

/* The domain with this id with a reference taken, or NULL. Any state. */
struct domain *domain_get(unsigned id);
/* As domain_get() with DOMID_SELF meaning the caller's. */
struct domain *domain_get_as(const struct domain *caller, unsigned id);
/* Take one more reference; the caller has one. */
void domain_ref(struct domain *d);
void domain_put(struct domain *d);

/* The domain after id `id`, in rising order, with a reference; or NULL. */
struct domain *domain_get_next(unsigned id);

/* Legal transitions of enum domain_state: pure. */
bool domain_may_change(enum domain_state from, enum domain_state to);
/*
 * The only writer of d->state. False when the present state does not allow
 * it; of two callers at once one gets true. Holds no lock: callable under any.
 */
MUST_CHECK bool domain_change_state(struct domain *d, enum domain_state to);
const char *domain_state_name(enum domain_state state);

/* BUILDING to RUNNING: its vCPUs that are up may run. -EINVAL. */
MUST_CHECK int domain_start(struct domain *d);

/*
 * The domain asked to end (SHUTDOWN_*). Its vCPUs stop at the guest boundary.
 * dom0: the machine goes down, or reboots as parameters say.
 */
void domain_shutdown(struct domain *d, unsigned reason);

/*
 * Begin the end of a domain: dying at once, the rest by the reaper thread.
 * The caller's reference stays. -EINVAL for dom0 and the idle domain.
 */
MUST_CHECK int domain_kill(struct domain *d);
/*
 * The reaper's work for a dying domain whose vCPUs are at the boundary: take
 * it apart; then, as soon as no other domain maps a frame of it (else false),
 * withdraw it from the list.
 */
void domain_teardown(struct domain *d) MAY_YIELD;
MUST_CHECK bool domain_finish(struct domain *d);

/* All vCPUs stopped at the boundary since the shutdown. */
bool domain_is_stopped(const struct domain *d);

/* The one place that says who may act on whom. */
bool domain_may_control(const struct vcpu *caller, const struct domain *target);

/* Its vCPU `id`, or NULL; `id` may come from a guest. */
struct vcpu *domain_vcpu(const struct domain *d, uint64_t id);

static inline bool domain_is_dying(const struct domain *d)
{
    return READ_ONCE(d->state) >= DOMAIN_DYING;
}
