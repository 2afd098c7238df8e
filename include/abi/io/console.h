/* SPDX-License-Identifier: MIT */
/*
 * The PV console's page: two byte rings between a guest and its console
 * daemon. Indices run freely; a ring is empty when prod equals cons.
 */
#pragma once

#include "../types.h"

#ifndef __ASSEMBLER__

typedef uint32_t XENCONS_RING_IDX;

#define MASK_XENCONS_IDX(idx, ring) ((idx) & (sizeof(ring) - 1))

struct xencons_interface {
    char in[1024];             /* to the guest */
    char out[2048];            /* from the guest */
    XENCONS_RING_IDX in_cons;  /* written by the guest */
    XENCONS_RING_IDX in_prod;  /* written by the daemon */
    XENCONS_RING_IDX out_cons; /* written by the daemon */
    XENCONS_RING_IDX out_prod; /* written by the guest */
};
ABI_SIZE(struct xencons_interface, 3088, 3088);

#endif /* !__ASSEMBLER__ */
