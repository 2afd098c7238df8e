/* SPDX-License-Identifier: MIT */
/*
 * physdev_op(cmd, arg): interrupts, I/O rights and PCI devices. In brackets
 * the argument, struct physdev_NAME.
 */
#pragma once

#include "xen.h"

#define PHYSDEVOP_IRQ_UNMASK_NOTIFY  4
#define PHYSDEVOP_irq_status_query   5  /* [irq_status_query] */
#define PHYSDEVOP_set_iopl           6  /* [set_iopl] */
#define PHYSDEVOP_set_iobitmap       7  /* [set_iobitmap] */
#define PHYSDEVOP_apic_read          8  /* [apic] */
#define PHYSDEVOP_apic_write         9  /* [apic] */
#define PHYSDEVOP_alloc_irq_vector   10 /* [irq] */
#define PHYSDEVOP_free_irq_vector    11 /* [irq] */
#define PHYSDEVOP_eoi                12 /* [eoi] */
#define PHYSDEVOP_map_pirq           13 /* [map_pirq] */
#define PHYSDEVOP_unmap_pirq         14 /* [unmap_pirq] */
#define PHYSDEVOP_manage_pci_add     15 /* [manage_pci] */
#define PHYSDEVOP_manage_pci_remove  16 /* [manage_pci] */
#define PHYSDEVOP_pirq_eoi_gmfn_v1   17 /* [pirq_eoi_gmfn] */
#define PHYSDEVOP_restore_msi        19 /* [restore_msi] */
#define PHYSDEVOP_manage_pci_add_ext 20 /* [manage_pci_ext] */
#define PHYSDEVOP_setup_gsi          21 /* [setup_gsi] */
#define PHYSDEVOP_get_free_pirq      23 /* [get_free_pirq] */
#define PHYSDEVOP_pci_mmcfg_reserved 24 /* [pci_mmcfg_reserved] */
#define PHYSDEVOP_pci_device_add     25 /* [pci_device_add] */
#define PHYSDEVOP_pci_device_remove  26 /* [pci_device] */
#define PHYSDEVOP_restore_msi_ext    27 /* [pci_device] */
#define PHYSDEVOP_pirq_eoi_gmfn_v2   28 /* [pirq_eoi_gmfn] */
#define PHYSDEVOP_dbgp_op            29 /* [dbgp_op] */
#define PHYSDEVOP_prepare_msix       30 /* [pci_device] */
#define PHYSDEVOP_release_msix       31 /* [pci_device] */
#define PHYSDEVOP_pirq_eoi_gmfn      PHYSDEVOP_pirq_eoi_gmfn_v2

/* physdev_irq_status_query.flags */
#define _XENIRQSTAT_needs_eoi 0
#define XENIRQSTAT_needs_eoi  (1 << _XENIRQSTAT_needs_eoi)
#define _XENIRQSTAT_shared    1
#define XENIRQSTAT_shared     (1 << _XENIRQSTAT_shared)

/* physdev_map_pirq.type */
#define MAP_PIRQ_TYPE_MSI       0x0 /* MSI or MSI-X of segment 0 */
#define MAP_PIRQ_TYPE_GSI       0x1
#define MAP_PIRQ_TYPE_UNKNOWN   0x2
#define MAP_PIRQ_TYPE_MSI_SEG   0x3 /* segment in bus bits 31:16 */
#define MAP_PIRQ_TYPE_MULTI_MSI 0x4 /* entry_nr vectors */

/* physdev_pci_mmcfg_reserved.flags */
#define XEN_PCI_MMCFG_RESERVED 0x1

/* physdev_pci_device_add.flags */
#define XEN_PCI_DEV_EXTFN  0x1
#define XEN_PCI_DEV_VIRTFN 0x2 /* physfn is set */
#define XEN_PCI_DEV_PXM    0x4 /* optarr[0] is the proximity domain */

/* physdev_dbgp_op.op and .bus */
#define PHYSDEVOP_DBGP_RESET_PREPARE 1
#define PHYSDEVOP_DBGP_RESET_DONE    2
#define PHYSDEVOP_DBGP_BUS_UNKNOWN   0
#define PHYSDEVOP_DBGP_BUS_PCI       1

#ifndef __ASSEMBLER__

struct physdev_eoi {
    uint32_t irq; /* pirq */
};
ABI_SIZE(struct physdev_eoi, 4, 4);

/* A page with a bit per pirq that needs physdev eoi. */
struct physdev_pirq_eoi_gmfn {
    xen_pfn_t gmfn;
};
ABI_SIZE(struct physdev_pirq_eoi_gmfn, 8, 4);

struct physdev_irq_status_query {
    uint32_t irq;   /* pirq */
    uint32_t flags; /* out: XENIRQSTAT_* */
};
ABI_SIZE(struct physdev_irq_status_query, 8, 8);

struct physdev_set_iopl {
    uint32_t iopl; /* 0-3; 1 and up lets the kernel do I/O */
};
ABI_SIZE(struct physdev_set_iopl, 4, 4);

struct physdev_set_iobitmap {
    XEN_GUEST_HANDLE(uint8_t) bitmap; /* 1: user mode is refused */
    uint32_t nr_ports;
};
ABI_SIZE(struct physdev_set_iobitmap, 16, 8);

struct physdev_apic {
    xen_ulong_t apic_physbase; /* physical address of the IO-APIC */
    uint32_t reg;
    uint32_t value;
};
ABI_SIZE(struct physdev_apic, 16, 12);

struct physdev_irq {
    uint32_t irq;
    uint32_t vector; /* out */
};
ABI_SIZE(struct physdev_irq, 8, 8);

struct physdev_map_pirq {
    domid_t domid;
    int type;  /* MAP_PIRQ_TYPE_* */
    int index; /* GSI, or -1 */
    int pirq;  /* in and out; -1: choose one */
    int bus;   /* bus | segment << 16 */
    int devfn;
    int entry_nr;        /* MSI-X entry; vectors for multi-MSI, out too */
    uint64_t table_base; /* of the MSI-X table, 0: MSI */
};
ABI_SIZE(struct physdev_map_pirq, 40, 36);

struct physdev_unmap_pirq {
    domid_t domid;
    int pirq;
};
ABI_SIZE(struct physdev_unmap_pirq, 8, 8);

struct physdev_manage_pci {
    uint8_t bus;
    uint8_t devfn;
};
ABI_SIZE(struct physdev_manage_pci, 2, 2);

struct physdev_restore_msi {
    uint8_t bus;
    uint8_t devfn;
};
ABI_SIZE(struct physdev_restore_msi, 2, 2);

struct physdev_manage_pci_ext {
    uint8_t bus;
    uint8_t devfn;
    uint32_t is_extfn;
    uint32_t is_virtfn;
    struct {
        uint8_t bus;
        uint8_t devfn;
    } physfn;
};
ABI_SIZE(struct physdev_manage_pci_ext, 16, 16);

struct physdev_setup_gsi {
    int gsi;
    uint8_t triggering; /* 0 edge, 1 level */
    uint8_t polarity;   /* 0 high, 1 low */
};
ABI_SIZE(struct physdev_setup_gsi, 8, 8);

struct physdev_get_free_pirq {
    int type;      /* MAP_PIRQ_TYPE_* */
    uint32_t pirq; /* out */
};
ABI_SIZE(struct physdev_get_free_pirq, 8, 8);

struct physdev_pci_mmcfg_reserved {
    uint64_t address; /* of bus 0 of the window */
    uint16_t segment;
    uint8_t start_bus;
    uint8_t end_bus;
    uint32_t flags; /* XEN_PCI_MMCFG_RESERVED */
};
ABI_SIZE(struct physdev_pci_mmcfg_reserved, 16, 16);

struct physdev_pci_device_add {
    uint16_t seg;
    uint8_t bus;
    uint8_t devfn;
    uint32_t flags; /* XEN_PCI_DEV_* */
    struct {
        uint8_t bus;
        uint8_t devfn;
    } physfn;
    uint32_t optarr[];
};
ABI_SIZE(struct physdev_pci_device_add, 12, 12);

struct physdev_pci_device {
    uint16_t seg;
    uint8_t bus;
    uint8_t devfn;
};
ABI_SIZE(struct physdev_pci_device, 4, 4);

/* The USB debug port's controller is about to be, or has been, reset. */
struct physdev_dbgp_op {
    uint8_t op;  /* PHYSDEVOP_DBGP_RESET_* */
    uint8_t bus; /* PHYSDEVOP_DBGP_BUS_* */
    union {
        struct physdev_pci_device pci;
    } u;
};
ABI_SIZE(struct physdev_dbgp_op, 6, 6);

#endif /* !__ASSEMBLER__ */
