/* SPDX-License-Identifier: MIT */
/* The names of the hypervisor's functions, from a table that the build adds. */
#pragma once

#include "lib/types.h"

#define SYMBOLS_TEXT_BYTES 96

/* The function that `va` lies in, and how far; NULL: not in our code. */
const char *symbols_lookup(uintptr_t va, uint64_t *offset);
/* "function+0x12", or the bare address. `buf`: SYMBOLS_TEXT_BYTES. */
void symbols_format(char *buf, uintptr_t va);
