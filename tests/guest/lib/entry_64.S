/* SPDX-License-Identifier: MIT */
/*
 * The 64-bit shell: ELF notes, the first instruction, trap entries and the
 * way back through the iret hypercall.
 *
 * The frame that the hypervisor pushes on the kernel stack, low to high:
 *     rcx, r11, [error code], rip, cs | mask << 32, rflags, rsp, ss
 * Every entry pops rcx and r11 first. common_trap then builds struct regs
 * (trap.h) and calls trap_dispatch().
 */

#include <abi/elfnote.h>

#define HYPERVISOR_IRET 23

    .code64

/* ---- start ---- */

    .section .text.start, "ax"
    .globl _start
_start:
    /* Registers as the hypervisor left them, for the boot family. */
    mov %rsp, boot_regs+0(%rip)
    mov %rsi, boot_regs+8(%rip)
    pushf
    pop boot_regs+16(%rip)
    mov %cs, boot_regs+24(%rip)
    mov %ss, boot_regs+32(%rip)
    mov %ds, boot_regs+40(%rip)
    mov %es, boot_regs+48(%rip)
    mov %fs, boot_regs+56(%rip)
    mov %gs, boot_regs+64(%rip)
    cld
    lea boot_stack_top(%rip), %rsp
    xor %ebp, %ebp
    mov %rsi, %rdi
    call guest_main
1:  jmp 1b

/* A second vCPU starts here: rdi is its argument, rsp its own stack. */
    .globl smp_entry
smp_entry:
    cld
    xor %ebp, %ebp
    call smp_main
1:  jmp 1b

/* ---- traps ---- */

    .text

#define HAS_ERROR(v) ((v) == 8 || ((v) >= 10 && (v) <= 14) || (v) == 17 || \
                      (v) == 21)

    .balign 16
    .globl trap_stubs
trap_stubs:
    .set v, 0
    .rept 32
    .balign 16
    pop %rcx
    pop %r11
    .if !HAS_ERROR(v)
    push $0
    .endif
    push $v
    jmp common_trap
    .set v, v + 1
    .endr

.macro ENTRY_NO_ERROR name, number
    .balign 16
    .globl \name
\name:
    pop %rcx
    pop %r11
    push $0
    push $\number
    jmp common_trap
.endm

    ENTRY_NO_ERROR trap_int80_entry, 0x80
    ENTRY_NO_ERROR trap_int81_entry, 0x81
    ENTRY_NO_ERROR trap_event_entry, 0x100
    ENTRY_NO_ERROR trap_syscall_entry, 0x102
    ENTRY_NO_ERROR trap_syscall32_entry, 0x103
    ENTRY_NO_ERROR trap_sysenter_entry, 0x104
    ENTRY_NO_ERROR trap_nmi_entry, 0x105

    /* rcx, r11, ds, es, fs, gs, rip, ... */
    .balign 16
    .globl trap_failsafe_entry
trap_failsafe_entry:
    pop %rcx
    pop %r11
    pop trap_failsafe_sel+0(%rip)
    pop trap_failsafe_sel+8(%rip)
    pop trap_failsafe_sel+16(%rip)
    pop trap_failsafe_sel+24(%rip)
    push $0
    push $0x101
    jmp common_trap

common_trap:
    cld
    push %rdi
    push %rsi
    push %rdx
    push %rcx
    push %rax
    push %r8
    push %r9
    push %r10
    push %r11
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, %rdi
    mov %rsp, %rbp
    and $-16, %rsp
    call trap_dispatch
    mov %rbp, %rdi
    jmp trap_resume

/*
 * trap_resume(struct regs *rdi): leave for the context in *rdi by the iret
 * hypercall. The stack is taken over: regs must lie on a kernel stack with
 * room below, or be copied there by the caller.
 */
    .globl trap_resume
trap_resume:
    mov %rdi, %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
    pop %r11
    pop %r10
    pop %r9
    pop %r8
    pop %rax
    pop %rcx
    pop %rdx
    pop %rsi
    pop %rdi
    /* vector is taken as the iret flags (VGCF_in_syscall), error dropped */
    add $16, %rsp
    push resume_flags(%rip)
    push %rcx
    push %r11
    push %rax
    mov $HYPERVISOR_IRET, %eax
    syscall
    ud2

/* trap_iret_raw(const struct iret_context *): exactly this frame. */
    .globl trap_iret_raw
trap_iret_raw:
    lea 72(%rdi), %rsi
    mov $9, %ecx
1:  sub $8, %rsi
    push (%rsi)
    dec %ecx
    jnz 1b
    mov $HYPERVISOR_IRET, %eax
    syscall
    /* A hypervisor that refuses comes back here. */
    add $72, %rsp
    ret

/* ---- jumps ---- */

    .globl jump_set
jump_set:
    mov %rbx, 0(%rdi)
    mov %rbp, 8(%rdi)
    mov %r12, 16(%rdi)
    mov %r13, 24(%rdi)
    mov %r14, 32(%rdi)
    mov %r15, 40(%rdi)
    lea 8(%rsp), %rax
    mov %rax, 48(%rdi)
    mov (%rsp), %rax
    mov %rax, 56(%rdi)
    xor %eax, %eax
    ret

    .globl jump_to
jump_to:
    mov 0(%rdi), %rbx
    mov 8(%rdi), %rbp
    mov 16(%rdi), %r12
    mov 24(%rdi), %r13
    mov 32(%rdi), %r14
    mov 40(%rdi), %r15
    mov 48(%rdi), %rsp
    /* No DF, NT, AC or TF of the interrupted code goes on. */
    push $2
    popf
    mov $1, %eax
    jmp *56(%rdi)

/* ---- data ---- */

    .data
    .balign 8
    .globl resume_flags
resume_flags:
    .quad 0

    .bss
    .balign 16
    .globl boot_regs
boot_regs:
    .skip 9 * 8
    .globl trap_failsafe_sel
trap_failsafe_sel:
    .skip 4 * 8

    .balign 4096
boot_stack:
    .skip 32768
    .globl boot_stack_top
boot_stack_top:

    .globl trap_stack
trap_stack:
    .skip 16384
    .globl trap_stack_top
trap_stack_top:

    .section .note.GNU-stack, "", @progbits

/* ---- notes ---- */

.macro NOTE_STR type, str
    .balign 4
    .long 4, 9f - 8f, \type
    .asciz "Xen"
8:  .asciz "\str"
9:  .balign 4
.endm

.macro NOTE_QUAD type, val:vararg
    .balign 4
    .long 4, 9f - 8f, \type
    .asciz "Xen"
8:  .quad \val
9:  .balign 4
.endm

    .section .note.Xen, "a", @note
    NOTE_QUAD XEN_ELFNOTE_ENTRY, _start
    NOTE_QUAD XEN_ELFNOTE_VIRT_BASE, 0xffffffff80000000
    NOTE_QUAD XEN_ELFNOTE_PADDR_OFFSET, 0
    NOTE_STR XEN_ELFNOTE_XEN_VERSION, "xen-3.0"
    NOTE_STR XEN_ELFNOTE_GUEST_OS, "parvis-test"
    NOTE_STR XEN_ELFNOTE_LOADER, "generic"
    NOTE_STR XEN_ELFNOTE_PAE_MODE, "yes"
    NOTE_STR XEN_ELFNOTE_FEATURES, "!writable_page_tables"
    NOTE_QUAD XEN_ELFNOTE_HV_START_LOW, 0xffff800000000000
    NOTE_QUAD XEN_ELFNOTE_L1_MFN_VALID, 1, 1
