/* SPDX-License-Identifier: MIT */
/*
 * Each hypercall, described once (DESIGN D5): rows in table.def. Dispatch, the
 * permission check and the tests' list of errors come from it.
 */
#pragma once

#include "lib/types.h"

struct vcpu;

enum hypercall_caller {
    CALLER_ANY,
    CALLER_PRIVILEGED
};

struct hypercall {
    int64_t (*handler)(struct vcpu *v, const uint64_t args[6]);
    const char *name;
    uint8_t arg_count;
    uint8_t caller; /* enum hypercall_caller */
    bool may_yield;
    bool in_multicall; /* may be an entry of a multicall */
};

#define HYPERCALL_COUNT 64
extern const struct hypercall hypercall_table[HYPERCALL_COUNT];
