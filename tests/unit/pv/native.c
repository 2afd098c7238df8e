/* SPDX-License-Identifier: MIT */
/* Runs single instructions on this machine's processor. */
#include "pv/native.h"

#include <string.h>

/* Where the assembly below finds its arguments; native_state comes first. */
struct native_block {
    struct native_state state;
    void *code;
    uint64_t sp;
};

void native_enter(void);
struct native_block native_block;

/*
 * Everything is addressed relative to RIP, so that all registers but RSP can
 * hold the instruction's values. A call and its return change no flags.
 */
asm(".pushsection .text\n"
    ".globl native_enter\n"
    "native_enter:\n"
    "    push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
    "    sub $8, %rsp\n"
    "    mov %rsp, native_block+144(%rip)\n"
    "    pushq native_block+128(%rip); popfq\n"
    "    mov native_block(%rip), %rax\n"
    "    mov native_block+8(%rip), %rcx\n"
    "    mov native_block+16(%rip), %rdx\n"
    "    mov native_block+24(%rip), %rbx\n"
    "    mov native_block+40(%rip), %rbp\n"
    "    mov native_block+48(%rip), %rsi\n"
    "    mov native_block+56(%rip), %rdi\n"
    "    mov native_block+64(%rip), %r8\n"
    "    mov native_block+72(%rip), %r9\n"
    "    mov native_block+80(%rip), %r10\n"
    "    mov native_block+88(%rip), %r11\n"
    "    mov native_block+96(%rip), %r12\n"
    "    mov native_block+104(%rip), %r13\n"
    "    mov native_block+112(%rip), %r14\n"
    "    mov native_block+120(%rip), %r15\n"
    "    call *native_block+136(%rip)\n"
    "    mov %rax, native_block(%rip)\n"
    "    mov %rcx, native_block+8(%rip)\n"
    "    mov %rdx, native_block+16(%rip)\n"
    "    mov %rbx, native_block+24(%rip)\n"
    "    mov %rbp, native_block+40(%rip)\n"
    "    mov %rsi, native_block+48(%rip)\n"
    "    mov %rdi, native_block+56(%rip)\n"
    "    mov %r8, native_block+64(%rip)\n"
    "    mov %r9, native_block+72(%rip)\n"
    "    mov %r10, native_block+80(%rip)\n"
    "    mov %r11, native_block+88(%rip)\n"
    "    mov %r12, native_block+96(%rip)\n"
    "    mov %r13, native_block+104(%rip)\n"
    "    mov %r14, native_block+112(%rip)\n"
    "    mov %r15, native_block+120(%rip)\n"
    "    pushfq; popq native_block+128(%rip)\n"
    "    cld\n"
    "    mov native_block+144(%rip), %rsp\n"
    "    add $8, %rsp\n"
    "    pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
    "    ret\n"
    ".popsection\n");

void native_run(struct native_state *s, uint8_t *code, const uint8_t *insn,
                unsigned bytes)
{
    /* The processor's fixed flag and interrupts on, as in any program. */
    const uint64_t fixed = 0x202;

    memcpy(code, insn, bytes);
    code[bytes] = 0xc3; /* ret */
    native_block.state = *s;
    native_block.state.flags |= fixed;
    native_block.code = code;
    native_enter();
    *s = native_block.state;
    s->flags &= NATIVE_ARITH | NATIVE_DF;
}
