/* SPDX-License-Identifier: MIT */
/*
 * Errors of the hypercall table that belong to no family's own story: values
 * out of range, and what is left when all event channels are in use.
 */
#include "abi/errno.h"
#include "abi/event_channel.h"
#include "abi/grant_table.h"
#include "abi/physdev.h"
#include "abi/platform.h"
#include "abi/sched.h"
#include "abi/vcpu.h"
#include "abi/xen.h"
#include "hypercall.h"
#include "mem.h"
#include "test.h"

#define NOT_CANONICAL 0x8000000000000000ul

TEST(set_callbacks_einval_address, COVERS(set_callbacks, EINVAL))
{
    if (test_on_xen())
        SKIP("Xen takes any address here");
    for (unsigned i = 0; i < 3; i++)
        CHECK_EQ(hypercall(__HYPERVISOR_set_callbacks,
                           i == 0 ? NOT_CANONICAL : 0,
                           i == 1 ? NOT_CANONICAL : 0,
                           i == 2 ? HYPERVISOR_VIRT_START : 0),
                 -XEN_EINVAL);
}

TEST(platform_op_settime32_einval_nsecs, COVERS(platform_op.settime32, EINVAL))
{
    struct xen_platform_op op = {
        .cmd = XENPF_settime32,
        .interface_version = XENPF_INTERFACE_VERSION,
    };

    if (test_on_xen())
        SKIP("Xen takes any number of nanoseconds");
    op.u.settime32.secs = 1000000000;
    op.u.settime32.nsecs = 1000000000;
    CHECK_EQ(hypercall(__HYPERVISOR_platform_op, &op), -XEN_EINVAL);
}

TEST(set_debugreg_einval_high_bits, COVERS(set_debugreg, EINVAL))
{
    if (test_on_xen())
        SKIP("Xen cuts the upper half");
    CHECK_EQ(hypercall(__HYPERVISOR_set_debugreg, 7, 1ul << 32), -XEN_EINVAL);
    CHECK_EQ(hypercall(__HYPERVISOR_set_debugreg, 6, 1ul << 63), -XEN_EINVAL);
}

TEST(console_io_write_e2big, COVERS(console_io, E2BIG))
{
    if (test_on_xen())
        SKIP("Xen has no such limit");
    CHECK_EQ(
        hypercall(__HYPERVISOR_console_io, CONSOLEIO_write, 65537, family_name),
        -XEN_E2BIG);
}

TEST(grant_table_op_get_version_esrch,
     COVERS(grant_table_op.get_version, ESRCH))
{
    struct gnttab_get_version gv = {.dom = 77};

    CHECK_EQ(
        hypercall(__HYPERVISOR_grant_table_op, GNTTABOP_get_version, &gv, 1),
        -XEN_ESRCH);
}

TEST(vcpu_op_send_nmi_einval_argument, COVERS(vcpu_op.send_nmi, EINVAL))
{
    CHECK_EQ(hypercall(__HYPERVISOR_vcpu_op, VCPUOP_send_nmi, 0, family_name),
             -XEN_EINVAL);
}

TEST(sched_op_shutdown_einval_reason,
     COVERS(sched_op.shutdown, EINVAL) COVERS(sched_op.shutdown_code, EINVAL))
{
    struct sched_shutdown s = {.reason = 99};

    if (test_on_xen())
        SKIP("Xen's dom0 takes the machine down for any reason");
    CHECK_EQ(hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown, &s),
             -XEN_EINVAL);
    CHECK_EQ(hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown_code, &s),
             -XEN_EINVAL);
}

TEST(sched_op_remote_shutdown_esrch, COVERS(sched_op.remote_shutdown, ESRCH))
{
    struct sched_remote_shutdown r = {.domain_id = 77,
                                      .reason = SHUTDOWN_poweroff};

    CHECK_EQ(hypercall(__HYPERVISOR_sched_op, SCHEDOP_remote_shutdown, &r),
             -XEN_ESRCH);
}

static long event(unsigned cmd, void *arg)
{
    return hypercall(__HYPERVISOR_event_channel_op, cmd, arg);
}

TEST(event_channel_op_enospc,
     COVERS(event_channel_op.bind_virq, ENOSPC)
         COVERS(event_channel_op.bind_ipi, ENOSPC)
             COVERS(event_channel_op.bind_interdomain, ENOSPC))
{
    struct evtchn_alloc_unbound unbound = {.dom = DOMID_SELF,
                                           .remote_dom = DOMID_SELF};
    struct evtchn_bind_virq virq = {.virq = VIRQ_DEBUG};
    struct evtchn_bind_ipi ipi = {.vcpu = 0};
    struct evtchn_bind_interdomain inter = {.remote_dom = DOMID_SELF};
    static uint32_t ports[4096];
    unsigned count = 0;

    while (count < 4096 && !event(EVTCHNOP_alloc_unbound, &unbound))
        ports[count++] = unbound.port;
    CHECK(count > 1000);
    CHECK_EQ(event(EVTCHNOP_bind_virq, &virq), -XEN_ENOSPC);
    CHECK_EQ(event(EVTCHNOP_bind_ipi, &ipi), -XEN_ENOSPC);
    inter.remote_port = ports[0];
    CHECK_EQ(event(EVTCHNOP_bind_interdomain, &inter), -XEN_ENOSPC);
    while (count--) {
        struct evtchn_close c = {.port = ports[count]};

        CHECK_EQ(event(EVTCHNOP_close, &c), 0);
    }
}

static long physdev(unsigned cmd, void *arg)
{
    return hypercall(__HYPERVISOR_physdev_op, cmd, arg);
}

TEST(physdev_op_einval_values,
     COVERS(physdev_op.apic_read, EINVAL)
         COVERS(physdev_op.get_free_pirq, EINVAL)
             COVERS(physdev_op.pci_mmcfg_reserved, EINVAL))
{
    struct physdev_apic apic = {.apic_physbase = 0x1000};
    struct physdev_get_free_pirq pirq = {.type = 99};
    struct physdev_pci_mmcfg_reserved mmcfg = {
        .address = 0x123456, .segment = 7, .start_bus = 9, .end_bus = 3};

    CHECK_EQ(physdev(PHYSDEVOP_apic_read, &apic), -XEN_EINVAL);
    if (test_on_xen())
        SKIP("Xen takes the other values");
    CHECK_EQ(physdev(PHYSDEVOP_get_free_pirq, &pirq), -XEN_EINVAL);
    CHECK_EQ(physdev(PHYSDEVOP_pci_mmcfg_reserved, &mmcfg), -XEN_EINVAL);
}

TEST(physdev_op_pci_mmcfg_reserved_enodev,
     COVERS(physdev_op.pci_mmcfg_reserved, ENODEV))
{
    struct physdev_pci_mmcfg_reserved mmcfg = {.address = 0x40000000000ul,
                                               .segment = 7,
                                               .start_bus = 0,
                                               .end_bus = 255,
                                               .flags = XEN_PCI_MMCFG_RESERVED};

    CHECK_EQ(physdev(PHYSDEVOP_pci_mmcfg_reserved, &mmcfg), -XEN_ENODEV);
}
