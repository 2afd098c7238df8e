/* SPDX-License-Identifier: MIT */
/*
 * Every way into the hypervisor and the one way back to a guest.
 *
 * Invariant: from a guest, entry always lands on the current vCPU's own stack
 * (TSS.rsp0) with the guest's registers in the block at its top; scratch
 * registers are cleared so that no guest value is used by accident. Only #DB,
 * NMI, #DF and #MC come on IST stacks; when they interrupted a guest they move
 * to the vCPU's stack before any C runs.
 * Invariant: GS and FS are the guest's at all times. Interrupts are off.
 */
#include "cpu/regs.h"

#define TSS_RSP0 (stub_page + CPU_AREA_TSS_OFFSET + 4)
#define STUB_SCRATCH (stub_page + 0x1000)
#define STUB_SYSCALL_TARGET (stub_page + 0x1008)
#define STUB_SYSCALL32_TARGET (stub_page + 0x1010)

/* Patched to NOPs where the CPU has no SMAP. */
.macro CLEAR_AC
        .pushsection .smap_sites, "a"
        .quad   771f
        .popsection
771:    clac
.endm

/*
 * The stub page: one frame, mapped at page 0 of each CPU's area, so that
 * RIP-relative operands reach that CPU's own TSS and data page behind it.
 */
        .section .text.stub, "ax"
        .balign 4096
        .global stub_page, stub_syscall, stub_syscall32
stub_page:
stub_syscall:
        mov     %rsp, STUB_SCRATCH(%rip)
        mov     TSS_RSP0(%rip), %rsp
        push    $SEL_GUEST_DS
        push    STUB_SCRATCH(%rip)
        push    %r11
        push    $SEL_GUEST_CS64
        push    %rcx
        push    $0
        movl    $ENTRY_SYSCALL, 4(%rsp)
        jmp     *STUB_SYSCALL_TARGET(%rip)
        .balign 64
stub_syscall32:
        mov     %rsp, STUB_SCRATCH(%rip)
        mov     TSS_RSP0(%rip), %rsp
        push    $SEL_GUEST_DS
        push    STUB_SCRATCH(%rip)
        push    %r11
        push    $SEL_GUEST_CS32
        push    %rcx
        push    $0
        movl    $ENTRY_SYSCALL32, 4(%rsp)
        jmp     *STUB_SYSCALL32_TARGET(%rip)

        .text

.macro SAVE_REGS
        push    %rdi
        push    %rsi
        push    %rdx
        push    %rcx
        push    %rax
        push    %r8
        push    %r9
        push    %r10
        push    %r11
        push    %rbx
        push    %rbp
        push    %r12
        push    %r13
        push    %r14
        push    %r15
.endm

.macro CLEAR_REGS
        xor     %ebp, %ebp
        xor     %ebx, %ebx
        xor     %r8d, %r8d
        xor     %r9d, %r9d
        xor     %r10d, %r10d
        xor     %r11d, %r11d
        xor     %r12d, %r12d
        xor     %r13d, %r13d
        xor     %r14d, %r14d
        xor     %r15d, %r15d
.endm

.macro RESTORE_CALLEE_SAVED
        pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %rbp
        pop     %rbx
.endm

.macro RESTORE_SCRATCH
        pop     %r11
        pop     %r10
        pop     %r9
        pop     %r8
        pop     %rax
        pop     %rcx
        pop     %rdx
        pop     %rsi
        pop     %rdi
.endm

/* SYSCALL from a 64-bit guest: FMASK has cleared AC, DF, TF, IF. */
        .balign 64
        .global entry_syscall, entry_syscall32
entry_syscall:
entry_syscall32:
        SAVE_REGS
        CLEAR_REGS
        mov     %rsp, %rdi
        call    traps_syscall
        jmp     exit_to_guest

/* SYSENTER: flags and stack are the guest's guess; EIP and ESP are not saved. */
        .balign 64
        .global entry_sysenter
entry_sysenter:
        push    $SEL_GUEST_DS
        push    $0
        pushfq
        push    $2                      /* drop the guest's NT, TF, AC, DF */
        popfq
        push    $SEL_GUEST_CS32
        push    $0
        push    $0
        movl    $ENTRY_SYSENTER, 4(%rsp)
        orl     $0x200, 24(%rsp)        /* IF was set: guests run with it */
        SAVE_REGS
        CLEAR_REGS
        mov     %rsp, %rdi
        call    traps_sysenter
        jmp     exit_to_guest

/* Exceptions and interrupts: error code and vector are on the stack. */
        .balign 64
entry_common:
        CLEAR_AC
        cld
        SAVE_REGS
        CLEAR_REGS
        mov     %rsp, %rdi
        call    traps_handle
        testb   $3, REGS_CS(%rsp)
        jnz     exit_to_guest
        /* Back into the hypervisor: a fix-up or an interrupt window. */
        RESTORE_CALLEE_SAVED
        RESTORE_SCRATCH
        add     $8, %rsp
        iretq

/*
 * The one exit. The registers are the block at the top of this stack. The C
 * part settles all pending work and answers whether SYSRET can be used.
 */
        .balign 64
        .global exit_to_guest, vcpu_first_entry
vcpu_first_entry:
        mov     $0, %ebp
exit_to_guest:
        mov     %rsp, %rdi
        call    exit_prepare
        test    %al, %al
        jz      1f
        RESTORE_CALLEE_SAVED
        add     $8, %rsp                /* r11 */
        pop     %r10
        pop     %r9
        pop     %r8
        pop     %rax
        add     $8, %rsp                /* rcx */
        pop     %rdx
        pop     %rsi
        pop     %rdi
        mov     8(%rsp), %rcx           /* rip */
        mov     24(%rsp), %r11          /* rflags */
        mov     32(%rsp), %rsp
        sysretq
1:      RESTORE_CALLEE_SAVED
        RESTORE_SCRATCH
        add     $8, %rsp
        .global exit_iret
exit_iret:
        iretq

/*
 * IST entries. From a guest: move the frame to the vCPU's stack and go on as
 * usual. From the hypervisor: handle it here, and return to where it was.
 */
.macro IST_ENTRY name, vector, has_error
        .balign 16
        .global entry_\name
entry_\name:
        .if !\has_error
        push    $0
        .endif
        movl    $\vector, 4(%rsp)
        testb   $3, 16(%rsp)
        jz      entry_ist_nested
        jmp     entry_ist_guest
.endm
        IST_ENTRY db, 1, 0
        IST_ENTRY nmi, 2, 0
        IST_ENTRY df, 8, 1
        IST_ENTRY mc, 18, 0

/* Stack: error+vector, rip, cs, rflags, rsp, ss. All registers the guest's. */
        .balign 16
entry_ist_guest:
        push    %rax
        push    %rcx
        lea     16(%rsp), %rcx
        /* The IST stack's top block names the stack to move to. */
        mov     %rsp, %rax
        or      $(STACK_BYTES - 1), %rax
        mov     -7(%rax), %rax          /* stack_top.scratch: rsp0 */
        lea     -48(%rax), %rax
        push    %rdx
        mov     0(%rcx), %rdx
        mov     %rdx, 0(%rax)
        mov     8(%rcx), %rdx
        mov     %rdx, 8(%rax)
        mov     16(%rcx), %rdx
        mov     %rdx, 16(%rax)
        mov     24(%rcx), %rdx
        mov     %rdx, 24(%rax)
        mov     32(%rcx), %rdx
        mov     %rdx, 32(%rax)
        mov     40(%rcx), %rdx
        mov     %rdx, 40(%rax)
        pop     %rdx
        pop     %rcx
        xchg    %rax, (%rsp)
        mov     (%rsp), %rsp
        jmp     entry_common

        .balign 16
entry_ist_nested:
        CLEAR_AC
        cld
        SAVE_REGS
        CLEAR_REGS
        mov     %rsp, %rdi
        call    traps_nested_ist
        RESTORE_CALLEE_SAVED
        RESTORE_SCRATCH
        add     $8, %rsp
        iretq

/* One 16-byte entry for each vector. */
        .balign 16
        .global entry_vectors
entry_vectors:
        .set    v, 0
        .rept   256
        .balign 16
        .if     (v == 10) || (v == 11) || (v == 12) || (v == 13) || (v == 14) || (v == 17) || (v == 21) || (v == 29) || (v == 30)
        .else
        push    $0
        .endif
        movl    $v, 4(%rsp)
        jmp     entry_common
        .set    v, v + 1
        .endr

        .section .note.GNU-stack, "", @progbits
