/* SPDX-License-Identifier: MIT */
/*
 * The image: loaded at IMAGE_PHYS, run at IMAGE_BASE + IMAGE_PHYS. Each
 * protection (text RX, rodata R, data RW) starts on a page of its own.
 */
#include "cpu/layout.h"

OUTPUT_FORMAT("elf64-x86-64")
OUTPUT_ARCH(i386:x86-64)
ENTRY(boot_entry_phys)

PHDRS
{
    text PT_LOAD FLAGS(7);
}

SECTIONS
{
    . = IMAGE_BASE + IMAGE_PHYS;
    image_start = .;
    boot_entry_phys = boot_entry - IMAGE_BASE;

    .text : AT(ADDR(.text) - IMAGE_BASE) {
        text_start = .;
        *(.multiboot)
        *(.head.text)
        . = ALIGN(4096);
        *(.text.stub)
        . = ALIGN(4096);
        *(.text .text.*)
        . = ALIGN(4096);
        text_end = .;
    } :text

    .rodata : AT(ADDR(.rodata) - IMAGE_BASE) {
        rodata_start = .;
        *(.rodata .rodata.[!s]* .rodata.s[!y]* )
        . = ALIGN(8);
        fixup_table_start = .;
        KEEP(*(.fixup_table))
        fixup_table_end = .;
        smap_sites_start = .;
        KEEP(*(.smap_sites))
        smap_sites_end = .;
        *(.rodata.symbols)
        . = ALIGN(4096);
        rodata_end = .;
    } :text

    .init : AT(ADDR(.init) - IMAGE_BASE) {
        init_start = .;
        *(.init.text)
        . = ALIGN(8);
        *(.init.data)
        . = ALIGN(4096);
        init_end = .;
    } :text

    .data : AT(ADDR(.data) - IMAGE_BASE) {
        data_start = .;
        *(.data.page)
        *(.data .data.*)
        . = ALIGN(4096);
    } :text

    .bss : AT(ADDR(.bss) - IMAGE_BASE) {
        . = ALIGN(16384);
        *(.bss.stack)
        *(.bss.page)
        *(.bss .bss.* COMMON)
        . = ALIGN(4096);
    } :text
    image_end = .;

    /DISCARD/ : { *(.comment) *(.note .note.*) *(.eh_frame*) *(.interp)
                  *(.dynamic) *(.dynsym) *(.dynstr) *(.hash) *(.gnu.hash) }

    ASSERT(SIZEOF(.got) == 0, "no GOT is allowed")
    .got : { *(.got .got.plt) }
}
