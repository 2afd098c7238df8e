/* SPDX-License-Identifier: MIT */
/*
 * The two 8259s. Masked for good: IO-APICs deliver all interrupts. A spurious
 * one may still come, at vectors 0x20 to 0x2f, and is ignored there.
 */
#include "platform/pic.h"

#include "cpu/insn.h"

#define PIC1_COMMAND 0x20
#define PIC1_DATA    0x21
#define PIC2_COMMAND 0xa0
#define PIC2_DATA    0xa1
#define PIC_VECTORS  0x20

void pic_init(void)
{
    /* ICW1 to ICW4: cascade on line 2, 8086 mode. */
    outb(PIC1_COMMAND, 0x11);
    outb(PIC2_COMMAND, 0x11);
    outb(PIC1_DATA, PIC_VECTORS);
    outb(PIC2_DATA, PIC_VECTORS + 8);
    outb(PIC1_DATA, 1 << 2);
    outb(PIC2_DATA, 2);
    outb(PIC1_DATA, 1);
    outb(PIC2_DATA, 1);
    outb(PIC1_DATA, 0xff);
    outb(PIC2_DATA, 0xff);
}
