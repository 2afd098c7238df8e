/* SPDX-License-Identifier: MIT */
/*
 * What the boot loader told us, copied out of its memory before anything else
 * runs: the rest of the hypervisor sees this and never the loader's own
 * structures. Filled by boot/multiboot.c.
 */
#pragma once

#include "lib/types.h"

#define BOOT_MEM_MAX       256
#define BOOT_MODULES_MAX   8
#define BOOT_CMDLINE_BYTES 2048

enum mem_type {
    MEM_RAM = 1,
    MEM_RESERVED = 2,
    MEM_ACPI = 3,
    MEM_NVS = 4,
    MEM_UNUSABLE = 5,
};

struct mem_region {
    uint64_t base, size; /* bytes */
    uint32_t type;       /* enum mem_type (e820 numbers) */
};

struct boot_module {
    uint64_t start, end;              /* machine bytes [start, end) */
    char cmdline[BOOT_CMDLINE_BYTES]; /* without the file's name */
};

enum boot_screen_kind {
    SCREEN_NONE,
    SCREEN_TEXT,
    SCREEN_FRAMEBUFFER
};

struct boot_screen {
    enum boot_screen_kind kind;
    uint64_t base;          /* machine address */
    uint32_t pitch;         /* bytes a line (framebuffer) */
    uint32_t width, height; /* pixels, or columns and rows of text */
    uint8_t bpp;
    uint8_t red_pos, red_size, green_pos, green_size, blue_pos, blue_size;
};

struct boot_info {
    char cmdline[BOOT_CMDLINE_BYTES];    /* hypervisor parameters */
    struct mem_region map[BOOT_MEM_MAX]; /* sorted, not overlapping */
    unsigned map_count;
    struct boot_module modules[BOOT_MODULES_MAX];
    unsigned module_count;
    struct boot_screen screen;
    uint64_t rsdp; /* machine address, 0 when the loader gave none */
    bool is_uefi;
    uint8_t multiboot; /* 1 or 2 */
};

extern struct boot_info boot_info;

/* The image as linked: machine [IMAGE_PHYS, IMAGE_PHYS + image bytes). */
extern char image_start[], image_end[], text_start[], text_end[],
    rodata_start[], rodata_end[], init_start[], init_end[], data_start[];
