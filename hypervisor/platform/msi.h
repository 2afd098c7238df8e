/* SPDX-License-Identifier: MIT */
/*
 * Message-signalled interrupts (MSI, MSI-X) of devices that dom0 names: the
 * only part of PCI devices that the hypervisor touches.
 *
 * Calls marked [irq] are made by irq.c with irq_lock held; the others take
 * it, and are made with no lock held.
 */
#pragma once

#include "lib/types.h"

struct domain;
struct msi;

/*
 * Map `count` messages (a power of two; more than 1 only for plain MSI, in a
 * group) of the device for `d`: MSI, or entry `entry` of MSI-X. *pirq: the
 * first wanted, or -1; on success what it is. The device's capability is
 * programmed and enabled, its messages are masked where that is possible.
 * -ENODEV: no such device or it has no such capability; -EINVAL: no such
 * entry, count or pirq, or the table is not where one may be; -ENXIO: the
 * device does not decode memory; -EEXIST: mapped already, or the pirq is;
 * -EBUSY: the device uses the other kind; -ENOSPC; -ENOMEM.
 */
MUST_CHECK int msi_map(struct domain *d, uint32_t sbdf, bool is_msix,
                       unsigned entry, unsigned count, int *pirq);
/* Write all of the device's messages again after it lost them. */
void msi_restore(uint32_t sbdf);
/* dom0 found the device: note its table. No error if it has none. -ENOMEM. */
MUST_CHECK int msi_add_device(uint32_t sbdf);
/* The device is gone: its messages can't be touched any more. */
void msi_remove_device(uint32_t sbdf);
/*
 * The device goes to another domain, or comes back. -ENODEV: no such device
 * or no MSI-X; -EBUSY: messages are mapped.
 */
MUST_CHECK int msi_prepare(uint32_t sbdf);
MUST_CHECK int msi_release(uint32_t sbdf);
/* dom0 writes to configuration space; what belongs to us stays as it is. */
void msi_write_config(uint32_t sbdf, unsigned reg, unsigned size,
                      uint32_t value);
/* Does the frame hold a part of an MSI-X table that we know of? */
bool msi_is_table_frame(uint64_t mfn);

/* [irq] */
void msi_set_mask(struct msi *m, unsigned pirq, bool masked);
unsigned msi_count(const struct msi *m);
unsigned msi_first_pirq(const struct msi *m);
/* Disable and free. */
void msi_destroy(struct msi *m);
