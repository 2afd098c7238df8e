/* SPDX-License-Identifier: MIT */
/* A device's MSI-X table: where it is, and writing it. */
#pragma once

#include "lib/types.h"

struct msix_table {
    uint64_t pa; /* machine address, 0: not known */
    unsigned entries;
    uint8_t bar;     /* the BAR that it lies in */
    uint32_t offset; /* and where there */
    volatile uint32_t *map;
};

/*
 * Where the device says that its table is. -ENXIO: it has no address, or the
 * device does not decode memory; -EINVAL: it is where no table can be.
 */
MUST_CHECK int msix_table_locate(uint32_t sbdf, unsigned cap,
                                 struct msix_table *out);
bool msix_table_is_same(const struct msix_table *a, const struct msix_table *b);
/* With no lock held. -ENOMEM. */
MUST_CHECK int msix_table_map(struct msix_table *t);
void msix_table_unmap(struct msix_table *t);
bool msix_table_has_frame(const struct msix_table *t, uint64_t mfn);

/* -ENXIO: the device does not show its table there now; nothing is written. */
MUST_CHECK int msix_table_write(const struct msix_table *t, uint32_t sbdf,
                                unsigned entry, uint32_t address, uint32_t data,
                                bool masked);
void msix_table_mask(const struct msix_table *t, uint32_t sbdf, unsigned entry,
                     bool masked);
