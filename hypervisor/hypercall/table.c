/* SPDX-License-Identifier: MIT */
/* The table of hypercalls, from table.def. */
#include "hypercall/table.h"

#include "abi/xen.h"
#include "hypercall/handlers.h"

#define YIELDS true
#define STAYS  false
#define MULTI  true
#define SINGLE false

#define HYPERCALL(name, args, who, yields, multi)                \
    [__HYPERVISOR_##name] = {hypercall_##name, #name,    (args), \
                             CALLER_##who,     (yields), (multi)},
#define ERRORS(call, op, ...)

const struct hypercall hypercall_table[HYPERCALL_COUNT] = {
#include "hypercall/table.def"
};
