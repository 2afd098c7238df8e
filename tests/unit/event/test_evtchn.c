/* SPDX-License-Identifier: MIT */
/*
 * The room event: every operation in every state of a port; what the guest
 * sees in its bitmaps; random operations against a model of two domains,
 * after which no reference and no port is left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "abi/event_channel.h"
#include "cpu/regs.h"
#include "domain/domain.h"
#include "domain/vcpu.h"
#include "event/evtchn.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/upcall.h"
#include "mm/frame.h"
#include "mm/heap.h"
#include "platform/irq.h"

unsigned fake_cpu;
struct vcpu *fake_current[CONFIG_NR_CPUS];
struct stack_top fake_stack_top;
struct domain *dom0, *idle_domain;

#define DOMAINS 2
#define VCPUS   2

static struct domain domains[DOMAINS];
static struct vcpu vcpus[DOMAINS][VCPUS], *vcpu_ptrs[DOMAINS][VCPUS];
static struct shared_info shared[DOMAINS];
static unsigned kicks[DOMAINS][VCPUS];
static unsigned allocations, irqs_bound;
static int irq_result, heap_left = -1;

void panic(const char *fmt, ...)
{
    fail_msg("panic: %s", fmt);
    abort();
}

void spin_lock(struct spinlock *l)
{
    assert_int_equal(l->next, 0);
    l->next = 1;
}

void spin_lock_nested(struct spinlock *l)
{
    spin_lock(l);
}

void spin_unlock(struct spinlock *l)
{
    assert_int_equal(l->next, 1);
    l->next = 0;
}

void upcall_spin_relax(void)
{
    fail_msg("nobody else runs here");
}

int yield_point(void)
{
    return 0;
}

void *heap_alloc(size_t bytes)
{
    if (heap_left == 0)
        return NULL;
    if (heap_left > 0)
        heap_left--;
    allocations++;
    return calloc(1, bytes);
}

void heap_free(void *p)
{
    if (p)
        allocations--;
    free(p);
}

void domain_ref(struct domain *d)
{
    assert_true(d->refs > 0);
    d->refs++;
}

void domain_put(struct domain *d)
{
    assert_true(d->refs > 1);
    d->refs--;
}

struct vcpu *domain_vcpu(const struct domain *d, uint64_t id)
{
    return id < d->max_vcpus ? d->vcpus[id] : NULL;
}

void vcpu_kick(struct vcpu *v)
{
    kicks[v->domain->id][v->id]++;
}

int irq_bind_guest(struct domain *d, unsigned pirq, bool share)
{
    (void)share;
    assert_int_not_equal(event_pirq_port(d, pirq), 0);
    if (!irq_result)
        irqs_bound++;
    return irq_result;
}

void irq_unbind_guest(struct domain *d, unsigned pirq)
{
    (void)d;
    (void)pirq;
    irqs_bound--;
}

void irq_release_domain(struct domain *d)
{
    (void)d;
}

int frame_get_writable(mfn_t mfn, uint16_t owner)
{
    (void)mfn;
    (void)owner;
    return -EPERM;
}

void frame_put_writable(mfn_t mfn)
{
    (void)mfn;
    fail();
}

static struct domain *A, *B;

static int set_up(void **state)
{
    (void)state;
    memset(domains, 0, sizeof(domains));
    memset(vcpus, 0, sizeof(vcpus));
    memset(shared, 0, sizeof(shared));
    memset(kicks, 0, sizeof(kicks));
    allocations = irqs_bound = 0;
    irq_result = 0;
    heap_left = -1;
    for (unsigned i = 0; i < DOMAINS; i++) {
        struct domain *d = &domains[i];

        d->id = (uint16_t)i;
        d->refs = 1;
        d->is_privileged = i == 0;
        d->max_vcpus = VCPUS;
        d->vcpus = vcpu_ptrs[i];
        d->shared_info = &shared[i];
        assert_int_equal(event_domain_init(d), 0);
        for (unsigned j = 0; j < VCPUS; j++) {
            vcpu_ptrs[i][j] = &vcpus[i][j];
            vcpus[i][j].domain = d;
            vcpus[i][j].id = j;
            event_vcpu_init(&vcpus[i][j]);
        }
    }
    A = dom0 = &domains[0];
    B = &domains[1];
    fake_current[0] = &vcpus[0][0];
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    event_domain_destroy(A);
    event_domain_destroy(B);
    assert_int_equal(A->refs, 1);
    assert_int_equal(B->refs, 1);
    assert_int_equal(allocations, 0);
    assert_int_equal(irqs_bound, 0);
    return 0;
}

static uint32_t status_of(struct domain *d, uint32_t port,
                          struct evtchn_status *s)
{
    memset(s, 0, sizeof(*s));
    assert_int_equal(evtchn_get_status(d, port, s), 0);
    return s->status;
}

/* A pair of connected ports, A's and B's. */
static void connect_pair(uint32_t *a, uint32_t *b)
{
    assert_int_equal(evtchn_alloc_unbound(A, B->id, a), 0);
    assert_int_equal(evtchn_bind_interdomain(B, A, *a, b), 0);
}

static void test_unbound(void **state)
{
    struct evtchn_status s;
    uint32_t port = 0, other;

    (void)state;
    assert_int_equal(evtchn_alloc_unbound(A, B->id, &port), 0);
    assert_int_equal(port, 1);
    assert_int_equal(status_of(A, port, &s), EVTCHNSTAT_unbound);
    assert_int_equal(s.u.unbound.dom, B->id);
    assert_int_equal(evtchn_send(A, port), 0);
    assert_false(event_is_pending(A, port));
    /* Only the domain that was named may bind, and only once. */
    assert_int_equal(evtchn_bind_interdomain(A, A, port, &other), -EINVAL);
    assert_int_equal(evtchn_bind_interdomain(B, A, port, &other), 0);
    assert_int_equal(evtchn_bind_interdomain(B, A, port, &other), -EINVAL);
    assert_int_equal(evtchn_bind_interdomain(B, A, 0, &other), -EINVAL);
    assert_int_equal(evtchn_bind_interdomain(B, A, 99999, &other), -EINVAL);
}

static void test_interdomain(void **state)
{
    struct evtchn_status s;
    uint32_t a, b;

    (void)state;
    connect_pair(&a, &b);
    assert_true(event_is_pending(B, b));
    assert_false(event_is_pending(A, a));
    assert_int_equal(status_of(B, b, &s), EVTCHNSTAT_interdomain);
    assert_int_equal(s.u.interdomain.dom, A->id);
    assert_int_equal(s.u.interdomain.port, a);
    assert_int_equal(evtchn_send(B, b), 0);
    assert_true(event_is_pending(A, a));
    assert_int_equal(shared[0].vcpu_info[0].evtchn_pending_sel, 1);
    assert_int_equal(shared[0].vcpu_info[0].evtchn_upcall_pending, 1);
    assert_int_equal(kicks[0][0], 1);
    /* Pending already: nothing more happens. */
    assert_int_equal(evtchn_send(B, b), 0);
    assert_int_equal(kicks[0][0], 1);
}

static void test_close_interdomain(void **state)
{
    struct evtchn_status s;
    uint32_t a, b, again;

    (void)state;
    connect_pair(&a, &b);
    assert_int_equal(A->refs, 2);
    assert_int_equal(B->refs, 2);
    assert_int_equal(evtchn_close(B, b), 0);
    assert_int_equal(A->refs, 1);
    assert_int_equal(B->refs, 1);
    assert_int_equal(status_of(A, a, &s), EVTCHNSTAT_unbound);
    assert_int_equal(s.u.unbound.dom, B->id);
    assert_int_equal(status_of(B, b, &s), EVTCHNSTAT_closed);
    assert_false(event_is_pending(B, b));
    assert_int_equal(evtchn_close(B, b), -EINVAL);
    assert_int_equal(evtchn_send(B, b), -EINVAL);
    assert_int_equal(evtchn_bind_interdomain(B, A, a, &again), 0);
    assert_int_equal(again, b);
}

static void test_loopback(void **state)
{
    uint32_t a, b;

    (void)state;
    assert_int_equal(evtchn_alloc_unbound(A, A->id, &a), 0);
    assert_int_equal(evtchn_bind_interdomain(A, A, a, &b), 0);
    assert_int_not_equal(a, b);
    assert_int_equal(evtchn_send(A, b), 0);
    assert_true(event_is_pending(A, a));
    assert_int_equal(evtchn_close(A, a), 0);
    assert_int_equal(evtchn_close(A, b), 0);
    assert_int_equal(A->refs, 1);
}

static void test_virq(void **state)
{
    struct evtchn_status s;
    uint32_t timer, console, port;

    (void)state;
    assert_int_equal(evtchn_bind_virq(A, VIRQ_TIMER, 1, &timer), 0);
    assert_int_equal(evtchn_bind_virq(A, VIRQ_TIMER, 1, &port), -EEXIST);
    assert_int_equal(evtchn_bind_virq(A, VIRQ_CONSOLE, 1, &port), -EINVAL);
    assert_int_equal(evtchn_bind_virq(A, NR_VIRQS, 0, &port), -EINVAL);
    assert_int_equal(evtchn_bind_virq(A, VIRQ_TIMER, VCPUS, &port), -ENOENT);
    assert_int_equal(evtchn_bind_virq(A, VIRQ_CONSOLE, 0, &console), 0);
    assert_int_equal(status_of(A, timer, &s), EVTCHNSTAT_virq);
    assert_int_equal(s.u.virq, VIRQ_TIMER);
    assert_int_equal(s.vcpu, 1);
    virq_raise_vcpu(&vcpus[0][1], VIRQ_TIMER);
    assert_int_equal(kicks[0][1], 1);
    /* A per-vCPU one stays; a global one can move. */
    assert_int_equal(evtchn_bind_vcpu(A, timer, 0), -EINVAL);
    assert_int_equal(evtchn_bind_vcpu(A, console, 1), 0);
    event_clear_pending(A, console);
    vcpus[0][1].event.info->evtchn_pending_sel = 0;
    vcpus[0][1].event.info->evtchn_upcall_pending = 0;
    virq_raise_global(VIRQ_CONSOLE);
    assert_int_equal(kicks[0][1], 2);
    assert_int_equal(kicks[0][0], 0);
    assert_int_equal(evtchn_close(A, console), 0);
    assert_int_equal(vcpus[0][0].event.virq_port[VIRQ_CONSOLE], 0);
    virq_raise_global(VIRQ_CONSOLE);
    assert_int_equal(evtchn_send(A, timer), -EINVAL);
}

static void test_ipi(void **state)
{
    struct evtchn_status s;
    uint32_t port;

    (void)state;
    assert_int_equal(evtchn_bind_ipi(A, VCPUS, &port), -ENOENT);
    assert_int_equal(evtchn_bind_ipi(A, 1, &port), 0);
    assert_int_equal(status_of(A, port, &s), EVTCHNSTAT_ipi);
    assert_int_equal(s.vcpu, 1);
    assert_int_equal(evtchn_send(A, port), 0);
    assert_int_equal(kicks[0][1], 1);
    assert_int_equal(evtchn_bind_vcpu(A, port, 0), -EINVAL);
}

static void test_pirq(void **state)
{
    struct evtchn_status s;
    uint32_t port, other;

    (void)state;
    assert_int_equal(evtchn_bind_pirq(B, 9, false, &port), -EINVAL);
    assert_int_equal(evtchn_bind_pirq(A, IRQ_PIRQ_COUNT, false, &port),
                     -EINVAL);
    irq_result = -EBUSY;
    assert_int_equal(evtchn_bind_pirq(A, 9, false, &port), -EBUSY);
    assert_int_equal(event_pirq_port(A, 9), 0);
    irq_result = 0;
    assert_int_equal(evtchn_bind_pirq(A, 9, true, &port), 0);
    assert_int_equal(port, 1);
    assert_int_equal(evtchn_bind_pirq(A, 9, true, &other), -EEXIST);
    assert_int_equal(status_of(A, port, &s), EVTCHNSTAT_pirq);
    assert_int_equal(s.u.pirq, 9);
    event_pirq_raise(A, 9);
    event_pirq_raise(A, 10);
    assert_true(event_is_pending(A, port));
    assert_int_equal(evtchn_close(A, port), 0);
    assert_int_equal(irqs_bound, 0);
    event_pirq_raise(A, 9);
    assert_false(event_is_pending(A, port));
}

static void test_mask(void **state)
{
    uint32_t port;

    (void)state;
    assert_int_equal(evtchn_bind_ipi(A, 0, &port), 0);
    shared[0].evtchn_mask[0] = 1UL << port;
    assert_int_equal(evtchn_send(A, port), 0);
    assert_true(event_is_pending(A, port));
    assert_int_equal(kicks[0][0], 0);
    assert_int_equal(shared[0].vcpu_info[0].evtchn_pending_sel, 0);
    assert_int_equal(evtchn_unmask(A, port), 0);
    assert_false(event_is_masked(A, port));
    assert_int_equal(kicks[0][0], 1);
    assert_int_equal(evtchn_unmask(A, port), 0);
    assert_int_equal(kicks[0][0], 1);
    assert_int_equal(evtchn_unmask(A, 0), -EINVAL);
    assert_int_equal(evtchn_unmask(A, 70000), -EINVAL);
}

static void test_status_ends(void **state)
{
    struct evtchn_status s = {0};
    uint32_t port;

    (void)state;
    assert_int_equal(evtchn_get_status(A, 1, &s), -EINVAL);
    assert_int_equal(evtchn_bind_ipi(A, 0, &port), 0);
    assert_int_equal(status_of(A, 0, &s), EVTCHNSTAT_closed);
    assert_int_equal(status_of(A, 2, &s), EVTCHNSTAT_closed);
    assert_int_equal(evtchn_get_status(A, EVTCHN_BUCKET_PORTS, &s), -EINVAL);
}

static void test_all_ports(void **state)
{
    uint32_t port;

    (void)state;
    for (uint32_t i = 1; i < EVTCHN_PORTS_MAX; i++) {
        assert_int_equal(evtchn_bind_ipi(A, 0, &port), 0);
        assert_int_equal(port, i);
    }
    assert_int_equal(evtchn_bind_ipi(A, 0, &port), -ENOSPC);
    assert_int_equal(evtchn_close(A, 77), 0);
    assert_int_equal(evtchn_bind_ipi(A, 0, &port), 0);
    assert_int_equal(port, 77);
    assert_int_equal(evtchn_send(A, EVTCHN_PORTS_MAX - 1), 0);
    assert_true(event_is_pending(A, EVTCHN_PORTS_MAX - 1));
    assert_int_equal(evtchn_reset(A), 0);
    assert_int_equal(evtchn_bind_ipi(A, 0, &port), 0);
    assert_int_equal(port, 1);
}

static void test_no_memory(void **state)
{
    uint32_t port;

    (void)state;
    heap_left = 0;
    assert_int_equal(evtchn_bind_ipi(A, 0, &port), -ENOMEM);
    assert_int_equal(evtchn_alloc_unbound(A, 1, &port), -ENOMEM);
    heap_left = -1;
    assert_int_equal(evtchn_alloc_unbound(A, 1, &port), 0);
    heap_left = 0;
    assert_int_equal(evtchn_bind_interdomain(B, A, port, &port), -ENOMEM);
    heap_left = -1;
    assert_int_equal(A->refs, 1);
}

static void test_dead(void **state)
{
    uint32_t a, b, port;
    struct evtchn_status s;

    (void)state;
    connect_pair(&a, &b);
    event_domain_destroy(B);
    assert_int_equal(status_of(A, a, &s), EVTCHNSTAT_unbound);
    assert_int_equal(evtchn_alloc_unbound(B, 0, &port), -EINVAL);
    assert_int_equal(evtchn_bind_interdomain(B, A, a, &port), -EINVAL);
    assert_int_equal(evtchn_send(A, a), 0);
}

static void test_poll(void **state)
{
    struct vcpu *v = &vcpus[0][1];
    uint32_t one, two;

    (void)state;
    assert_int_equal(evtchn_bind_ipi(A, 0, &one), 0);
    assert_int_equal(evtchn_bind_ipi(A, 0, &two), 0);
    shared[0].evtchn_mask[0] = ~0UL;
    event_poll_begin(v, one);
    event_poll_begin(v, one);
    assert_int_equal(A->poll_count, 1);
    assert_int_equal(evtchn_send(A, two), 0);
    assert_true(v->event.polling);
    assert_int_equal(evtchn_send(A, one), 0);
    assert_false(v->event.polling);
    assert_int_equal(kicks[0][1], 1);
    assert_int_equal(A->poll_count, 0);
    event_poll_begin(v, 0);
    event_clear_pending(A, two);
    assert_int_equal(evtchn_send(A, two), 0);
    assert_int_equal(kicks[0][1], 2);
    event_poll_end(v);
    assert_int_equal(A->poll_count, 0);
}

static void test_register_info(void **state)
{
    (void)state;
    assert_int_equal(event_register_info(&vcpus[0][0], MFN(1), 4096 - 63),
                     -EINVAL);
    assert_int_equal(event_register_info(&vcpus[0][0], MFN(1), 4), -EINVAL);
    assert_int_equal(event_register_info(&vcpus[0][0], MFN(1), 64), -EPERM);
    assert_ptr_equal(vcpus[0][0].event.info, &shared[0].vcpu_info[0]);
}

/* ---- Random operations against a model ---- */

struct model_port {
    enum evtchn_state state;
    unsigned peer_domain;
    uint32_t peer_port;
};

#define MODEL_PORTS 40
static struct model_port model[DOMAINS][MODEL_PORTS];

static uint32_t model_free_port(unsigned d)
{
    for (uint32_t p = 1; p < MODEL_PORTS; p++)
        if (model[d][p].state == EVTCHN_FREE)
            return p;
    return 0;
}

static void model_close(unsigned d, uint32_t port)
{
    struct model_port *m = &model[d][port];

    if (m->state == EVTCHN_INTERDOMAIN) {
        struct model_port *peer = &model[m->peer_domain][m->peer_port];

        peer->state = EVTCHN_UNBOUND;
        peer->peer_domain = d;
    }
    m->state = EVTCHN_FREE;
}

static void model_compare(void)
{
    for (unsigned d = 0; d < DOMAINS; d++) {
        for (uint32_t p = 1; p < MODEL_PORTS; p++) {
            const struct evtchn *c = evtchn_of(&domains[d], p);
            const struct model_port *m = &model[d][p];

            assert_int_equal(c ? c->state : EVTCHN_FREE, m->state);
            if (m->state == EVTCHN_INTERDOMAIN) {
                assert_int_equal(c->remote->id, m->peer_domain);
                assert_int_equal(c->remote_port, m->peer_port);
            }
        }
    }
}

static void random_alloc(unsigned d)
{
    uint32_t expected = model_free_port(d), port;
    unsigned who = (unsigned)rand() % DOMAINS;

    if (!expected)
        return;
    assert_int_equal(evtchn_alloc_unbound(&domains[d], (uint16_t)who, &port),
                     0);
    assert_int_equal(port, expected);
    model[d][port] = (struct model_port){EVTCHN_UNBOUND, who, 0};
}

static void random_bind(unsigned d)
{
    unsigned r = (unsigned)rand() % DOMAINS;
    uint32_t peer = (uint32_t)rand() % MODEL_PORTS, port;
    uint32_t expected = model_free_port(d);
    bool ok = model[r][peer].state == EVTCHN_UNBOUND &&
              model[r][peer].peer_domain == d;

    if (!expected)
        return;
    assert_int_equal(
        evtchn_bind_interdomain(&domains[d], &domains[r], peer, &port),
        ok ? 0 : -EINVAL);
    if (!ok)
        return;
    assert_int_equal(port, expected);
    model[d][port] = (struct model_port){EVTCHN_INTERDOMAIN, r, peer};
    model[r][peer] = (struct model_port){EVTCHN_INTERDOMAIN, d, port};
}

static void random_ipi(unsigned d)
{
    uint32_t expected = model_free_port(d), port;

    if (!expected)
        return;
    assert_int_equal(evtchn_bind_ipi(&domains[d], 0, &port), 0);
    assert_int_equal(port, expected);
    model[d][port].state = EVTCHN_IPI;
}

static void random_close(unsigned d)
{
    uint32_t port = (uint32_t)rand() % MODEL_PORTS;
    bool ok = port && model[d][port].state != EVTCHN_FREE;

    assert_int_equal(evtchn_close(&domains[d], port), ok ? 0 : -EINVAL);
    if (ok)
        model_close(d, port);
}

static void random_send(unsigned d)
{
    uint32_t port = (uint32_t)rand() % MODEL_PORTS;
    const struct model_port *m = &model[d][port];
    bool ok = m->state == EVTCHN_UNBOUND || m->state == EVTCHN_IPI ||
              m->state == EVTCHN_INTERDOMAIN;

    assert_int_equal(evtchn_send(&domains[d], port), ok ? 0 : -EINVAL);
    if (m->state == EVTCHN_INTERDOMAIN)
        assert_true(event_is_pending(&domains[m->peer_domain], m->peer_port));
    if (m->state == EVTCHN_IPI)
        assert_true(event_is_pending(&domains[d], port));
}

static void test_random(void **state)
{
    (void)state;
    srand(1);
    memset(model, 0, sizeof(model));
    for (unsigned i = 0; i < 200000; i++) {
        unsigned d = (unsigned)rand() % DOMAINS;

        switch (rand() % 6) {
        case 0:
            random_alloc(d);
            break;
        case 1:
            random_bind(d);
            break;
        case 2:
            random_ipi(d);
            break;
        case 3:
        case 4:
            random_close(d);
            break;
        default:
            random_send(d);
            break;
        }
        model_compare();
    }
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_unbound),     TEST(test_interdomain),
        TEST(test_loopback),    TEST(test_close_interdomain),
        TEST(test_virq),        TEST(test_ipi),
        TEST(test_pirq),        TEST(test_mask),
        TEST(test_status_ends), TEST(test_all_ports),
        TEST(test_no_memory),   TEST(test_dead),
        TEST(test_poll),        TEST(test_register_info),
        TEST(test_random),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
