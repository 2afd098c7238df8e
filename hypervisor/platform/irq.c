/* SPDX-License-Identifier: MIT */
/*
 * Physical interrupts and who gets them.
 *
 * Invariant: a line has a vector exactly while it is bound, a message while it
 * is mapped. An unbound interrupt is masked where the hardware can mask it.
 * Invariant: a level-triggered line of a guest is masked from its interrupt
 * until the guest's EOI, so it can't keep the hypervisor busy in between.
 * Invariant: a vCPU's domain outlives its interrupts: irq_release_domain()
 * runs before the domain's memory is freed.
 *
 * Locking: irq_lock, rank LOCK_IRQ, for all of irq_table and eoi_map. It is
 * not held while event_pirq_raise() runs, which may take any lock.
 */
#include "platform/irq.h"

#include "cpu/percpu.h"
#include "cpu/tlb.h"
#include "debug/log.h"
#include "lib/assert.h"
#include "lib/errno.h"
#include "lib/nospec.h"
#include "lib/upcall.h"
#include "platform/acpi.h"
#include "platform/apic.h"
#include "platform/gather.h"
#include "platform/ioapic.h"
#include "platform/irq_private.h"
#include "platform/msi.h"
#include "platform/power.h"
#include "platform/serial.h"
#include "platform/vector.h"
#include "time/timer.h"

#define VECTOR_PIC_LAST 0x2f

struct spinlock irq_lock = SPINLOCK_INIT(LOCK_IRQ);
struct irq irq_table[IRQ_PIRQ_COUNT];

static struct domain *eoi_map_owner;
static uint64_t *eoi_map;

static unsigned first_message(void)
{
    return MAX(ioapic_gsi_count(), (unsigned)ACPI_ISA_IRQS);
}

static bool is_line(unsigned pirq)
{
    return pirq < IRQ_PIRQ_COUNT && ioapic_has_gsi(pirq);
}

/* The record of a pirq that is mapped by `d`, else NULL. */
static struct irq *irq_of(const struct domain *d, unsigned pirq)
{
    struct irq *irq;

    if (pirq >= IRQ_PIRQ_COUNT)
        return NULL;
    irq = &irq_table[index_nospec(pirq, IRQ_PIRQ_COUNT)];
    if (irq->owner != d || irq->kind < IRQ_LINE)
        return NULL;
    return irq;
}

static unsigned pirq_of(const struct irq *irq)
{
    return (unsigned)(irq - irq_table);
}

static bool needs_eoi(const struct irq *irq)
{
    return irq->kind == IRQ_LINE && irq->is_level;
}

static void update_eoi_map(const struct irq *irq)
{
    unsigned pirq = pirq_of(irq);

    if (!eoi_map || irq->owner != eoi_map_owner)
        return;
    if (needs_eoi(irq))
        (void)bit_test_and_set(eoi_map, pirq);
    else
        (void)bit_test_and_clear(eoi_map, pirq);
}

/* ---- Lines ---- */

/* Give the line a vector and route it there; it is left masked. */
static int line_connect(struct irq *irq)
{
    unsigned cpu;
    int rc = vector_alloc(pirq_of(irq), 1, &cpu, &irq->vector);

    if (rc)
        return rc;
    irq->cpu = (uint16_t)cpu;
    ioapic_route(pirq_of(irq), irq->vector, cpu_apic_id[cpu], irq->is_level,
                 irq->is_active_low);
    return 0;
}

static void line_disconnect(struct irq *irq)
{
    ioapic_mask(pirq_of(irq));
    vector_free(irq->cpu, irq->vector, 1);
    irq->vector = 0;
    irq->awaits_eoi = false;
}

int irq_map_gsi(struct domain *d, unsigned gsi)
{
    struct irq *irq;
    int rc = 0;

    if (!is_line(gsi))
        return -EINVAL;
    irq = &irq_table[index_nospec(gsi, IRQ_PIRQ_COUNT)];
    spin_lock(&irq_lock);
    if (irq->action) {
        rc = -EPERM;
    } else if (irq->kind != IRQ_FREE && irq->owner != d) {
        rc = -EBUSY;
    } else {
        irq->kind = IRQ_LINE;
        irq->owner = d;
        update_eoi_map(irq);
    }
    spin_unlock(&irq_lock);
    return rc;
}

int irq_setup_gsi(unsigned gsi, bool is_level, bool is_active_low)
{
    struct irq *irq;
    int rc = 0;

    if (!is_line(gsi))
        return -EINVAL;
    irq = &irq_table[index_nospec(gsi, IRQ_PIRQ_COUNT)];
    spin_lock(&irq_lock);
    if (irq->action) {
        rc = -EPERM;
    } else if (irq->is_level == is_level &&
               irq->is_active_low == is_active_low) {
        rc = 0;
    } else if (irq->is_bound) {
        rc = -EBUSY;
    } else {
        irq->is_level = is_level;
        irq->is_active_low = is_active_low;
        update_eoi_map(irq);
    }
    spin_unlock(&irq_lock);
    return rc;
}

/* ---- Numbers for messages ---- */

static bool is_usable(const struct domain *d, unsigned pirq)
{
    const struct irq *irq = &irq_table[pirq];

    return irq->kind == IRQ_FREE ||
           (irq->kind == IRQ_RESERVED && irq->owner == d);
}

static bool is_run_free(unsigned first, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (irq_table[first + i].kind != IRQ_FREE)
            return false;
    return true;
}

int irq_find_messages(struct domain *d, int wanted, unsigned count,
                      unsigned *first)
{
    unsigned pirq;

    if (wanted >= 0) {
        pirq = (unsigned)wanted;
        if (pirq < first_message() || pirq >= IRQ_PIRQ_COUNT ||
            count > IRQ_PIRQ_COUNT - pirq)
            return -EINVAL;
        for (unsigned i = 0; i < count; i++)
            if (!is_usable(d, pirq + i))
                return -EEXIST;
        *first = pirq;
        return 0;
    }
    for (pirq = first_message(); pirq + count <= IRQ_PIRQ_COUNT; pirq++) {
        if (is_run_free(pirq, count)) {
            *first = pirq;
            return 0;
        }
    }
    return -ENOSPC;
}

int irq_reserve(struct domain *d, unsigned *pirq)
{
    int rc;

    spin_lock(&irq_lock);
    rc = irq_find_messages(d, -1, 1, pirq);
    if (!rc) {
        irq_table[*pirq].kind = IRQ_RESERVED;
        irq_table[*pirq].owner = d;
    }
    spin_unlock(&irq_lock);
    return rc;
}

/* ---- Binding to a guest ---- */

int irq_bind_guest(struct domain *d, unsigned pirq, bool share)
{
    struct irq *irq;
    int rc = 0;

    spin_lock(&irq_lock);
    irq = irq_of(d, pirq);
    if (!irq)
        rc = -EINVAL;
    else if (irq->is_bound)
        rc = -EBUSY;
    else if (irq->kind == IRQ_LINE)
        rc = line_connect(irq);
    if (!rc) {
        irq->is_bound = true;
        irq->is_shared = share;
        update_eoi_map(irq);
        if (irq->kind == IRQ_LINE)
            ioapic_unmask(pirq);
        else
            msi_set_mask(irq->msi, pirq, false);
    }
    spin_unlock(&irq_lock);
    return rc;
}

static void unbind(struct irq *irq)
{
    if (!irq->is_bound)
        return;
    irq->is_bound = false;
    if (irq->kind == IRQ_LINE)
        line_disconnect(irq);
    else
        msi_set_mask(irq->msi, pirq_of(irq), true);
}

void irq_unbind_guest(struct domain *d, unsigned pirq)
{
    struct irq *irq;

    spin_lock(&irq_lock);
    irq = irq_of(d, pirq);
    if (irq)
        unbind(irq);
    spin_unlock(&irq_lock);
}

void irq_guest_eoi(struct domain *d, unsigned pirq)
{
    struct irq *irq;

    spin_lock(&irq_lock);
    irq = irq_of(d, pirq);
    if (irq && irq->is_bound && irq->awaits_eoi) {
        irq->awaits_eoi = false;
        ioapic_unmask(pirq);
    }
    spin_unlock(&irq_lock);
}

/* ---- Questions ---- */

bool irq_is_mapped(struct domain *d, unsigned pirq)
{
    bool is_mapped;

    spin_lock(&irq_lock);
    is_mapped = irq_of(d, pirq) != NULL;
    spin_unlock(&irq_lock);
    return is_mapped;
}

bool irq_needs_eoi(struct domain *d, unsigned pirq)
{
    const struct irq *irq;
    bool needs;

    spin_lock(&irq_lock);
    irq = irq_of(d, pirq);
    needs = irq && needs_eoi(irq);
    spin_unlock(&irq_lock);
    return needs;
}

bool irq_is_shared(struct domain *d, unsigned pirq)
{
    const struct irq *irq;
    bool is_shared;

    spin_lock(&irq_lock);
    irq = irq_of(d, pirq);
    is_shared = irq && irq->is_bound && irq->is_shared;
    spin_unlock(&irq_lock);
    return is_shared;
}

int irq_set_eoi_map(struct domain *d, uint64_t *map)
{
    int rc = 0;

    spin_lock(&irq_lock);
    if (eoi_map) {
        rc = -EBUSY;
    } else {
        eoi_map = map;
        eoi_map_owner = d;
        for (unsigned pirq = 0; pirq < IRQ_PIRQ_COUNT; pirq++)
            update_eoi_map(&irq_table[pirq]);
    }
    spin_unlock(&irq_lock);
    return rc;
}

const void *irq_eoi_map(void)
{
    return READ_ONCE(eoi_map);
}

/* ---- Unmapping ---- */

/* The numbers that belong together: a line's one, a message group's all. */
static unsigned group_count(const struct irq *irq)
{
    return irq->kind == IRQ_MESSAGE ? msi_count(irq->msi) : 1;
}

static void unmap_group(struct irq *first)
{
    unsigned count = group_count(first);

    for (unsigned i = 0; i < count; i++)
        unbind(&first[i]);
    if (first->kind == IRQ_MESSAGE) {
        vector_free(first->cpu, first->vector, count);
        msi_destroy(first->msi);
    }
    for (unsigned i = 0; i < count; i++) {
        struct irq *irq = &first[i];
        bool is_level = irq->is_level, is_active_low = irq->is_active_low;

        *irq = (struct irq){
            .is_level = is_level,
            .is_active_low = is_active_low,
        };
    }
}

int irq_unmap(struct domain *d, unsigned pirq)
{
    struct irq *irq = NULL;
    int rc = 0;

    spin_lock(&irq_lock);
    if (pirq < IRQ_PIRQ_COUNT)
        irq = &irq_table[index_nospec(pirq, IRQ_PIRQ_COUNT)];
    if (!irq || irq->kind == IRQ_FREE || irq->owner != d ||
        (irq->kind == IRQ_MESSAGE && msi_first_pirq(irq->msi) != pirq))
        rc = -EINVAL;
    for (unsigned i = 0; !rc && i < group_count(irq); i++)
        if (irq[i].is_bound)
            rc = -EBUSY;
    if (!rc) {
        if (irq->kind == IRQ_LINE && eoi_map && d == eoi_map_owner)
            (void)bit_test_and_clear(eoi_map, pirq);
        unmap_group(irq);
    }
    spin_unlock(&irq_lock);
    return rc;
}

void irq_release_domain(struct domain *d)
{
    spin_lock(&irq_lock);
    if (eoi_map_owner == d) {
        eoi_map = NULL;
        eoi_map_owner = NULL;
    }
    for (unsigned pirq = 0; pirq < IRQ_PIRQ_COUNT; pirq++) {
        struct irq *irq = &irq_table[pirq];

        if (irq->kind != IRQ_FREE && irq->owner == d && !irq->action)
            unmap_group(irq);
    }
    spin_unlock(&irq_lock);
}

/* ---- The interrupt itself ---- */

/* Whom to tell of the interrupt; NULL: nobody. */
static struct domain *accept(unsigned pirq)
{
    struct irq *irq = &irq_table[pirq];
    struct domain *d;

    spin_lock(&irq_lock);
    d = irq->is_bound ? irq->owner : NULL;
    if (d && needs_eoi(irq)) {
        irq->awaits_eoi = true;
        ioapic_mask(pirq);
    }
    spin_unlock(&irq_lock);
    return d;
}

static void handle_device(uint8_t vector)
{
    unsigned pirq = vector_lookup(cpu_id(), vector);
    void (*action)(void);
    struct domain *d;

    if (pirq == VECTOR_NONE) {
        apic_eoi();
        log_guest(LOG_WARNING, "irq: unexpected vector %#x on CPU %u", vector,
                  cpu_id());
        return;
    }
    action = READ_ONCE(irq_table[pirq].action);
    if (action) {
        action();
        apic_eoi();
        return;
    }
    d = accept(pirq);
    apic_eoi();
    if (d)
        event_pirq_raise(d, pirq);
}

void irq_handle(uint8_t vector, struct cpu_regs *regs)
{
    (void)regs;
    switch (vector) {
    case VECTOR_IPI_WAKE:
        apic_eoi();
        gather_join();
        break;
    case VECTOR_IPI_FLUSH:
        apic_eoi();
        tlb_serve_request();
        break;
    case VECTOR_TIMER:
        apic_eoi();
        timer_interrupt();
        break;
    case VECTOR_IPI_STOP:
        apic_eoi();
        power_stop_cpu();
    case VECTOR_ERROR:
        apic_report_error();
        apic_eoi();
        break;
    case VECTOR_SPURIOUS:
        break; /* is not in service, so there is nothing to end */
    default:
        if (vector > VECTOR_PIC_LAST)
            handle_device(vector);
        break;
    }
}

/* ---- Set-up ---- */

/*
 * Until dom0 says otherwise: ISA lines in ISA's way or as an override has it,
 * all others in PCI's.
 */
static void set_default_triggers(void)
{
    for (unsigned gsi = ACPI_ISA_IRQS; gsi < IRQ_PIRQ_COUNT; gsi++)
        irq_table[gsi].is_level = irq_table[gsi].is_active_low = true;
    for (unsigned isa = 0; isa < ACPI_ISA_IRQS; isa++) {
        const struct acpi_isa_irq *i = &acpi_info.isa_irqs[isa];
        bool is_override = i->gsi != isa || i->is_level || i->is_active_low;

        if (is_override && i->gsi < IRQ_PIRQ_COUNT) {
            irq_table[i->gsi].is_level = i->is_level;
            irq_table[i->gsi].is_active_low = i->is_active_low;
        }
    }
}

/* com1's line is ours, on the boot CPU. */
static void connect_serial(void)
{
    int isa = serial_irq();
    struct irq *irq;
    int rc;

    if (isa < 0 || isa >= ACPI_ISA_IRQS ||
        !is_line(acpi_info.isa_irqs[isa].gsi))
        return;
    irq = &irq_table[acpi_info.isa_irqs[isa].gsi];
    spin_lock(&irq_lock);
    irq->kind = IRQ_LINE;
    irq->action = serial_interrupt;
    rc = line_connect(irq);
    if (!rc) {
        irq->is_bound = true;
        ioapic_unmask(pirq_of(irq));
    }
    spin_unlock(&irq_lock);
    if (!rc)
        serial_enable_interrupt();
}

void irq_init(void)
{
    ioapic_init();
    if (vector_init())
        panic("irq: out of memory for the vector tables");
    set_default_triggers();
    connect_serial();
}
