/* SPDX-License-Identifier: MIT */
/*
 * platform_op and physdev_op: what dom0 asks about the machine and its
 * interrupts. set_iobitmap and set_iopl: emulate_user.c.
 */
#include "guest.h"
#include <abi/platform.h>

#define BAD_PTR ((void *)0xffff820000000000ul)

static struct xen_platform_op pop;

static long platform(unsigned cmd)
{
    pop.cmd = cmd;
    pop.interface_version = XENPF_INTERFACE_VERSION;
    return hypercall(__HYPERVISOR_platform_op, &pop);
}

static struct xen_platform_op *fresh(void)
{
    memset(&pop, 0, sizeof(pop));
    return &pop;
}

TEST(platform_op_efault, COVERS(platform_op, EFAULT))
{
    CHECK_EQ(hypercall(__HYPERVISOR_platform_op, BAD_PTR), -XEN_EFAULT);
    CHECK_EQ(hypercall(__HYPERVISOR_platform_op, -16ul), -XEN_EFAULT);
}

TEST(platform_op_eacces_version, COVERS(platform_op, EACCES))
{
    fresh()->cmd = XENPF_get_cpuinfo;
    pop.interface_version = XENPF_INTERFACE_VERSION + 1;
    CHECK_EQ(hypercall(__HYPERVISOR_platform_op, &pop), -XEN_EACCES);
    pop.interface_version = 0;
    CHECK_EQ(hypercall(__HYPERVISOR_platform_op, &pop), -XEN_EACCES);
}

TEST(platform_op_enosys, COVERS(platform_op, ENOSYS))
{
    fresh();
    CHECK_EQ(platform(0), -XEN_ENOSYS);
    CHECK_EQ(platform(99), -XEN_ENOSYS);
    CHECK_EQ(platform(~0u), -XEN_ENOSYS);
}

TEST(platform_op_settime64_ok, COVERS(platform_op.settime64, ok))
{
    struct shared_info *sh = mem_shared_info();
    uint32_t sec = sh->wc_sec;

    fresh();
    pop.u.settime64.secs = 1700000000;
    pop.u.settime64.system_time = 0;
    CHECK_EQ(platform(XENPF_settime64), 0);
    CHECK_EQ(*(volatile uint32_t *)&sh->wc_sec, 1700000000);
    CHECK_EQ(sh->wc_version & 1, 0);
    pop.u.settime64.secs = sec;
    CHECK_EQ(platform(XENPF_settime64), 0);
}

TEST(platform_op_settime64_einval_mbz, COVERS(platform_op.settime64, EINVAL))
{
    fresh();
    pop.u.settime64.mbz = 1;
    CHECK_EQ(platform(XENPF_settime64), -XEN_EINVAL);
}

TEST(platform_op_settime32_ok, COVERS(platform_op.settime32, ok))
{
    struct shared_info *sh = mem_shared_info();
    uint32_t sec = sh->wc_sec;
    long rc;

    fresh();
    pop.u.settime32.secs = sec;
    rc = platform(XENPF_settime32);
    CHECK_EQ(rc, 0);
}

TEST(platform_op_get_cpuinfo_ok, COVERS(platform_op.get_cpuinfo, ok))
{
    fresh();
    CHECK_EQ(platform(XENPF_get_cpuinfo), 0);
    CHECK(pop.u.pcpu_info.max_present < 256);
    CHECK_EQ(pop.u.pcpu_info.apic_id, 0);
    CHECK(pop.u.pcpu_info.flags & XEN_PCPU_FLAGS_ONLINE);
}

/* A CPU that is not there: flags invalid, or an error. */
TEST(platform_op_get_cpuinfo_no_cpu)
{
    long rc;

    fresh()->u.pcpu_info.xen_cpuid = 4000;
    rc = platform(XENPF_get_cpuinfo);
    CHECK(rc < 0 || (pop.u.pcpu_info.flags & XEN_PCPU_FLAGS_INVALID));
}

TEST(platform_op_firmware_info_errors,
     COVERS(platform_op.firmware_info, ESRCH)
         COVERS(platform_op.firmware_info, EINVAL))
{
    fresh()->u.firmware_info.type = 99;
    CHECK_EQ(platform(XENPF_firmware_info), -XEN_EINVAL);
    fresh()->u.firmware_info.type = XEN_FW_DISK_INFO;
    pop.u.firmware_info.index = 200;
    CHECK_EQ(platform(XENPF_firmware_info), -XEN_ESRCH);
}

TEST(platform_op_firmware_info_efi, COVERS(platform_op.firmware_info, ENOSYS))
{
    long rc;

    fresh()->u.firmware_info.type = XEN_FW_EFI_INFO;
    rc = platform(XENPF_firmware_info);
    CHECK(rc == -XEN_ENOSYS || rc == -XEN_EOPNOTSUPP || rc == 0);
}

TEST(platform_op_firmware_info_kbd, COVERS(platform_op.firmware_info, ok))
{
    long rc;

    fresh()->u.firmware_info.type = XEN_FW_KBD_SHIFT_FLAGS;
    rc = platform(XENPF_firmware_info);
    CHECK(rc == 0 || rc == -XEN_ESRCH || rc == -XEN_ENOSYS);
}

TEST(platform_op_enter_acpi_sleep_einval,
     COVERS(platform_op.enter_acpi_sleep, EINVAL))
{
    /* S0 and S6 are no states to go to; the flags are checked, too. */
    fresh()->u.enter_acpi_sleep.sleep_state = 99;
    CHECK_EITHER(platform(XENPF_enter_acpi_sleep), -XEN_EINVAL,
                 -XEN_EOPNOTSUPP);
    fresh()->u.enter_acpi_sleep.flags = 0x80;
    CHECK_EITHER(platform(XENPF_enter_acpi_sleep), -XEN_EINVAL,
                 -XEN_EOPNOTSUPP);
}

/* ---- physdev_op ---- */

static long physdev(unsigned cmd, void *arg)
{
    return hypercall(__HYPERVISOR_physdev_op, cmd, arg);
}

TEST(physdev_op_enosys, COVERS(physdev_op, ENOSYS))
{
    CHECK_EQ(physdev(0, NULL), -XEN_ENOSYS);
    CHECK_EQ(physdev(99, NULL), -XEN_ENOSYS);
    CHECK_EQ(physdev(~0u, NULL), -XEN_ENOSYS);
}

TEST(physdev_op_efault,
     COVERS(physdev_op.irq_status_query, EFAULT)
         COVERS(physdev_op.apic_read, EFAULT) COVERS(physdev_op.eoi, EFAULT)
             COVERS(physdev_op.alloc_irq_vector,
                    EFAULT) COVERS(physdev_op.map_pirq,
                                   EFAULT) COVERS(physdev_op.unmap_pirq, EFAULT)
                 COVERS(physdev_op.setup_gsi, EFAULT)
                     COVERS(physdev_op.get_free_pirq, EFAULT)
                         COVERS(physdev_op.pci_mmcfg_reserved, EFAULT)
                             COVERS(physdev_op.pci_device_add, EFAULT)
                                 COVERS(physdev_op.pirq_eoi_gmfn_v2, EFAULT))
{
    static const unsigned cmds[] = {
        PHYSDEVOP_irq_status_query,
        PHYSDEVOP_apic_read,
        PHYSDEVOP_eoi,
        PHYSDEVOP_alloc_irq_vector,
        PHYSDEVOP_map_pirq,
        PHYSDEVOP_unmap_pirq,
        PHYSDEVOP_setup_gsi,
        PHYSDEVOP_get_free_pirq,
        PHYSDEVOP_pci_mmcfg_reserved,
        PHYSDEVOP_pci_device_add,
        PHYSDEVOP_pirq_eoi_gmfn_v2,
    };

    for (unsigned i = 0; i < ARRAY_LEN(cmds); i++) {
        long rc = physdev(cmds[i], BAD_PTR);

        if (rc != -XEN_EFAULT)
            test_fail(__FILE__, __LINE__, "physdev %u: %ld", cmds[i], rc);
    }
}

TEST(physdev_op_irq_status_query_ok, COVERS(physdev_op.irq_status_query, ok))
{
    struct physdev_irq_status_query q = {.irq = 9};

    /* A GSI that nobody bound: Xen has flags for it all the same. */
    CHECK_EITHER(physdev(PHYSDEVOP_irq_status_query, &q), 0, -XEN_EINVAL);
}

TEST(physdev_op_irq_status_query_einval,
     COVERS(physdev_op.irq_status_query, EINVAL))
{
    struct physdev_irq_status_query q = {.irq = ~0u};

    CHECK_EQ(physdev(PHYSDEVOP_irq_status_query, &q), -XEN_EINVAL);
}

TEST(physdev_op_eoi_einval, COVERS(physdev_op.eoi, EINVAL))
{
    struct physdev_eoi e = {.irq = ~0u};

    CHECK_EQ(physdev(PHYSDEVOP_eoi, &e), -XEN_EINVAL);
}

TEST(physdev_op_apic_read_ok, COVERS(physdev_op.apic_read, ok))
{
    struct physdev_apic a = {.apic_physbase = 0xfec00000, .reg = 1};

    CHECK_EQ(physdev(PHYSDEVOP_apic_read, &a), 0);
    CHECK_EQ(a.value >> 16 & 0xff, 0x17); /* QEMU: 24 pins */
}

/* No such IO-APIC. */
TEST(physdev_op_apic_read_refused)
{
    struct physdev_apic a = {.apic_physbase = 0x12345000, .reg = 1};

    CHECK(physdev(PHYSDEVOP_apic_read, &a) < 0);
}

TEST(physdev_op_map_pirq_gsi_ok,
     COVERS(physdev_op.map_pirq, ok) COVERS(physdev_op.unmap_pirq, ok))
{
    struct physdev_setup_gsi gsi = {.gsi = 16, .triggering = 1, .polarity = 1};
    struct physdev_map_pirq map;
    struct physdev_unmap_pirq unmap;
    struct evtchn_bind_pirq bind;
    long rc;

    memset(&map, 0, sizeof(map));
    map.domid = DOMID_SELF;
    map.type = MAP_PIRQ_TYPE_GSI;
    map.index = 16;
    map.pirq = 16;
    CHECK_EQ(physdev(PHYSDEVOP_map_pirq, &map), 0);
    CHECK_EQ(map.pirq, 16);
    rc = physdev(PHYSDEVOP_setup_gsi, &gsi);
    CHECK(rc == 0 || rc == -XEN_EEXIST);
    memset(&bind, 0, sizeof(bind));
    bind.pirq = 16;
    rc = event_op(EVTCHNOP_bind_pirq, &bind);
    CHECK_EQ(rc, 0);
    if (rc == 0) {
        struct evtchn_status st = {.dom = DOMID_SELF, .port = bind.port};

        CHECK_EQ(event_op(EVTCHNOP_status, &st), 0);
        CHECK_EQ(st.status, EVTCHNSTAT_pirq);
        CHECK_EQ(st.u.pirq, 16);
        CHECK_EQ(event_op(EVTCHNOP_bind_pirq, &bind), -XEN_EEXIST);
        CHECK_EQ(event_close(bind.port), 0);
    }
    unmap.domid = DOMID_SELF;
    unmap.pirq = 16;
    CHECK_EQ(physdev(PHYSDEVOP_unmap_pirq, &unmap), 0);
}

TEST(physdev_op_map_pirq_einval, COVERS(physdev_op.map_pirq, EINVAL))
{
    struct physdev_map_pirq map;

    memset(&map, 0, sizeof(map));
    map.domid = DOMID_SELF;
    map.type = 99;
    map.pirq = -1;
    CHECK_EQ(physdev(PHYSDEVOP_map_pirq, &map), -XEN_EINVAL);
    map.type = MAP_PIRQ_TYPE_GSI;
    map.index = 100000;
    CHECK_EQ(physdev(PHYSDEVOP_map_pirq, &map), -XEN_EINVAL);
    map.index = -1;
    map.pirq = 0x7fffffff;
    CHECK_EQ(physdev(PHYSDEVOP_map_pirq, &map), -XEN_EINVAL);
}

TEST(physdev_op_map_pirq_esrch,
     COVERS(physdev_op.map_pirq, ESRCH) COVERS(physdev_op.unmap_pirq, ESRCH))
{
    struct physdev_map_pirq map;
    struct physdev_unmap_pirq unmap = {.domid = 77, .pirq = 5};

    memset(&map, 0, sizeof(map));
    map.domid = 77;
    map.type = MAP_PIRQ_TYPE_GSI;
    map.index = 17;
    map.pirq = 17;
    CHECK_EQ(physdev(PHYSDEVOP_map_pirq, &map), -XEN_ESRCH);
    CHECK_EQ(physdev(PHYSDEVOP_unmap_pirq, &unmap), -XEN_ESRCH);
}

TEST(physdev_op_unmap_pirq_einval, COVERS(physdev_op.unmap_pirq, EINVAL))
{
    struct physdev_unmap_pirq unmap = {.domid = DOMID_SELF, .pirq = 200};

    CHECK_EQ(physdev(PHYSDEVOP_unmap_pirq, &unmap), -XEN_EINVAL);
    unmap.pirq = -1;
    CHECK_EQ(physdev(PHYSDEVOP_unmap_pirq, &unmap), -XEN_EINVAL);
}

TEST(physdev_op_setup_gsi_einval, COVERS(physdev_op.setup_gsi, EINVAL))
{
    struct physdev_setup_gsi gsi = {.gsi = -1};

    CHECK_EQ(physdev(PHYSDEVOP_setup_gsi, &gsi), -XEN_EINVAL);
    gsi.gsi = 100000;
    CHECK_EQ(physdev(PHYSDEVOP_setup_gsi, &gsi), -XEN_EINVAL);
}

TEST(physdev_op_get_free_pirq_ok, COVERS(physdev_op.get_free_pirq, ok))
{
    struct physdev_get_free_pirq g = {.type = MAP_PIRQ_TYPE_MSI};
    long rc = physdev(PHYSDEVOP_get_free_pirq, &g);

    CHECK_EQ(rc, 0);
    CHECK(g.pirq > 15);
}

TEST(physdev_op_pirq_eoi_gmfn_ok,
     COVERS(physdev_op.pirq_eoi_gmfn_v2, ok)
         COVERS(physdev_op.pirq_eoi_gmfn_v2, EBUSY)
             COVERS(physdev_op.pirq_eoi_gmfn_v2, EINVAL))
{
    char *p = page_alloc(); /* never given back */
    struct physdev_pirq_eoi_gmfn g = {.gmfn = 0xff00000000ul};

    CHECK_EQ(physdev(PHYSDEVOP_pirq_eoi_gmfn_v2, &g), -XEN_EINVAL);
    g.gmfn = mem_mfn((void *)mem_start_info->pt_base);
    CHECK_CONFLICT(physdev(PHYSDEVOP_pirq_eoi_gmfn_v2, &g));
    g.gmfn = mem_mfn(p);
    CHECK_EQ(physdev(PHYSDEVOP_pirq_eoi_gmfn_v2, &g), 0);
    CHECK_EQ(physdev(PHYSDEVOP_pirq_eoi_gmfn_v2, &g), -XEN_EBUSY);
}

TEST(physdev_op_pci_device_add_ok, COVERS(physdev_op.pci_device_add, ok))
{
    struct physdev_pci_device_add add;
    long rc;

    memset(&add, 0, sizeof(add));
    add.devfn = 0; /* the host bridge */
    rc = physdev(PHYSDEVOP_pci_device_add, &add);
    CHECK(rc == 0 || rc == -XEN_ENOSYS);
}

TEST(physdev_op_pci_mmcfg_reserved)
{
    struct physdev_pci_mmcfg_reserved m = {.address = 0xb0000000,
                                           .end_bus = 255};
    long rc = physdev(PHYSDEVOP_pci_mmcfg_reserved, &m);

    CHECK(rc <= 0);
}

TEST(physdev_op_pci_device_remove_enodev,
     COVERS(physdev_op.pci_device_remove, ENODEV))
{
    struct physdev_pci_device dev = {.seg = 0, .bus = 0xfe, .devfn = 0xff};
    long rc = physdev(PHYSDEVOP_pci_device_remove, &dev);

    /* 0: a hypervisor that keeps no list of devices */
    CHECK(rc == -XEN_ENODEV || (rc <= 0 && !test_on_xen()));
}

TEST(physdev_op_prepare_msix_no_device)
{
    struct physdev_pci_device dev = {.seg = 0, .bus = 0xfe, .devfn = 0xff};

    CHECK(physdev(PHYSDEVOP_prepare_msix, &dev) < 0);
    CHECK(physdev(PHYSDEVOP_release_msix, &dev) < 0);
    CHECK(physdev(PHYSDEVOP_restore_msi_ext, &dev) <= 0);
}

/* The older call with its own argument layout. */
TEST(physdev_op_compat)
{
    long rc = hypercall(__HYPERVISOR_physdev_op_compat, BAD_PTR);

    CHECK(rc == -XEN_EFAULT || rc == -XEN_ENOSYS);
}
