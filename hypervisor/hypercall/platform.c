/* SPDX-License-Identifier: MIT */
/*
 * platform_op: what dom0 asks about and of the machine. The table lets
 * privileged domains only come here (-EPERM). -EFAULT when the argument can't
 * be read or written back; -EACCES for another interface version; -ENOSYS for
 * what is not here.
 */
#include "abi/platform.h"

#include "cpu/percpu.h"
#include "domain/domain.h"
#include "hypercall/handlers.h"
#include "lib/errno.h"
#include "lib/nospec.h"
#include "mm/guest_access.h"
#include "platform/acpi.h"
#include "platform/power.h"
#include "pv/time.h"
#include "sched/sched.h"
#include "time/clock.h"

#define NS_PER_SECOND 1000000000UL
/* Beyond these seconds, in nanoseconds 64 bits would not do. */
#define SECONDS_MAX (1UL << 34)
/* The work of one call is bounded. */
#define IDLE_CPUS_MAX 512

static int settime(uint64_t seconds, uint32_t ns, uint64_t system_ns)
{
    if (seconds >= SECONDS_MAX || ns >= NS_PER_SECOND)
        return -EINVAL;
    clock_wall_set(seconds * NS_PER_SECOND + ns, system_ns);
    time_wall_changed();
    return 0;
}

static int firmware_info(struct xenpf_firmware_info *f)
{
    switch (f->type) {
    case XEN_FW_DISK_INFO:
    case XEN_FW_DISK_MBR_SIGNATURE:
    case XEN_FW_VBEDDC_INFO:
        /* We never called the BIOS, so there is nothing to tell. */
        return -ESRCH;
    case XEN_FW_EFI_INFO:
        /* Runtime services are not offered; ACPI comes by acpi_rsdp=. */
        return -ENOSYS;
    case XEN_FW_KBD_SHIFT_FLAGS:
        f->u.kbd_shift_flags = acpi_info.kbd_shift_flags;
        return 0;
    default:
        return -EINVAL;
    }
}

static int enter_acpi_sleep(const struct xenpf_enter_acpi_sleep *s)
{
    if (s->flags & ~XENPF_ACPI_SLEEP_EXTENDED)
        return -EINVAL;
    return power_enter_sleep(s->sleep_state, s->val_a, s->val_b,
                             s->flags & XENPF_ACPI_SLEEP_EXTENDED);
}

static uint32_t acpi_id_of(uint32_t apic_id)
{
    for (unsigned i = 0; i < acpi_info.cpu_count; i++)
        if (acpi_info.cpus[i].apic_id == apic_id)
            return acpi_info.cpus[i].acpi_id;
    return ~0U;
}

static int get_cpuinfo(struct xenpf_pcpuinfo *p)
{
    unsigned cpu = p->xen_cpuid;

    p->max_present = cpu_count - 1;
    if (cpu >= cpu_count) {
        p->flags = XEN_PCPU_FLAGS_INVALID;
        p->apic_id = p->acpi_id = ~0U;
        return 0;
    }
    cpu = (unsigned)index_nospec(cpu, CONFIG_NR_CPUS);
    p->flags = bit_test(cpu_online.w, cpu) ? XEN_PCPU_FLAGS_ONLINE : 0;
    p->apic_id = cpu_apic_id[cpu];
    p->acpi_id = acpi_id_of(cpu_apic_id[cpu]);
    return 0;
}

/* One CPU's idle time to the guest's array. *exists: there is such a CPU. */
static int put_idle_time(unsigned cpu, void __guest *idletime, bool *exists)
{
    struct vcpu *idle = NULL;
    uint64_t ns = 0;

    *exists = cpu < cpu_count && bit_test(cpu_online.w, cpu);
    if (*exists)
        idle = domain_vcpu(idle_domain, cpu);
    if (idle)
        ns = sched_cpu_time_ns(idle);
    return guest_write((uint64_t __guest *)idletime + cpu, &ns, sizeof(ns));
}

static int getidletime(struct xenpf_getidletime *g)
{
    uint8_t __guest *map = (uint8_t __guest *)g->cpumap_bitmap;

    if (g->cpumap_nr_cpus > IDLE_CPUS_MAX)
        return -EINVAL;
    g->now = clock_now_ns();
    for (unsigned byte = 0; byte * 8 < g->cpumap_nr_cpus; byte++) {
        uint8_t bits;
        int rc = guest_read(&bits, map + byte, 1);

        for (unsigned i = 0; i < 8 && !rc; i++) {
            bool exists = false;

            if (byte * 8 + i < g->cpumap_nr_cpus && (bits >> i & 1))
                rc = put_idle_time(byte * 8 + i, (void __guest *)g->idletime,
                                   &exists);
            if (!exists)
                bits &= (uint8_t) ~(1U << i);
        }
        if (!rc)
            rc = guest_write(map + byte, &bits, 1);
        if (rc)
            return rc;
    }
    return 0;
}

static int perform(struct xen_platform_op *op)
{
    const struct xenpf_settime32 *t32 = &op->u.settime32;
    const struct xenpf_settime64 *t64 = &op->u.settime64;

    switch (op->cmd) {
    case XENPF_settime32:
        return settime(t32->secs, t32->nsecs, t32->system_time);
    case XENPF_settime64:
        return t64->mbz ? -EINVAL
                        : settime(t64->secs, t64->nsecs, t64->system_time);
    case XENPF_firmware_info:
        return firmware_info(&op->u.firmware_info);
    case XENPF_enter_acpi_sleep:
        return enter_acpi_sleep(&op->u.enter_acpi_sleep);
    case XENPF_get_cpuinfo:
        return get_cpuinfo(&op->u.pcpu_info);
    case XENPF_getidletime:
        return getidletime(&op->u.getidletime);
    default:
        return -ENOSYS;
    }
}

/* args: a struct xen_platform_op, read and on success written back whole. */
int64_t hypercall_platform_op(struct vcpu *v, const uint64_t args[6])
{
    void __guest *arg = (void __guest *)args[0];
    struct xen_platform_op op;
    int rc;

    if (!v->domain->is_privileged)
        return -EPERM;
    rc = guest_read(&op, arg, sizeof(op));
    if (rc)
        return rc;
    if (op.interface_version != XENPF_INTERFACE_VERSION)
        return -EACCES;
    rc = perform(&op);
    return rc ? rc : guest_write(arg, &op, sizeof(op));
}
