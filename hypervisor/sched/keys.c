/* SPDX-License-Identifier: MIT */
/* Debug key r: what runs and waits on each CPU. */
#include "sched/keys.h"

#include "cpu/percpu.h"
#include "debug/keys.h"
#include "debug/log.h"
#include "sched/private.h"

static void show_vcpu(const char *what, const struct vcpu *v)
{
    log_always("  %s d%uv%u weight %u vtime %lx", what, v->domain->id, v->id,
               v->sched.share.weight, v->sched.share.vtime);
}

static void show_queue(unsigned cpu, struct cpu_queue *q)
{
    struct list *pos;

    spin_lock(&q->lock);
    log_always("CPU %u: %u waiting, %lu switches, %lu taken from others", cpu,
               q->waiting.count, q->switches, q->steals);
    show_vcpu("runs ", q->current);
    LIST_FOR_EACH(pos, &q->waiting.head)
    show_vcpu("waits", CONTAINER_OF(LIST_ENTRY(pos, struct share_entity, node),
                                    struct vcpu, sched.share));
    spin_unlock(&q->lock);
}

static void show_all(char key)
{
    (void)key;
    for (unsigned cpu = 0; cpu < cpu_count; cpu++)
        if (sched_queues[cpu])
            show_queue(cpu, sched_queues[cpu]);
}

void sched_keys_init(void)
{
    debug_key_register('r', show_all, "run queues");
}
