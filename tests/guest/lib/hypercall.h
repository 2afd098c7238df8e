/* SPDX-License-Identifier: MIT */
/*
 * The hypercall instruction, one inline per width.
 *
 * 64-bit: `syscall`, number in RAX, arguments in RDI RSI RDX R10 R8, result
 * in RAX. RCX and R11 are lost; a debug hypervisor may also overwrite the
 * argument registers, so all are outputs.
 * 32-bit (a later shell): `int $0x82`, EBX ECX EDX ESI EDI.
 *
 * hypercall(op, args...) takes zero to five arguments of any scalar or
 * pointer type and returns a long.
 */
#pragma once

#include "types.h"

#ifdef __x86_64__
static inline long hypercall_raw(ulong_t op, ulong_t a1, ulong_t a2, ulong_t a3,
                                 ulong_t a4, ulong_t a5)
{
    register ulong_t r10 __asm__("r10") = a4;
    register ulong_t r8 __asm__("r8") = a5;
    long ret;

    __asm__ volatile("syscall"
                     : "=a"(ret), "+D"(a1), "+S"(a2), "+d"(a3), "+r"(r10),
                       "+r"(r8)
                     : "0"(op)
                     : "rcx", "r11", "memory");
    return ret;
}
#else
static inline long hypercall_raw(ulong_t op, ulong_t a1, ulong_t a2, ulong_t a3,
                                 ulong_t a4, ulong_t a5)
{
    long ret;

    __asm__ volatile("int $0x82"
                     : "=a"(ret), "+b"(a1), "+c"(a2), "+d"(a3), "+S"(a4),
                       "+D"(a5)
                     : "0"(op)
                     : "memory");
    return ret;
}
#endif

#define HC_UL(x)          ((ulong_t)(x))
#define HC_0(op)          hypercall_raw(op, 0, 0, 0, 0, 0)
#define HC_1(op, a)       hypercall_raw(op, HC_UL(a), 0, 0, 0, 0)
#define HC_2(op, a, b)    hypercall_raw(op, HC_UL(a), HC_UL(b), 0, 0, 0)
#define HC_3(op, a, b, c) hypercall_raw(op, HC_UL(a), HC_UL(b), HC_UL(c), 0, 0)
#define HC_4(op, a, b, c, d) \
    hypercall_raw(op, HC_UL(a), HC_UL(b), HC_UL(c), HC_UL(d), 0)
#define HC_5(op, a, b, c, d, e) \
    hypercall_raw(op, HC_UL(a), HC_UL(b), HC_UL(c), HC_UL(d), HC_UL(e))
#define HC_PICK(op, a, b, c, d, e, name, ...) name
#define hypercall(...) \
    HC_PICK(__VA_ARGS__, HC_5, HC_4, HC_3, HC_2, HC_1, HC_0, 0)(__VA_ARGS__)
