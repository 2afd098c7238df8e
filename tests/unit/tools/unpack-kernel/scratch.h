/* SPDX-License-Identifier: MIT */
/* A directory of a test's own, and a look at what is in it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Make it and go there; it is the working directory until scratch_leave. */
void scratch_enter(void);

/* Remove all in it, and it, and go back. */
void scratch_leave(void);

/* How many names there are in a directory. */
int scratch_count(const char *directory);

void scratch_put(const char *name, const void *data, size_t bytes);

/* Is it a regular file with just these contents? */
bool scratch_has(const char *name, const void *data, size_t bytes);
