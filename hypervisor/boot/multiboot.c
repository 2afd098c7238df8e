/* SPDX-License-Identifier: MIT */
/*
 * Reads what a multiboot 1 or 2 loader left into boot_info.
 *
 * All loader structures lie below 4 GiB and are read through the boot root's
 * direct map. Numbers are from the Multiboot specification 0.6.96 (3.3) and
 * the Multiboot2 specification 2.0 (3.6).
 */
#include "boot/multiboot.h"

#include "boot/memmap.h"
#include "lib/boot_info.h"
#include "lib/string.h"
#include "mm/map.h"

struct boot_info boot_info;

static const void *low(uint64_t pa)
{
    return paddr_to_virt(PADDR(pa));
}

static uint32_t get32(const uint8_t *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

static uint64_t get64(const uint8_t *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof(v));
    return v;
}

/*
 * Copy a command line of at most `max` bytes without its first word: QEMU puts the file's name there
 * and GRUB's menu scripts a placeholder. A first word with '=' is neither.
 */
static void copy_cmdline(char *dst, const char *src, size_t max)
{
    const char *end = src + strnlen(src, MIN(max, BOOT_CMDLINE_BYTES - 1));
    const char *p = src;
    bool is_setting = false;

    while (p < end && *p == ' ')
        p++;
    src = p;
    for (; p < end && *p != ' '; p++)
        is_setting |= *p == '=';
    if (is_setting)
        p = src;
    while (p < end && *p == ' ')
        p++;
    memcpy(dst, p, (size_t)(end - p));
    dst[end - p] = '\0';
}

static void add_region(uint64_t base, uint64_t size, uint32_t type)
{
    if (boot_info.map_count < BOOT_MEM_MAX)
        boot_info.map[boot_info.map_count++] =
            (struct mem_region){base, size, type};
}

static void add_module(uint32_t start, uint32_t end, const char *cmdline,
                       size_t max)
{
    struct boot_module *m;

    if (boot_info.module_count == BOOT_MODULES_MAX)
        return;
    m = &boot_info.modules[boot_info.module_count++];
    m->start = start;
    m->end = end;
    copy_cmdline(m->cmdline, cmdline, max);
}

/*
 * The framebuffer description is laid out alike in both versions from the
 * address on; `colours` is where the colour fields stand.
 */
static void set_screen(const uint8_t *p, const uint8_t *colours)
{
    struct boot_screen *s = &boot_info.screen;
    uint8_t type = p[21];

    s->base = get64(p);
    s->pitch = get32(p + 8);
    s->width = get32(p + 12);
    s->height = get32(p + 16);
    s->bpp = p[20];
    if (type == 1) {
        s->kind = SCREEN_FRAMEBUFFER;
        s->red_pos = colours[0];
        s->red_size = colours[1];
        s->green_pos = colours[2];
        s->green_size = colours[3];
        s->blue_pos = colours[4];
        s->blue_size = colours[5];
    } else {
        s->kind = type == 2 ? SCREEN_TEXT : SCREEN_NONE;
    }
}

static void set_text_screen(void)
{
    boot_info.screen = (struct boot_screen){
        .kind = SCREEN_TEXT,
        .base = 0xb8000,
        .pitch = 160,
        .width = 80,
        .height = 25,
        .bpp = 16,
    };
}

/* Each entry begins with its size, which does not count itself. */
static void read_map(const uint8_t *map, uint32_t bytes)
{
    for (uint64_t at = 0; at + 24 <= bytes && get32(map + at) >= 20;
         at += get32(map + at) + 4UL)
        add_region(get64(map + at + 4), get64(map + at + 12),
                   get32(map + at + 20));
}

static void read_multiboot1(uint32_t info)
{
    const uint8_t *p = low(info);
    uint32_t flags = get32(p);

    boot_info.multiboot = 1;
    set_text_screen();
    if (flags & 1U << 2)
        copy_cmdline(boot_info.cmdline, low(get32(p + 16)), BOOT_CMDLINE_BYTES);
    if (flags & 1U << 3) {
        const uint8_t *m = low(get32(p + 24));
        uint32_t count = MIN(get32(p + 20), (uint32_t)BOOT_MODULES_MAX);

        for (uint32_t i = 0; i < count; i++, m += 16)
            add_module(get32(m), get32(m + 4),
                       get32(m + 8) ? low(get32(m + 8)) : "",
                       BOOT_CMDLINE_BYTES);
    }
    if (flags & 1U << 6)
        read_map(low(get32(p + 48)), get32(p + 44));
    if (flags & 1U << 12)
        set_screen(p + 88, p + 110);
}

/*
 * The ACPI root pointer's own address, from the EFI configuration table (UEFI
 * 2.10, 4.3 and 4.6); 0 when it isn't there.
 */
static uint64_t efi_find_rsdp(uint64_t system_table)
{
    static const uint8_t acpi20[16] = {0x71, 0xe8, 0x68, 0x88, 0xf1, 0xe4,
                                       0xd3, 0x11, 0xbc, 0x22, 0x00, 0x80,
                                       0xc7, 0x3c, 0x88, 0x81};
    static const uint8_t acpi10[16] = {0x30, 0x2d, 0x9d, 0xeb, 0x88, 0x2d,
                                       0xd3, 0x11, 0x9a, 0x16, 0x00, 0x90,
                                       0x27, 0x3f, 0xc1, 0x4d};
    uint64_t count, tables, old = 0;

    if (!system_table || system_table >> 32)
        return 0;
    count = get64((const uint8_t *)low(system_table) + 104);
    tables = get64((const uint8_t *)low(system_table) + 112);
    if (tables >> 32 || count > 1024)
        return 0;
    for (uint64_t i = 0; i < count; i++) {
        const uint8_t *t = low(tables + i * 24);

        if (!memcmp(t, acpi20, 16))
            return get64(t + 16);
        if (!memcmp(t, acpi10, 16))
            old = get64(t + 16);
    }
    return old;
}

/*
 * A copy, good enough for our own reading of the tables. Loaders give the
 * pointer of ACPI 1 first, and then that of ACPI 2, which says more; the
 * original, where known, is better than both.
 */
static void copy_rsdp(const uint8_t *rsdp, uint32_t bytes, bool is_acpi2)
{
    static uint8_t copy[64];
    uint64_t at = virt_to_paddr(copy).v;

    if (boot_info.rsdp && !(is_acpi2 && boot_info.rsdp == at))
        return;
    memcpy(copy, rsdp, MIN(bytes, (uint32_t)sizeof(copy)));
    boot_info.rsdp = at;
}

static void read_efi(uint64_t system_table)
{
    uint64_t rsdp = efi_find_rsdp(system_table);

    boot_info.is_uefi = true;
    if (rsdp)
        boot_info.rsdp = rsdp;
}

static void read_map_tag(const uint8_t *t, uint32_t size)
{
    uint32_t entry = get32(t + 8);

    for (uint64_t at = 16; entry >= 20 && at + 20 <= size; at += entry)
        add_region(get64(t + at), get64(t + at + 8), get32(t + at + 16));
}

static void read_tag(uint32_t type, const uint8_t *t, uint32_t size)
{
    /* Bytes up to the last field that each has. */
    static const uint8_t needed[16] = {
        [1] = 8, [3] = 16, [6] = 16, [8] = 30, [12] = 16, [14] = 28, [15] = 44};

    if (type >= ARRAY_COUNT(needed) || size < needed[type])
        return;
    switch (type) {
    case 1:
        copy_cmdline(boot_info.cmdline, (const char *)t + 8, size - 8);
        break;
    case 3:
        add_module(get32(t + 8), get32(t + 12), (const char *)t + 16,
                   size - 16);
        break;
    case 6:
        read_map_tag(t, size);
        break;
    case 8:
        if (t[29] != 1 || size >= 38)
            set_screen(t + 8, t + 32);
        break;
    case 12:
        read_efi(get64(t + 8));
        break;
    case 14:
    case 15:
        copy_rsdp(t + 8, size - 8, type == 15);
        break;
    default:
        break;
    }
}

static void read_multiboot2(uint32_t info)
{
    const uint8_t *p = low(info);
    uint32_t left = get32(p);

    boot_info.multiboot = 2;
    /* Behind the total size, tags, each aligned to 8 bytes. */
    for (uint64_t step = 8; left >= step + 8;) {
        uint32_t type, size;

        p += step;
        left -= (uint32_t)step;
        type = get32(p);
        size = get32(p + 4);
        if (!type || size < 8 || size > left)
            break;
        read_tag(type, p, size);
        step = ROUND_UP((uint64_t)size, 8UL);
    }
}

const char *multiboot_read(uint32_t magic, uint32_t info)
{
    if (magic == MULTIBOOT1_LOADED) {
        read_multiboot1(info);
    } else if (magic == MULTIBOOT2_LOADED) {
        read_multiboot2(info);
    } else {
        set_text_screen();
        return "not started by a multiboot loader: use GRUB's multiboot2 "
               "command";
    }
    boot_info.map_count =
        memmap_sanitize(boot_info.map, boot_info.map_count, BOOT_MEM_MAX);
    return NULL;
}

static bool overlap(uint64_t a, uint64_t a_end, uint64_t b, uint64_t b_end)
{
    return a < b_end && b < a_end;
}

const char *multiboot_check(void)
{
    uint64_t image = virt_to_paddr(image_start).v;
    uint64_t image_last = virt_to_paddr(image_end).v;
    uint64_t ram = 0;

    for (unsigned i = 0; i < boot_info.map_count; i++)
        if (boot_info.map[i].type == MEM_RAM)
            ram += boot_info.map[i].size;
    if (ram < (16UL << 20))
        return "the boot loader gave no usable memory map: use GRUB 2's "
               "multiboot2 command, or a machine with more memory";
    if (!boot_info.module_count)
        return "no module: add dom0's kernel (an ELF file) as the first "
               "module and its initrd as the second";
    for (unsigned i = 0; i < boot_info.module_count; i++) {
        const struct boot_module *m = &boot_info.modules[i];

        if (m->end <= m->start)
            return "a module is empty: check its path in the boot loader's "
                   "menu";
        if (overlap(m->start, m->end, image, image_last))
            return "a module overlaps the hypervisor's image: the boot loader "
                   "is at fault; try multiboot2";
        for (unsigned j = 0; j < i; j++)
            if (overlap(m->start, m->end, boot_info.modules[j].start,
                        boot_info.modules[j].end))
                return "two modules overlap each other: the boot loader is "
                       "at fault; try multiboot2";
    }
    return NULL;
}
