/* SPDX-License-Identifier: MIT */
/*
 * Event channels. See event.h.
 */
#include "event.h"

#include "hypercall.h"
#include "mem.h"

#define WORD_BITS (8 * sizeof(xen_ulong_t))

volatile unsigned event_upcalls;
volatile unsigned event_count[EVENT_PORTS];
void (*volatile event_hook)(struct regs *r);

static void bit_set(xen_ulong_t *words, unsigned n)
{
    __atomic_fetch_or(&words[n / WORD_BITS], 1ul << n % WORD_BITS,
                      __ATOMIC_SEQ_CST);
}

static void bit_clear(xen_ulong_t *words, unsigned n)
{
    __atomic_fetch_and(&words[n / WORD_BITS], ~(1ul << n % WORD_BITS),
                       __ATOMIC_SEQ_CST);
}

void event_upcall(struct regs *r)
{
    struct vcpu_info *vi = mem_vcpu_info(trap_cpu()->id);
    struct shared_info *si = mem_shared_info();

    event_upcalls++;
    vi->evtchn_upcall_pending = 0;
    if (!si)
        return;
    xen_ulong_t sel =
        __atomic_exchange_n(&vi->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
    for (unsigned w = 0; w < WORD_BITS; w++) {
        if (!(sel & 1ul << w))
            continue;
        xen_ulong_t bits = si->evtchn_pending[w] & ~si->evtchn_mask[w];

        for (unsigned b = 0; b < WORD_BITS; b++) {
            if (!(bits & 1ul << b))
                continue;
            bit_clear(si->evtchn_pending, w * WORD_BITS + b);
            event_count[w * WORD_BITS + b]++;
        }
    }
    if (event_hook)
        event_hook(r);
}

bool event_pending(unsigned port)
{
    struct shared_info *si = mem_shared_info();

    return si &&
           *(volatile xen_ulong_t *)&si->evtchn_pending[port / WORD_BITS] >>
                   port % WORD_BITS &
               1;
}

void event_clear(unsigned port)
{
    bit_clear(mem_shared_info()->evtchn_pending, port);
}

void event_port_mask(unsigned port)
{
    bit_set(mem_shared_info()->evtchn_mask, port);
}

void event_port_unmask(unsigned port)
{
    struct evtchn_unmask op = {.port = port};

    event_op(EVTCHNOP_unmask, &op);
}

void event_mask(void)
{
    mem_vcpu_info(trap_cpu()->id)->evtchn_upcall_mask = 1;
    __asm__ volatile("" ::: "memory");
}

void event_unmask(void)
{
    struct vcpu_info *vi = mem_vcpu_info(trap_cpu()->id);

    vi->evtchn_upcall_mask = 0;
    __asm__ volatile("" ::: "memory");
    /* Any hypercall delivers what is pending on its way out. */
    if (*(volatile uint8_t *)&vi->evtchn_upcall_pending)
        hypercall(__HYPERVISOR_xen_version, 0, 0);
}

void event_reset(void)
{
    struct shared_info *si = mem_shared_info();

    event_mask();
    event_hook = NULL;
    event_upcalls = 0;
    for (unsigned i = 0; i < EVENT_PORTS; i++)
        event_count[i] = 0;
    if (!si)
        return;
    for (unsigned w = 0; w < WORD_BITS; w++) {
        si->evtchn_pending[w] = 0;
        si->evtchn_mask[w] = ~0ul;
    }
    mem_vcpu_info(trap_cpu()->id)->evtchn_pending_sel = 0;
    mem_vcpu_info(trap_cpu()->id)->evtchn_upcall_pending = 0;
}

long event_op(unsigned cmd, void *arg)
{
    return hypercall(__HYPERVISOR_event_channel_op, cmd, arg);
}

long event_alloc_unbound(unsigned dom, unsigned remote)
{
    struct evtchn_alloc_unbound op = {.dom = (domid_t)dom,
                                      .remote_dom = (domid_t)remote};
    long rc = event_op(EVTCHNOP_alloc_unbound, &op);

    return rc ? rc : (long)op.port;
}

long event_bind_virq(unsigned virq, unsigned vcpu)
{
    struct evtchn_bind_virq op = {.virq = virq, .vcpu = vcpu};
    long rc = event_op(EVTCHNOP_bind_virq, &op);

    return rc ? rc : (long)op.port;
}

long event_bind_ipi(unsigned vcpu)
{
    struct evtchn_bind_ipi op = {.vcpu = vcpu};
    long rc = event_op(EVTCHNOP_bind_ipi, &op);

    return rc ? rc : (long)op.port;
}

long event_bind_interdomain(unsigned dom, unsigned port)
{
    struct evtchn_bind_interdomain op = {.remote_dom = (domid_t)dom,
                                         .remote_port = port};
    long rc = event_op(EVTCHNOP_bind_interdomain, &op);

    return rc ? rc : (long)op.local_port;
}

long event_send(unsigned port)
{
    struct evtchn_send op = {.port = port};

    return event_op(EVTCHNOP_send, &op);
}

long event_close(unsigned port)
{
    struct evtchn_close op = {.port = port};

    return event_op(EVTCHNOP_close, &op);
}
