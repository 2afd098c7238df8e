/* SPDX-License-Identifier: MIT */
/* Reading a whole file, or the standard input, into memory. */
#pragma once

#include "buffer.h"
#include "report.h"

/*
 * Read `path` ("-": the standard input) to its end into the empty buffer,
 * whose limit holds; pipes will do. The file is copied rather than mapped,
 * so that nobody can change or cut it while it is parsed. 0, or a negative
 * errno with a report.
 */
MUST_CHECK int input_read(const char *path, struct buffer *buffer,
                          struct report *why);
