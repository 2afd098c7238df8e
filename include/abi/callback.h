/* SPDX-License-Identifier: MIT */
/* callback_op(cmd, arg): where a guest kernel is entered. */
#pragma once

#include "xen.h"

#define CALLBACKOP_register              0 /* [callback_register] */
#define CALLBACKOP_unregister            1 /* [callback_unregister] */

#define CALLBACKTYPE_event               0 /* upcall */
#define CALLBACKTYPE_failsafe            1 /* return to the guest failed */
#define CALLBACKTYPE_syscall             2 /* 64-bit user's syscall */
#define CALLBACKTYPE_sysenter_deprecated 3
#define CALLBACKTYPE_nmi                 4
#define CALLBACKTYPE_sysenter            5
#define CALLBACKTYPE_syscall32           7 /* 32-bit user's syscall */

/* callback_register.flags: upcalls are masked on entry. */
#define _CALLBACKF_mask_events 0
#define CALLBACKF_mask_events  (1 << _CALLBACKF_mask_events)

#ifndef __ASSEMBLER__

struct callback_register {
    uint16_t type;  /* CALLBACKTYPE_* */
    uint16_t flags; /* CALLBACKF_* */
    xen_callback_t address;
};
ABI_SIZE(struct callback_register, 16, 12);

struct callback_unregister {
    uint16_t type; /* CALLBACKTYPE_* */
    uint16_t _unused;
};
ABI_SIZE(struct callback_unregister, 4, 4);

#endif /* !__ASSEMBLER__ */
