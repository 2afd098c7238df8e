/* SPDX-License-Identifier: MIT */
/*
 * The shortest entries that a guest kernel can have: each goes straight back
 * through the iret hypercall, so that what is measured is the hypervisor.
 *
 * On entry: rcx, r11, [error], rip, cs, rflags, rsp, ss. For iret: rax, r11,
 * rcx, flags, rip, cs, rflags, rsp, ss.
 */
#define HYPERVISOR_IRET 23
#define VGCF_IN_SYSCALL 0x100

    .code64
    .text

    /* A system call: RCX and R11 need not come back. */
    .globl bench_syscall_entry
bench_syscall_entry:
    cmp $0x5e0f, %eax           /* the last one goes to the framework */
    je trap_syscall_entry
    pop %rcx
    pop %r11
    push $VGCF_IN_SYSCALL
    push %rcx
    push %r11
    push %rax
    mov $HYPERVISOR_IRET, %eax
    syscall
    ud2

    /* A page fault of a three-byte instruction, which is left out. */
    .globl bench_page_fault_entry
bench_page_fault_entry:
    pop %rcx
    pop %r11
    add $8, %rsp
    addq $3, (%rsp)
    push $0
    push %rcx
    push %r11
    push %rax
    mov $HYPERVISOR_IRET, %eax
    syscall
    ud2

    .globl bench_int3_entry
bench_int3_entry:
    pop %rcx
    pop %r11
    push $0
    push %rcx
    push %r11
    push %rax
    mov $HYPERVISOR_IRET, %eax
    syscall
    ud2

    /* An upcall: acknowledge the one port there is. */
    .globl bench_event_entry
bench_event_entry:
    pop %rcx
    pop %r11
    push %rax
    mov bench_vcpu_info(%rip), %rax
    movb $0, (%rax)             /* evtchn_upcall_pending */
    movq $0, 8(%rax)            /* evtchn_pending_sel */
    mov bench_pending_word(%rip), %rax
    movq $0, (%rax)
    pop %rax
    push $0
    push %rcx
    push %r11
    push %rax
    mov $HYPERVISOR_IRET, %eax
    syscall
    ud2

    .data
    .balign 8
    .globl bench_vcpu_info
bench_vcpu_info:
    .quad 0
    .globl bench_pending_word
bench_pending_word:
    .quad 0

    .section .note.GNU-stack, "", @progbits
