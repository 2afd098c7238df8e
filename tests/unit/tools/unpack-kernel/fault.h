/* SPDX-License-Identifier: MIT */
/*
 * Making calls fail on demand. The linker's --wrap sends the calls here that
 * the sources and the tests make (not those of libraries).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum fault_call {
    FAULT_NONE,
    FAULT_OPEN, /* for writing */
    FAULT_WRITE,
    FAULT_FSYNC,
    FAULT_LINKAT,
    FAULT_CLOSE, /* reports failure, though it does close */
    FAULT_RENAME,
    FAULT_ALLOC, /* malloc, calloc, realloc */
    FAULT_CALL_COUNT,
};

struct fault {
    enum fault_call call;
    int skip_count;     /* so many go well before */
    int fail_count;     /* so many fail, and again none */
    int error;          /* errno */
    bool no_unnamed;    /* open knows no O_TMPFILE */
    size_t write_bytes; /* a write takes no more; 0: as it is */
    int signal;         /* raised by the write that would fail */
};

/* Calls fail like that from now on; NULL: none. */
void fault_set(const struct fault *fault);

/* How many calls failed since fault_set. */
int fault_count(void);
