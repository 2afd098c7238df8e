/* SPDX-License-Identifier: MIT */
/*
 * physdev_op: interrupts, I/O rights and PCI devices.
 *
 * What touches the machine is for privileged domains (-EPERM); -EFAULT when
 * the argument can't be read or written back; -ENOSYS for what is not here.
 */
#include "abi/physdev.h"

#include "domain/domain.h"
#include "event/evtchn.h"
#include "hypercall/handlers.h"
#include "lib/errno.h"
#include "mm/frame.h"
#include "mm/guest_access.h"
#include "mm/map.h"
#include "platform/acpi.h"
#include "platform/ioapic.h"
#include "platform/irq.h"
#include "platform/msi.h"
#include "platform/pci.h"

#define IOPORT_COUNT  65536U
#define MSI_COUNT_MAX 32

/* ---- A guest's own interrupts and rights ---- */

static int eoi(struct vcpu *v, void __guest *arg)
{
    struct domain *d = v->domain;
    struct physdev_eoi in;
    uint32_t port;
    int rc = guest_read(&in, arg, sizeof(in));

    if (rc)
        return rc;
    if (!irq_is_mapped(d, in.irq))
        return -EINVAL;
    port = event_pirq_port(d, in.irq);
    if (d->pirq_eoi_unmasks && port) {
        rc = evtchn_unmask(d, port);
        if (rc)
            return rc;
    }
    irq_guest_eoi(d, in.irq);
    return 0;
}

static int irq_status_query(struct vcpu *v, void __guest *arg)
{
    struct physdev_irq_status_query q;
    int rc = guest_read(&q, arg, sizeof(q));

    if (rc)
        return rc;
    if (!irq_is_mapped(v->domain, q.irq))
        return -EINVAL;
    q.flags = irq_needs_eoi(v->domain, q.irq) ? XENIRQSTAT_needs_eoi : 0;
    q.flags |= irq_is_shared(v->domain, q.irq) ? XENIRQSTAT_shared : 0;
    return guest_write(arg, &q, sizeof(q));
}

static int set_eoi_page(struct vcpu *v, void __guest *arg, bool unmasks)
{
    struct domain *d = v->domain;
    struct physdev_pirq_eoi_gmfn in;
    int rc = guest_read(&in, arg, sizeof(in));

    if (rc)
        return rc;
    if (!d->is_privileged)
        return -EPERM;
    rc = frame_get_writable(MFN(in.gmfn), d->mm.domid);
    if (rc)
        return rc;
    rc = irq_set_eoi_map(d, mfn_to_virt(MFN(in.gmfn)));
    if (rc) {
        frame_put_writable(MFN(in.gmfn));
        return rc;
    }
    d->event.eoi_mfn = MFN(in.gmfn);
    d->pirq_eoi_unmasks = unmasks;
    return 0;
}

static int set_iopl(struct vcpu *v, void __guest *arg)
{
    struct physdev_set_iopl in;
    int rc = guest_read(&in, arg, sizeof(in));

    if (rc)
        return rc;
    if (in.iopl > 3)
        return -EINVAL;
    v->pv.iopl = (uint8_t)in.iopl;
    return 0;
}

static int set_iobitmap(struct vcpu *v, void __guest *arg)
{
    struct physdev_set_iobitmap in;
    int rc = guest_read(&in, arg, sizeof(in));

    if (rc)
        return rc;
    if (in.nr_ports > IOPORT_COUNT ||
        !guest_range_ok((const void __guest *)in.bitmap, (in.nr_ports + 7) / 8))
        return -EINVAL;
    v->pv.iobitmap = (const void *)in.bitmap;
    v->pv.iobitmap_ports = in.nr_ports;
    return 0;
}

/* ---- IO-APICs ---- */

static int apic_read(struct vcpu *v, void __guest *arg)
{
    struct physdev_apic a;
    unsigned idx;
    int rc = guest_read(&a, arg, sizeof(a));

    if (rc)
        return rc;
    if (!v->domain->is_privileged)
        return -EPERM;
    if (!ioapic_find(a.apic_physbase, &idx))
        return -EINVAL;
    rc = ioapic_read(idx, a.reg, &a.value);
    return rc ? rc : guest_write(arg, &a, sizeof(a));
}

/*
 * The pins are ours: of a write to one only trigger mode and polarity count,
 * as with PHYSDEVOP_setup_gsi; a write to any other register does nothing.
 */
static int apic_write(struct vcpu *v, void __guest *arg)
{
    struct physdev_apic a;
    unsigned idx, gsi;
    uint32_t ignored;
    int rc = guest_read(&a, arg, sizeof(a));

    if (rc)
        return rc;
    if (!v->domain->is_privileged)
        return -EPERM;
    if (!ioapic_find(a.apic_physbase, &idx))
        return -EINVAL;
    if (ioapic_register_gsi(idx, a.reg, &gsi))
        return irq_setup_gsi(gsi, a.value & IOAPIC_LEVEL,
                             a.value & IOAPIC_ACTIVE_LOW);
    return ioapic_read(idx, a.reg, &ignored);
}

/* Vectors are the hypervisor's business: any answer will do. */
static int alloc_irq_vector(struct vcpu *v, void __guest *arg)
{
    struct physdev_irq i;
    int rc = guest_read(&i, arg, sizeof(i));

    if (rc)
        return rc;
    if (!v->domain->is_privileged)
        return -EPERM;
    i.vector = i.irq;
    return guest_write(arg, &i, sizeof(i));
}

static int setup_gsi(struct vcpu *v, void __guest *arg)
{
    struct physdev_setup_gsi in;
    int rc = guest_read(&in, arg, sizeof(in));

    if (rc)
        return rc;
    if (!v->domain->is_privileged)
        return -EPERM;
    if (in.gsi < 0 || in.triggering > 1 || in.polarity > 1)
        return -EINVAL;
    return irq_setup_gsi((unsigned)in.gsi, in.triggering, in.polarity);
}

/* ---- Mapping pirqs ---- */

/* The domain that is to have the pirq: so far the caller only. */
static bool is_caller(const struct vcpu *v, domid_t domid)
{
    return domid == DOMID_SELF || domid == v->domain->id;
}

static int map_gsi(struct domain *d, struct physdev_map_pirq *m)
{
    int rc;

    if (m->index < 0 || (m->pirq >= 0 && m->pirq != m->index))
        return -EINVAL;
    rc = irq_map_gsi(d, (unsigned)m->index);
    if (!rc)
        m->pirq = m->index;
    return rc;
}

static int map_message(struct domain *d, struct physdev_map_pirq *m)
{
    bool is_group = m->type == MAP_PIRQ_TYPE_MULTI_MSI;
    unsigned segment = (unsigned)m->bus >> 16, count = 1;
    uint32_t sbdf;

    if (m->type == MAP_PIRQ_TYPE_MSI)
        segment = 0;
    sbdf = PCI_SBDF(segment, m->bus & 0xff, m->devfn & 0xff);
    if (is_group) {
        if (m->table_base || m->entry_nr < 1 || m->entry_nr > MSI_COUNT_MAX)
            return -EINVAL;
        while (count < (unsigned)m->entry_nr)
            count *= 2;
        return msi_map(d, sbdf, false, 0, count, &m->pirq);
    }
    if (m->table_base && m->entry_nr < 0)
        return -EINVAL;
    return msi_map(d, sbdf, m->table_base, m->table_base ? m->entry_nr : 0, 1,
                   &m->pirq);
}

static int map_pirq(struct vcpu *v, void __guest *arg)
{
    struct physdev_map_pirq m;
    bool was_mapped;
    int rc = guest_read(&m, arg, sizeof(m));

    if (rc)
        return rc;
    if (!v->domain->is_privileged)
        return -EPERM;
    if (!is_caller(v, m.domid))
        return -ESRCH;
    was_mapped = m.type == MAP_PIRQ_TYPE_GSI && m.index >= 0 &&
                 irq_is_mapped(v->domain, (unsigned)m.index);
    switch (m.type) {
    case MAP_PIRQ_TYPE_GSI:
        rc = map_gsi(v->domain, &m);
        break;
    case MAP_PIRQ_TYPE_MSI:
    case MAP_PIRQ_TYPE_MSI_SEG:
    case MAP_PIRQ_TYPE_MULTI_MSI:
        rc = map_message(v->domain, &m);
        break;
    default:
        return -EINVAL;
    }
    if (rc)
        return rc;
    rc = guest_write(arg, &m, sizeof(m));
    /* A guest that can't be told the number can't give it back either. */
    if (rc && !was_mapped)
        rc = irq_unmap(v->domain, (unsigned)m.pirq) ? -EFAULT : rc;
    return rc;
}

static int unmap_pirq(struct vcpu *v, void __guest *arg)
{
    struct physdev_unmap_pirq in;
    int rc = guest_read(&in, arg, sizeof(in));

    if (rc)
        return rc;
    if (!v->domain->is_privileged)
        return -EPERM;
    if (!is_caller(v, in.domid))
        return -ESRCH;
    if (in.pirq < 0)
        return -EINVAL;
    return irq_unmap(v->domain, (unsigned)in.pirq);
}

static int get_free_pirq(struct vcpu *v, void __guest *arg)
{
    struct physdev_get_free_pirq g;
    unsigned pirq;
    int rc = guest_read(&g, arg, sizeof(g));

    if (rc)
        return rc;
    if (!v->domain->is_privileged)
        return -EPERM;
    if (g.type != MAP_PIRQ_TYPE_MSI)
        return -EINVAL;
    rc = irq_reserve(v->domain, &pirq);
    if (rc)
        return rc;
    g.pirq = pirq;
    rc = guest_write(arg, &g, sizeof(g));
    if (rc)
        rc = irq_unmap(v->domain, pirq) ? -EFAULT : rc;
    return rc;
}

/* ---- PCI devices ---- */

static int add_device(struct vcpu *v, void __guest *arg, unsigned cmd)
{
    struct physdev_pci_device_add in = {0};
    struct physdev_manage_pci old;
    int rc;

    if (cmd == PHYSDEVOP_pci_device_add) {
        rc = guest_read(&in, arg, sizeof(in));
    } else {
        /* Both old forms begin with bus and devfn. */
        rc = guest_read(&old, arg, sizeof(old));
        in.bus = rc ? 0 : old.bus;
        in.devfn = rc ? 0 : old.devfn;
    }
    if (rc)
        return rc;
    if (!v->domain->is_privileged)
        return -EPERM;
    return msi_add_device(PCI_SBDF(in.seg, in.bus, in.devfn));
}

/* The argument of calls that name a device, with a segment or without. */
static int read_device(struct vcpu *v, const void __guest *arg,
                       bool has_segment, uint32_t *sbdf)
{
    struct physdev_pci_device dev;
    struct physdev_restore_msi old;
    int rc;

    if (has_segment) {
        rc = guest_read(&dev, arg, sizeof(dev));
    } else {
        rc = guest_read(&old, arg, sizeof(old));
        if (!rc)
            dev = (struct physdev_pci_device){0, old.bus, old.devfn};
    }
    if (rc)
        return rc;
    if (!v->domain->is_privileged)
        return -EPERM;
    *sbdf = PCI_SBDF(dev.seg, dev.bus, dev.devfn);
    return 0;
}

static int device_op(struct vcpu *v, void __guest *arg, unsigned cmd)
{
    bool has_segment =
        cmd != PHYSDEVOP_manage_pci_remove && cmd != PHYSDEVOP_restore_msi;
    uint32_t sbdf;
    int rc = read_device(v, arg, has_segment, &sbdf);

    if (rc)
        return rc;
    switch (cmd) {
    case PHYSDEVOP_manage_pci_remove:
    case PHYSDEVOP_pci_device_remove:
        msi_remove_device(sbdf);
        return 0;
    case PHYSDEVOP_restore_msi:
    case PHYSDEVOP_restore_msi_ext:
        msi_restore(sbdf);
        return 0;
    case PHYSDEVOP_prepare_msix:
        return msi_prepare(sbdf);
    default:
        return msi_release(sbdf);
    }
}

static int pci_mmcfg_reserved(struct vcpu *v, void __guest *arg)
{
    struct physdev_pci_mmcfg_reserved in;
    int rc = guest_read(&in, arg, sizeof(in));

    if (rc)
        return rc;
    if (!v->domain->is_privileged)
        return -EPERM;
    if (in.flags & ~XEN_PCI_MMCFG_RESERVED || in.start_bus > in.end_bus)
        return -EINVAL;
    for (unsigned i = 0; i < acpi_info.mcfg_count; i++) {
        const struct acpi_mcfg *m = &acpi_info.mcfg[i];

        if (m->address == in.address && m->segment == in.segment &&
            in.start_bus >= m->first_bus && in.end_bus <= m->last_bus)
            return 0;
    }
    return -ENODEV;
}

/* A USB debug port would lose its state, but we never use one. */
static int dbgp_op(struct vcpu *v, void __guest *arg)
{
    struct physdev_dbgp_op in;
    int rc = guest_read(&in, arg, sizeof(in));

    if (rc)
        return rc;
    if (!v->domain->is_privileged)
        return -EPERM;
    if ((in.op != PHYSDEVOP_DBGP_RESET_PREPARE &&
         in.op != PHYSDEVOP_DBGP_RESET_DONE) ||
        in.bus > PHYSDEVOP_DBGP_BUS_PCI)
        return -EINVAL;
    return 0;
}

/* args: command, its argument. */
int64_t hypercall_physdev_op(struct vcpu *v, const uint64_t args[6])
{
    void __guest *arg = (void __guest *)args[1];
    unsigned cmd = (unsigned)args[0];

    switch (cmd) {
    case PHYSDEVOP_eoi:
        return eoi(v, arg);
    case PHYSDEVOP_irq_status_query:
        return irq_status_query(v, arg);
    case PHYSDEVOP_pirq_eoi_gmfn_v1:
    case PHYSDEVOP_pirq_eoi_gmfn_v2:
        return set_eoi_page(v, arg, cmd == PHYSDEVOP_pirq_eoi_gmfn_v1);
    case PHYSDEVOP_set_iopl:
        return set_iopl(v, arg);
    case PHYSDEVOP_set_iobitmap:
        return set_iobitmap(v, arg);
    case PHYSDEVOP_apic_read:
        return apic_read(v, arg);
    case PHYSDEVOP_apic_write:
        return apic_write(v, arg);
    case PHYSDEVOP_alloc_irq_vector:
    case PHYSDEVOP_free_irq_vector:
        return alloc_irq_vector(v, arg);
    case PHYSDEVOP_setup_gsi:
        return setup_gsi(v, arg);
    case PHYSDEVOP_map_pirq:
        return map_pirq(v, arg);
    case PHYSDEVOP_unmap_pirq:
        return unmap_pirq(v, arg);
    case PHYSDEVOP_get_free_pirq:
        return get_free_pirq(v, arg);
    case PHYSDEVOP_manage_pci_add:
    case PHYSDEVOP_manage_pci_add_ext:
    case PHYSDEVOP_pci_device_add:
        return add_device(v, arg, cmd);
    case PHYSDEVOP_manage_pci_remove:
    case PHYSDEVOP_pci_device_remove:
    case PHYSDEVOP_restore_msi:
    case PHYSDEVOP_restore_msi_ext:
    case PHYSDEVOP_prepare_msix:
    case PHYSDEVOP_release_msix:
        return device_op(v, arg, cmd);
    case PHYSDEVOP_pci_mmcfg_reserved:
        return pci_mmcfg_reserved(v, arg);
    case PHYSDEVOP_dbgp_op:
        return dbgp_op(v, arg);
    default:
        return -ENOSYS;
    }
}
