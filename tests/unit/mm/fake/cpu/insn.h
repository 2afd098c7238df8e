/* SPDX-License-Identifier: MIT */
/* Privileged instructions of the fake machine. */
#pragma once

#include <string.h>

#include "lib/types.h"

uint64_t read_cr3(void);
void write_cr3(uint64_t v); /* forgets what this CPU's TLB holds */
void cpu_invlpg(uintptr_t va);

static inline void cpu_relax(void)
{
}
static inline void cpu_clflush(const void *p)
{
    (void)p;
}
static inline void cpu_fill(void *p, uint64_t v, size_t bytes)
{
    uint64_t *w = p;

    for (size_t i = 0; i < bytes / 8; i++)
        w[i] = v;
}
static inline void cpu_zero(void *p, size_t bytes)
{
    memset(p, 0, bytes);
}
static inline void cpu_copy(void *dst, const void *src, size_t bytes)
{
    memcpy(dst, src, bytes);
}
