/* SPDX-License-Identifier: MIT */
/*
 * The recounting checker: every frame's references, type count and type are
 * computed again from all that refers to it, and compared.
 *
 * Exact when no CPU is inside an operation except at a yield point: with the
 * other CPUs stopped there, or on one CPU.
 */
#pragma once

#include "mm/frame.h"

/* One reference on `mfn`; with a type reference unless type is FRAME_NONE. */
typedef void check_visit_fn(mfn_t mfn, enum frame_type type);

/*
 * What refers to frames outside page tables: each room that keeps references
 * names them all. vCPUs: check_vcpu() for each.
 */
struct check_source {
    void (*enumerate)(check_visit_fn *visit);
    struct check_source *next;
};
void check_add_source(struct check_source *source);

/* The roots of a vCPU and what its operation holds. */
void check_vcpu(const struct vcpu_mm *vm, check_visit_fn *visit);

/* Number of frames that do not agree; the first ones are logged. */
unsigned check_run(void);

struct check_counts {
    uint64_t free, heap, owned, shared;
    uint64_t by_type[16]; /* of owned frames with a type count */
};
/* Frames by use, for "nothing remains". `owner`: of one domain, or DOMID_NONE. */
void check_count(uint16_t owner, struct check_counts *out);
