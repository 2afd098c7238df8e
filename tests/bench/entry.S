/* SPDX-License-Identifier: MIT */
/*
 * The shortest handlers that a guest kernel can have: each takes the frame
 * that the hypervisor pushed (rcx, r11, [error code], rip, cs, rflags, rsp,
 * ss) and goes back by the iret hypercall, for which the frame is completed to
 * rax, r11, rcx, flags, rip, cs, rflags, rsp, ss. bench.c registers them.
 */

#define HYPERVISOR_IRET 23
#define VGCF_IN_SYSCALL 256

/* Of struct shared_info, whose vcpu_info[0] comes first. */
#define UPCALL_PENDING 0
#define PENDING_SEL 8
#define EVTCHN_PENDING 2048

    .code64
    .text

.macro LEAVE flags
    push $\flags
    push %rcx
    push %r11
    push %rax
    mov $HYPERVISOR_IRET, %eax
    syscall
.endm

/* As Linux leaves a system call. */
    .balign 64
    .globl bench_syscall_entry
bench_syscall_entry:
    pop %rcx
    pop %r11
    LEAVE VGCF_IN_SYSCALL

    .balign 64
    .globl bench_int3_entry
bench_int3_entry:
    pop %rcx
    pop %r11
    LEAVE 0

/* Goes on behind the instruction that faulted, which has two bytes. */
    .balign 64
    .globl bench_page_fault_entry
bench_page_fault_entry:
    pop %rcx
    pop %r11
    add $8, %rsp
    addq $2, (%rsp)
    LEAVE 0

/* One port is pending: the one in the first word. */
    .balign 64
    .globl bench_event_entry
bench_event_entry:
    pop %rcx
    pop %r11
    push $0
    push %rcx
    push %r11
    push %rax
    mov bench_shared(%rip), %rax
    movb $0, UPCALL_PENDING(%rax)
    movq $0, PENDING_SEL(%rax)
    movq $0, EVTCHN_PENDING(%rax)
    incq bench_upcalls(%rip)
    mov $HYPERVISOR_IRET, %eax
    syscall

    .section .note.GNU-stack, "", @progbits
