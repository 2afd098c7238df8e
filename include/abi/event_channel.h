/* SPDX-License-Identifier: MIT */
/*
 * event_channel_op(cmd, arg): ports and what they are bound to. In brackets
 * the argument, struct evtchn_NAME.
 */
#pragma once

#include "xen.h"

#define EVTCHNOP_bind_interdomain 0  /* [bind_interdomain] */
#define EVTCHNOP_bind_virq        1  /* [bind_virq] */
#define EVTCHNOP_bind_pirq        2  /* [bind_pirq] */
#define EVTCHNOP_close            3  /* [close] */
#define EVTCHNOP_send             4  /* [send] */
#define EVTCHNOP_status           5  /* [status] */
#define EVTCHNOP_alloc_unbound    6  /* [alloc_unbound] */
#define EVTCHNOP_bind_ipi         7  /* [bind_ipi] */
#define EVTCHNOP_bind_vcpu        8  /* [bind_vcpu] */
#define EVTCHNOP_unmask           9  /* [unmask] */
#define EVTCHNOP_reset            10 /* [reset] */
#define EVTCHNOP_init_control     11 /* [init_control] FIFO */
#define EVTCHNOP_expand_array     12 /* [expand_array] FIFO */
#define EVTCHNOP_set_priority     13 /* [set_priority] FIFO */

/* evtchn_bind_pirq.flags */
#define BIND_PIRQ__WILL_SHARE 1

/* evtchn_status.status */
#define EVTCHNSTAT_closed      0 /* free */
#define EVTCHNSTAT_unbound     1 /* waits for its remote domain */
#define EVTCHNSTAT_interdomain 2
#define EVTCHNSTAT_pirq        3 /* hardware interrupt */
#define EVTCHNSTAT_virq        4
#define EVTCHNSTAT_ipi         5

/* FIFO events: priorities, and bits of an event word. */
#define EVTCHN_FIFO_PRIORITY_MAX     0
#define EVTCHN_FIFO_PRIORITY_DEFAULT 7
#define EVTCHN_FIFO_PRIORITY_MIN     15
#define EVTCHN_FIFO_MAX_QUEUES       (EVTCHN_FIFO_PRIORITY_MIN + 1)
#define EVTCHN_FIFO_PENDING          31
#define EVTCHN_FIFO_MASKED           30
#define EVTCHN_FIFO_LINKED           29
#define EVTCHN_FIFO_BUSY             28
#define EVTCHN_FIFO_LINK_BITS        17
#define EVTCHN_FIFO_LINK_MASK        ((1 << EVTCHN_FIFO_LINK_BITS) - 1)
#define EVTCHN_FIFO_NR_CHANNELS      (1 << EVTCHN_FIFO_LINK_BITS)

#ifndef __ASSEMBLER__

/* Ports of the 2-level bitmap in shared_info: 4096, or 1024 in 32 bits. */
#define EVTCHN_2L_NR_CHANNELS (sizeof(xen_ulong_t) * sizeof(xen_ulong_t) * 64)

typedef uint32_t evtchn_port_t; /* 0 is never valid */
typedef uint32_t event_word_t;  /* FIFO */

struct evtchn_alloc_unbound {
    domid_t dom;        /* where the port is made */
    domid_t remote_dom; /* who may bind to it */
    evtchn_port_t port; /* out */
};
ABI_SIZE(struct evtchn_alloc_unbound, 8, 8);

/* The new local port starts pending. */
struct evtchn_bind_interdomain {
    domid_t remote_dom;
    evtchn_port_t remote_port;
    evtchn_port_t local_port; /* out */
};
ABI_SIZE(struct evtchn_bind_interdomain, 12, 12);

struct evtchn_bind_virq {
    uint32_t virq;      /* VIRQ_* */
    uint32_t vcpu;      /* 0 for a global one */
    evtchn_port_t port; /* out */
};
ABI_SIZE(struct evtchn_bind_virq, 12, 12);

struct evtchn_bind_pirq {
    uint32_t pirq;
    uint32_t flags;     /* BIND_PIRQ__* */
    evtchn_port_t port; /* out */
};
ABI_SIZE(struct evtchn_bind_pirq, 12, 12);

struct evtchn_bind_ipi {
    uint32_t vcpu;
    evtchn_port_t port; /* out */
};
ABI_SIZE(struct evtchn_bind_ipi, 8, 8);

struct evtchn_close {
    evtchn_port_t port;
};
ABI_SIZE(struct evtchn_close, 4, 4);

struct evtchn_send {
    evtchn_port_t port;
};
ABI_SIZE(struct evtchn_send, 4, 4);

struct evtchn_status {
    domid_t dom;
    evtchn_port_t port;
    uint32_t status; /* out: EVTCHNSTAT_* */
    uint32_t vcpu;   /* out: the vCPU it notifies */
    union {
        struct {
            domid_t dom;
        } unbound;
        struct {
            domid_t dom;
            evtchn_port_t port;
        } interdomain;
        uint32_t pirq;
        uint32_t virq;
    } u; /* out, by status */
};
ABI_SIZE(struct evtchn_status, 24, 24);

struct evtchn_bind_vcpu {
    evtchn_port_t port;
    uint32_t vcpu;
};
ABI_SIZE(struct evtchn_bind_vcpu, 8, 8);

struct evtchn_unmask {
    evtchn_port_t port;
};
ABI_SIZE(struct evtchn_unmask, 4, 4);

/* Closes every port of the domain. */
struct evtchn_reset {
    domid_t dom;
};
ABI_SIZE(struct evtchn_reset, 2, 2);

struct evtchn_init_control {
    uint64_t control_gfn; /* page of the control block */
    uint32_t offset;      /* of the block in it, bytes */
    uint32_t vcpu;
    uint8_t link_bits; /* out */
    uint8_t _pad[7];
};
ABI_SIZE(struct evtchn_init_control, 24, 24);

struct evtchn_expand_array {
    uint64_t array_gfn; /* next page of event words */
};
ABI_SIZE(struct evtchn_expand_array, 8, 8);

struct evtchn_set_priority {
    evtchn_port_t port;
    uint32_t priority; /* 0-15, 0 first */
};
ABI_SIZE(struct evtchn_set_priority, 8, 8);

/* A vCPU's FIFO queues. */
struct evtchn_fifo_control_block {
    uint32_t ready; /* bit per queue that is not empty */
    uint32_t _rsvd;
    uint32_t head[EVTCHN_FIFO_MAX_QUEUES];
};
ABI_SIZE(struct evtchn_fifo_control_block, 72, 72);

#endif /* !__ASSEMBLER__ */
