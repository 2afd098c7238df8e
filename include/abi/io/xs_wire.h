/* SPDX-License-Identifier: MIT */
/*
 * The xenstore wire protocol: a message is a header and len bytes of payload,
 * the same on a guest's ring and on the daemon's socket. The answer carries
 * the request's type, or XS_ERROR with the errno's name as its payload.
 */
#pragma once

#include "../types.h"

#define XENSTORE_RING_SIZE     1024 /* bytes in each direction */
#define MASK_XENSTORE_IDX(idx) ((idx) & (XENSTORE_RING_SIZE - 1))

/* Limits in bytes. A longer payload breaks the connection. */
#define XENSTORE_PAYLOAD_MAX  4096
#define XENSTORE_ABS_PATH_MAX 3072
#define XENSTORE_REL_PATH_MAX 2048

/* xenstore_domain_interface.server_features */
#define XENSTORE_SERVER_FEATURE_RECONNECTION 1
#define XENSTORE_SERVER_FEATURE_ERROR        2 /* the error field is used */

/* xenstore_domain_interface.connection */
#define XENSTORE_CONNECTED 0
#define XENSTORE_RECONNECT 1 /* the guest asks for a fresh start */

/* xenstore_domain_interface.error */
#define XENSTORE_ERROR_NONE    0
#define XENSTORE_ERROR_COMM    1
#define XENSTORE_ERROR_RINGIDX 2 /* impossible ring indices */
#define XENSTORE_ERROR_PROTO   3 /* payload over the limit */

/* Flags of a write, as text (old clients). */
#define XS_WRITE_NONE        "NONE"
#define XS_WRITE_CREATE      "CREATE"
#define XS_WRITE_CREATE_EXCL "CREATE|EXCL"

#ifndef __ASSEMBLER__

/* xsd_sockmsg.type; in brackets the payload, | for a NUL. */
enum xsd_sockmsg_type {
    XS_CONTROL = 0,               /* [command|args...] */
    XS_DIRECTORY = 1,             /* [path|] */
    XS_READ = 2,                  /* [path|] */
    XS_GET_PERMS = 3,             /* [path|] */
    XS_WATCH = 4,                 /* [path|token|] */
    XS_UNWATCH = 5,               /* [path|token|] */
    XS_TRANSACTION_START = 6,     /* [|] answer [id|] */
    XS_TRANSACTION_END = 7,       /* [T|] commit, [F|] drop */
    XS_INTRODUCE = 8,             /* [domid|mfn|port|] */
    XS_RELEASE = 9,               /* [domid|] */
    XS_GET_DOMAIN_PATH = 10,      /* [domid|] */
    XS_WRITE = 11,                /* [path|value] */
    XS_MKDIR = 12,                /* [path|] */
    XS_RM = 13,                   /* [path|] */
    XS_SET_PERMS = 14,            /* [path|perm|...] */
    XS_WATCH_EVENT = 15,          /* [path|token|] to the client */
    XS_ERROR = 16,                /* [errno name|] to the client */
    XS_IS_DOMAIN_INTRODUCED = 17, /* [domid|] answer [T|] or [F|] */
    XS_RESUME = 18,               /* [domid|] */
    XS_SET_TARGET = 19,           /* [domid|target|] */
    XS_RESET_WATCHES = 21,        /* [|] */
    XS_DIRECTORY_PART = 22,       /* [path|offset|] */
    XS_TYPE_COUNT = 23,
    XS_INVALID = 0xffff /* never a type */
};
#define XS_DEBUG XS_CONTROL

/* Strings in a watch event, in order. */
enum xs_watch_type {
    XS_WATCH_PATH = 0,
    XS_WATCH_TOKEN = 1
};

struct xsd_sockmsg {
    uint32_t type;   /* XS_* */
    uint32_t req_id; /* the answer repeats it */
    uint32_t tx_id;  /* transaction, 0: none */
    uint32_t len;    /* payload bytes that follow */
};
ABI_SIZE(struct xsd_sockmsg, 16, 16);

typedef uint32_t XENSTORE_RING_IDX;

/* The page between a guest and the store; indices run freely. */
struct xenstore_domain_interface {
    char req[XENSTORE_RING_SIZE]; /* from the guest */
    char rsp[XENSTORE_RING_SIZE]; /* to the guest */
    XENSTORE_RING_IDX req_cons;   /* written by the store */
    XENSTORE_RING_IDX req_prod;   /* written by the guest */
    XENSTORE_RING_IDX rsp_cons;   /* written by the guest */
    XENSTORE_RING_IDX rsp_prod;   /* written by the store */
    uint32_t server_features;     /* XENSTORE_SERVER_FEATURE_* */
    uint32_t connection;
    uint32_t error; /* XENSTORE_ERROR_* */
};
ABI_SIZE(struct xenstore_domain_interface, 2076, 2076);

#endif /* !__ASSEMBLER__ */
