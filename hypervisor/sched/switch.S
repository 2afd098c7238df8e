/* SPDX-License-Identifier: MIT */
/*
 * The switch of stacks.
 *
 * Invariant: a stack that is not running holds, from its saved pointer up,
 * rbx rbp r12 r13 r14 r15 and the address where it goes on.
 */
        .text
        .balign 16
        .global sched_switch
/* rdi: where to save the pointer; rsi: the pointer to load. */
sched_switch:
        push    %rbx
        push    %rbp
        push    %r12
        push    %r13
        push    %r14
        push    %r15
        mov     %rsp, (%rdi)
load:
        mov     %rsi, %rsp
        pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %rbp
        pop     %rbx
        ret

        .global sched_switch_first
/* rdi: the pointer to load. */
sched_switch_first:
        mov     %rdi, %rsi
        jmp     load

/* The stack pointer is at the block of registers. */
        .global sched_begin_guest
sched_begin_guest:
        call    sched_finish_begin_guest
        jmp     vcpu_first_entry

        .global sched_begin_thread
sched_begin_thread:
        call    sched_finish_begin_thread
        ud2

        .section .note.GNU-stack, "", @progbits
