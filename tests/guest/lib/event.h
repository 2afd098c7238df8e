/* SPDX-License-Identifier: MIT */
/*
 * Event channels, two-level ABI: the upcall, masks and pending bits.
 * Tests run with upcalls masked; event_unmask() lets them in.
 */
#pragma once

#include "abi.h"
#include "trap.h"

#define EVENT_PORTS 4096

/* Upcalls taken, and how often each port was seen pending in one. */
extern volatile unsigned event_upcalls;
extern volatile unsigned event_count[EVENT_PORTS];
/* Called at the end of each upcall. Reset before each test. */
extern void (*volatile event_hook)(struct regs *r);

void event_upcall(struct regs *r);
bool event_pending(unsigned port);
void event_clear(unsigned port);
void event_port_mask(unsigned port);
void event_port_unmask(unsigned port); /* by hand; delivers if pending */
void event_mask(void);                 /* this vCPU's upcalls */
void event_unmask(void);               /* and take what is pending */
void event_reset(void);

long event_op(unsigned cmd, void *arg);
long event_alloc_unbound(unsigned dom, unsigned remote);  /* port or -err */
long event_bind_virq(unsigned virq, unsigned vcpu);       /* port or -err */
long event_bind_ipi(unsigned vcpu);                       /* port or -err */
long event_bind_interdomain(unsigned dom, unsigned port); /* port or -err */
long event_send(unsigned port);
long event_close(unsigned port);
