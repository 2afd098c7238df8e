/* SPDX-License-Identifier: MIT */
/*
 * Atomic operations on plain integers, sequentially consistent unless the name
 * says otherwise. One place, so that a host test can count or delay them.
 */
#pragma once

#include "lib/types.h"

#define atomic_load(p)     __atomic_load_n((p), __ATOMIC_ACQUIRE)
#define atomic_store(p, v) __atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define atomic_xchg(p, v)  ({ __atomic_exchange_n((p), (v), __ATOMIC_SEQ_CST); })
#define atomic_add(p, v)   __atomic_add_fetch((p), (v), __ATOMIC_SEQ_CST)
#define atomic_sub(p, v)   __atomic_sub_fetch((p), (v), __ATOMIC_SEQ_CST)
#define atomic_or(p, v)    __atomic_fetch_or((p), (v), __ATOMIC_SEQ_CST)
#define atomic_and(p, v)   __atomic_fetch_and((p), (v), __ATOMIC_SEQ_CST)
/* True on success; on failure *expected holds the value seen. */
#define atomic_cas(p, expected, desired)                           \
    __atomic_compare_exchange_n((p), (expected), (desired), false, \
                                __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)
#define memory_barrier() __atomic_thread_fence(__ATOMIC_SEQ_CST)
/* Stops the compiler only: for data shared with this CPU's own interrupts. */
#define compiler_barrier() asm volatile("" ::: "memory")
