/* SPDX-License-Identifier: MIT */
/*
 * From the boot loader (32-bit protected mode, no paging) to boot_main() in
 * long mode at the image's link address.
 *
 * The boot root maps the first 4 GiB three times: one to one, at IMAGE_BASE
 * and at DIRECT_BASE. mm_init() replaces it.
 */
#include "cpu/regs.h"

#define PHYS(sym) ((sym) - IMAGE_BASE)

#define MB1_MAGIC 0x1badb002
/* Bit 0: modules on page boundaries; bit 1: memory map wanted. */
#define MB1_FLAGS 3
#define MB2_MAGIC 0xe85250d6

        .section .multiboot, "ax"
        .balign 8
mb1_header:
        .long MB1_MAGIC, MB1_FLAGS, -(MB1_MAGIC + MB1_FLAGS)

        .balign 8
mb2_header:
        .long MB2_MAGIC, 0, mb2_end - mb2_header
        .long -(MB2_MAGIC + (mb2_end - mb2_header))
        /* Wanted: command line, modules, memory map. */
        .short 1, 0
        .long 20, 1, 3, 6
        .balign 8
        /* Console: text mode can be handled. */
        .short 4, 1
        .long 12, 2
        .balign 8
        /* Framebuffer: any, and none is all right. */
        .short 5, 1
        .long 20, 0, 0, 0
        .balign 8
        /* Modules on page boundaries. */
        .short 6, 0
        .long 8
        .balign 8
        .short 0, 0
        .long 8
mb2_end:

        .section .head.text, "ax"
        .code32
        .global boot_entry
boot_entry:
        cli
        cld
        mov     %eax, %ebp              /* loader's magic */
        mov     %ebx, %edi              /* loader's information */
        mov     $PHYS(boot_stack_end) - 256, %esp

        /*
         * CPUID, long mode and NX: nothing works without them. SYSCALL is
         * looked for in features_init(): Intel's CPUs show it in long mode only.
         */
        pushfl
        pop     %eax
        mov     %eax, %ecx
        xor     $0x200000, %eax
        push    %eax
        popfl
        pushfl
        pop     %eax
        xor     %ecx, %eax
        test    $0x200000, %eax
        mov     $PHYS(msg_no_cpuid), %esi
        jz      boot_die
        mov     $0x80000000, %eax
        cpuid
        cmp     $0x80000001, %eax
        mov     $PHYS(msg_no_long), %esi
        jb      boot_die
        mov     $0x80000001, %eax
        cpuid
        mov     $PHYS(msg_no_long), %esi
        bt      $29, %edx
        jnc     boot_die
        mov     $PHYS(msg_no_nx), %esi
        bt      $20, %edx
        jnc     boot_die

        /* The boot root: four L2 tables of 2 MiB pages. */
        mov     $PHYS(boot_l2), %ebx
        mov     $0x183, %eax            /* present, write, PSE, global off */
        and     $~0x100, %eax
        xor     %ecx, %ecx
1:      mov     %eax, (%ebx, %ecx, 8)
        movl    $0, 4(%ebx, %ecx, 8)
        add     $0x200000, %eax
        inc     %ecx
        cmp     $2048, %ecx
        jne     1b
        mov     $PHYS(boot_l3), %ebx
        lea     PHYS(boot_l2) + 3, %eax
        xor     %ecx, %ecx
2:      mov     %eax, (%ebx, %ecx, 8)
        add     $4096, %eax
        inc     %ecx
        cmp     $4, %ecx
        jne     2b
        lea     PHYS(boot_l3) + 3, %eax
        mov     $PHYS(boot_l4), %ebx
        mov     %eax, (%ebx)
        mov     %eax, 258 * 8(%ebx)
        mov     %eax, 262 * 8(%ebx)

        mov     $0x20, %eax             /* CR4.PAE */
        mov     %eax, %cr4
        mov     %ebx, %cr3
        mov     $0xc0000080, %ecx       /* EFER: LME, NXE */
        rdmsr
        or      $0x900, %eax
        wrmsr
        mov     $0x80010033, %eax       /* PG WP NE ET MP PE */
        mov     %eax, %cr0
        lgdt    PHYS(boot_gdt_ptr)
        ljmp    $8, $PHYS(boot_64)

        /* %esi: message. On COM1 and on the text screen, then halt. */
boot_die:
        mov     $0xb8000, %edi
        mov     $0x3f8 + 5, %dx
3:      lodsb
        test    %al, %al
        jz      5f
        mov     $0x4f, %ah
        mov     %ax, (%edi)
        add     $2, %edi
        mov     %al, %bl
        mov     $100000, %ecx
4:      inb     %dx, %al
        test    $0x20, %al
        loopz   4b
        mov     %bl, %al
        mov     $0x3f8, %dx
        outb    %al, %dx
        mov     $0x3f8 + 5, %dx
        jmp     3b
5:      hlt
        jmp     5b

        .code64
boot_64:
        movabs  $1f, %rax
        jmp     *%rax
1:      xor     %eax, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %ss
        mov     %eax, %fs
        mov     %eax, %gs
        /* Leave room for the stack's top block. */
        lea     boot_stack_end(%rip), %rsp
        sub     $STACK_TOP_BYTES, %rsp
        mov     %edi, %esi              /* information */
        mov     %ebp, %edi              /* magic */
        xor     %ebp, %ebp
        call    boot_main
        ud2

        .section .rodata, "a"
        .balign 8
boot_gdt:
        .quad   0
        .quad   0x00af9b000000ffff      /* 64-bit code */
boot_gdt_ptr:
        .short  15
        .long   PHYS(boot_gdt)
msg_no_cpuid:
        .asciz "Parvis: this CPU has no CPUID; a 64-bit x86 CPU is needed\r\n"
msg_no_long:
        .asciz "Parvis: this CPU has no long mode; a 64-bit x86 CPU is needed\r\n"
msg_no_nx:
        .asciz "Parvis: this CPU has no NX, or the firmware turned it off: turn on Execute Disable there\r\n"

        .section .bss.stack, "aw", @nobits
        .balign STACK_BYTES
        .global boot_stack
boot_stack:
        .skip   STACK_BYTES
boot_stack_end:

        .section .bss.page, "aw", @nobits
        .balign 4096
        .global boot_l4
boot_l4:
        .skip   4096
boot_l3:
        .skip   4096
boot_l2:
        .skip   4 * 4096

        .section .note.GNU-stack, "", @progbits
