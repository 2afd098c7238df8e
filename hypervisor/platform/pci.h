/* SPDX-License-Identifier: MIT */
/*
 * PCI configuration space: ours for MSI, and dom0's by the ports CF8 to CFF.
 *
 * A device is `sbdf`: segment << 16 | bus << 8 | device << 3 | function.
 */
#pragma once

#include "lib/types.h"

#define PCI_SBDF(segment, bus, devfn) \
    ((uint32_t)(segment) << 16 | (uint32_t)(bus) << 8 | (uint32_t)(devfn))

#define PCI_COMMAND        0x04
#define PCI_COMMAND_MEMORY 0x2
#define PCI_STATUS         0x06
#define PCI_STATUS_CAPS    0x10
#define PCI_HEADER_TYPE    0x0e
#define PCI_BAR            0x10
#define PCI_CAPS           0x34
#define PCI_CAP_MSI        0x05
#define PCI_CAP_MSIX       0x11

#define PCI_PORT_FIRST     0xcf8
#define PCI_PORT_LAST      0xcff

/*
 * Before the device's first access: make its segment reachable. No lock is
 * held. -ENODEV: nothing answers there; -ENOMEM.
 */
MUST_CHECK int pci_open(uint32_t sbdf);
/* size 1, 2 or 4 within one aligned word of 4 bytes, reg below 256. */
uint32_t pci_read(uint32_t sbdf, unsigned reg, unsigned size);
void pci_write(uint32_t sbdf, unsigned reg, unsigned size, uint32_t value);
/* Offset of a capability, or 0. */
unsigned pci_find_capability(uint32_t sbdf, uint8_t id);

/*
 * A privileged domain's access to one of the ports CF8 to CFF; `latch` is
 * what it wrote to CF8 last. Writes that would take an interrupt message from
 * us are dropped.
 */
uint32_t pci_port_read(const uint32_t *latch, uint16_t port, unsigned size);
void pci_port_write(uint32_t *latch, uint16_t port, unsigned size,
                    uint32_t value);
