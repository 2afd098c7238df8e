/* SPDX-License-Identifier: MIT */
/*
 * What a CPU that was just started runs: from real mode to long mode and the
 * hypervisor. Copied to a page below 1 MiB; %cs is that page's.
 *
 * The first root maps this page one to one, besides all that the hypervisor
 * maps; it lies below 4 GiB.
 */
#include "boot/smp.h"

#define OFFSET(sym) ((sym) - trampoline_start)

        .section .rodata.trampoline, "a"
        .code16
        .balign 16
        .global trampoline_start
trampoline_start:
        cli
        cld
        mov     %cs, %ax
        mov     %ax, %ds
        mov     TRAMPOLINE_BASE, %ebx

        /* The far pointers and the GDT's base depend on the page. */
        lea     OFFSET(protected)(%ebx), %eax
        mov     %eax, OFFSET(protected_ptr)
        lea     OFFSET(long_mode)(%ebx), %eax
        mov     %eax, OFFSET(long_ptr)
        lea     OFFSET(gdt)(%ebx), %eax
        mov     %eax, OFFSET(gdt_ptr) + 2
        lgdtl   OFFSET(gdt_ptr)

        mov     $0x11, %eax             /* ET PE */
        mov     %eax, %cr0
        ljmpl   *OFFSET(protected_ptr)

        .code32
protected:
        mov     $0x10, %eax
        mov     %eax, %ds
        mov     %eax, %ss
        mov     $0x20, %eax             /* CR4.PAE */
        mov     %eax, %cr4
        mov     TRAMPOLINE_ROOT(%ebx), %eax
        mov     %eax, %cr3
        mov     $0xc0000080, %ecx       /* EFER: LME, NXE */
        rdmsr
        or      $0x900, %eax
        wrmsr
        mov     $0x80010033, %eax       /* PG WP NE ET MP PE */
        mov     %eax, %cr0
        ljmp    *OFFSET(long_ptr)(%ebx)

        .code64
long_mode:
        xor     %eax, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %ss
        mov     %eax, %fs
        mov     %eax, %gs
        mov     TRAMPOLINE_STACK(%rbx), %rsp
        mov     TRAMPOLINE_ROOT2(%rbx), %rsi
        mov     TRAMPOLINE_ENTRY(%rbx), %rax
        /* The root that lacks this page is loaded from code it has. */
        xor     %ebp, %ebp
        jmp     *%rax

        .balign 8
gdt:
        .quad   0
        .quad   0x00cf9b000000ffff      /* 0x08: 32-bit code */
        .quad   0x00cf93000000ffff      /* 0x10: data */
        .quad   0x00af9b000000ffff      /* 0x18: 64-bit code */
gdt_ptr:
        .short  gdt_ptr - gdt - 1
        .long   0
        .balign 4
protected_ptr:
        .long   0
        .short  0x08
        .balign 4
long_ptr:
        .long   0
        .short  0x18
        .global trampoline_end
trampoline_end:

        /* %rsi: the hypervisor's root; %rsp: the top of the idle stack. */
        .text
        .code64
        .global smp_entry
smp_entry:
        mov     %rsi, %cr3
        call    smp_begin
        ud2

        .section .note.GNU-stack, "", @progbits
