/* SPDX-License-Identifier: MIT */
/*
 * boot/multiboot.c: what loaders of both versions leave, and structures that
 * contradict themselves. Physical memory is a buffer that ends where the
 * structures end, so that a byte read behind them is a fault.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "boot/multiboot.h"
#include "lib/boot_info.h"
#include "mm/map.h"

#define MEMORY_BYTES 0x10000UL
#define INFO         0x1000U
#define IMAGE_START  0x200000UL
#define IMAGE_END    0x400000UL

/* The addresses count, not what is there; machine addresses are faked. */
char image_start[1], image_end[1];

static uint8_t *memory;
/* End of what is written so far: multiboot 2's tags are put there. */
static uint32_t end;

void *paddr_to_virt(paddr_t pa)
{
    /* Addresses of the program itself stand for those of the image. */
    return pa.v < MEMORY_BYTES ? memory + pa.v : (void *)pa.v;
}

paddr_t virt_to_paddr(const void *va)
{
    if (va == image_start)
        return PADDR(IMAGE_START);
    if (va == image_end)
        return PADDR(IMAGE_END);
    return PADDR((uint64_t)va);
}

static void put32(uint64_t at, uint32_t v)
{
    memcpy(memory + at, &v, sizeof(v));
}

static void put64(uint64_t at, uint64_t v)
{
    memcpy(memory + at, &v, sizeof(v));
}

static int set_up(void **unused)
{
    (void)unused;
    memset(&boot_info, 0, sizeof(boot_info));
    memset(memory, 0, MEMORY_BYTES);
    end = INFO + 8;
    return 0;
}

/* ---- Multiboot 1 ---- */

static void add_entry1(uint32_t at, uint32_t size, uint64_t base,
                       uint64_t bytes, uint32_t type)
{
    put32(at, size);
    put64(at + 4, base);
    put64(at + 12, bytes);
    put32(at + 20, type);
}

static void test_multiboot1(void **unused)
{
    (void)unused;
    put32(INFO, 1U << 2 | 1U << 3 | 1U << 6);
    put32(INFO + 16, 0x2000);
    strcpy((char *)memory + 0x2000, "parvis.elf  console=com1 noreboot");
    put32(INFO + 20, 2);
    put32(INFO + 24, 0x3000);
    put32(0x3000, 0x1000000);
    put32(0x3004, 0x2000000);
    put32(0x3008, 0x3100);
    strcpy((char *)memory + 0x3100, "vmlinux root=/dev/sda1 ro");
    put32(0x3010, 0x2000000);
    put32(0x3014, 0x2100000);
    put32(INFO + 44, 52);
    put32(INFO + 48, 0x4000);
    add_entry1(0x4000, 24, 0x100000, 0x7f00000, MEM_RAM);
    add_entry1(0x401c, 20, 0, 0x9f000, MEM_RAM);

    assert_null(multiboot_read(MULTIBOOT1_LOADED, INFO));
    assert_int_equal(boot_info.multiboot, 1);
    assert_string_equal(boot_info.cmdline, "console=com1 noreboot");
    assert_int_equal(boot_info.module_count, 2);
    assert_int_equal(boot_info.modules[0].start, 0x1000000);
    assert_int_equal(boot_info.modules[0].end, 0x2000000);
    assert_string_equal(boot_info.modules[0].cmdline, "root=/dev/sda1 ro");
    assert_string_equal(boot_info.modules[1].cmdline, "");
    assert_int_equal(boot_info.map_count, 2);
    assert_int_equal(boot_info.map[0].size, 0x9f000);
    assert_int_equal(boot_info.map[1].base, 0x100000);
    assert_int_equal(boot_info.screen.kind, SCREEN_TEXT);
    assert_int_equal(boot_info.screen.width, 80);
    assert_false(boot_info.is_uefi);
    assert_null(multiboot_check());
}

static void test_framebuffer1(void **unused)
{
    (void)unused;
    put32(INFO, 1U << 12);
    put64(INFO + 88, 0xfd000000);
    put32(INFO + 96, 4096);
    put32(INFO + 100, 1024);
    put32(INFO + 104, 768);
    memcpy(memory + INFO + 108, "\x20\x01\x10\x08\x08\x07\x00\x06", 8);
    assert_null(multiboot_read(MULTIBOOT1_LOADED, INFO));
    assert_int_equal(boot_info.screen.kind, SCREEN_FRAMEBUFFER);
    assert_int_equal(boot_info.screen.base, 0xfd000000);
    assert_int_equal(boot_info.screen.pitch, 4096);
    assert_int_equal(boot_info.screen.bpp, 32);
    assert_int_equal(boot_info.screen.red_pos, 16);
    assert_int_equal(boot_info.screen.red_size, 8);
    assert_int_equal(boot_info.screen.green_size, 7);
    assert_int_equal(boot_info.screen.blue_size, 6);
}

/*
 * Mistake: the map was walked by the sizes that it gives. Effect: an entry of
 * size -4 was read for ever, one at the end reached behind the map. Check:
 * entries too small for their fields or not wholly inside end the walk.
 */
static void test_damaged_map1(void **unused)
{
    static const uint32_t sizes[] = {0xfffffffc, 0, 19, 0x7fffffff, 0xffffffff};

    (void)unused;
    for (unsigned i = 0; i < ARRAY_COUNT(sizes); i++) {
        set_up(NULL);
        put32(INFO, 1U << 6);
        put32(INFO + 44, 72);
        put32(INFO + 48, MEMORY_BYTES - 72);
        add_entry1(MEMORY_BYTES - 72, 20, 0, 0x1000, MEM_RAM);
        add_entry1(MEMORY_BYTES - 48, sizes[i], 0x2000, 0x1000, MEM_RAM);
        add_entry1(MEMORY_BYTES - 24, 20, 0x4000, 0x1000, MEM_RAM);
        assert_null(multiboot_read(MULTIBOOT1_LOADED, INFO));
        assert_int_equal(boot_info.map_count, sizes[i] < 20 ? 1 : 2);
    }
    for (uint32_t bytes = 0; bytes < 72; bytes++) {
        set_up(NULL);
        put32(INFO, 1U << 6);
        put32(INFO + 44, bytes);
        put32(INFO + 48, (uint32_t)MEMORY_BYTES - bytes);
        for (uint32_t at = 0; at + 24 <= bytes; at += 24)
            add_entry1((uint32_t)MEMORY_BYTES - bytes + at, 20, at * 0x1000,
                       0x1000, MEM_RAM);
        assert_null(multiboot_read(MULTIBOOT1_LOADED, INFO));
        assert_int_equal(boot_info.map_count, bytes / 24);
    }
}

static void test_many_modules1(void **unused)
{
    (void)unused;
    put32(INFO, 1U << 3);
    put32(INFO + 20, 0xffffffff);
    put32(INFO + 24, MEMORY_BYTES - 16 * BOOT_MODULES_MAX);
    assert_null(multiboot_read(MULTIBOOT1_LOADED, INFO));
    assert_int_equal(boot_info.module_count, BOOT_MODULES_MAX);
}

/* ---- Multiboot 2 ---- */

/* Room for a tag of `size` bytes; returns where it is. */
static uint32_t add_tag(uint32_t type, uint32_t size)
{
    uint32_t at = end;

    put32(at, type);
    put32(at + 4, size);
    end += (size + 7) / 8 * 8;
    return at;
}

static void add_string_tag(uint32_t type, uint32_t fixed, const char *s)
{
    uint32_t at = add_tag(type, fixed + (uint32_t)strlen(s) + 1);

    strcpy((char *)memory + at + fixed, s);
}

/* Move the whole to the end of memory, and read it there. */
static const char *read2(void)
{
    uint32_t bytes = end - INFO, at = (uint32_t)MEMORY_BYTES - bytes;

    memmove(memory + at, memory + INFO, bytes);
    put32(at, bytes);
    return multiboot_read(MULTIBOOT2_LOADED, at);
}

static void test_multiboot2(void **unused)
{
    uint32_t at;

    (void)unused;
    add_string_tag(1, 8, "placeholder loglvl=all");
    at = end;
    add_string_tag(3, 16, "console=hvc0 quiet");
    put32(at + 8, 0x1000000);
    put32(at + 12, 0x2000000);
    at = add_tag(6, 16 + 2 * 24);
    put32(at + 8, 24);
    put64(at + 16, 0x100000);
    put64(at + 24, 0x7f00000);
    put32(at + 32, MEM_RAM);
    put64(at + 40, 0);
    put64(at + 48, 0x9f000);
    put32(at + 56, MEM_RAM);
    at = add_tag(8, 38);
    put64(at + 8, 0x80000000);
    put32(at + 16, 5120);
    put32(at + 20, 1280);
    put32(at + 24, 800);
    memcpy(memory + at + 28, "\x20\x01\0\0\x10\x08\x08\x08\x00\x08", 10);
    add_tag(4711, 100);
    add_tag(0, 8);

    assert_null(read2());
    assert_int_equal(boot_info.multiboot, 2);
    assert_string_equal(boot_info.cmdline, "loglvl=all");
    assert_int_equal(boot_info.module_count, 1);
    assert_int_equal(boot_info.modules[0].start, 0x1000000);
    assert_int_equal(boot_info.modules[0].end, 0x2000000);
    assert_string_equal(boot_info.modules[0].cmdline, "console=hvc0 quiet");
    assert_int_equal(boot_info.map_count, 2);
    assert_int_equal(boot_info.map[1].size, 0x7f00000);
    assert_int_equal(boot_info.screen.kind, SCREEN_FRAMEBUFFER);
    assert_int_equal(boot_info.screen.width, 1280);
    assert_int_equal(boot_info.screen.height, 800);
    assert_int_equal(boot_info.screen.red_pos, 16);
    assert_int_equal(boot_info.screen.blue_size, 8);
    assert_null(multiboot_check());
}

static void test_text_screen2(void **unused)
{
    uint32_t at = add_tag(8, 32);

    (void)unused;
    put64(at + 8, 0xb8000);
    put32(at + 16, 160);
    put32(at + 20, 80);
    put32(at + 24, 25);
    memcpy(memory + at + 28, "\x10\x02", 2);
    assert_null(read2());
    assert_int_equal(boot_info.screen.kind, SCREEN_TEXT);
    assert_int_equal(boot_info.screen.base, 0xb8000);
}

/*
 * Mistake: strings were read to their end and not to their tag's, tags were
 * read whatever their size, and offsets were added up in 32 bits. Effect:
 * bytes behind the loader's structures became parameters or memory, or the
 * walk did not end. Check: tags of every size below the full one, the last
 * thing in memory.
 */
static void test_short_tags(void **unused)
{
    static const uint32_t types[] = {1, 3, 6, 8, 12, 14, 15};

    (void)unused;
    for (unsigned i = 0; i < ARRAY_COUNT(types); i++)
        for (uint32_t size = 0; size < 64; size++) {
            uint32_t at, total;

            set_up(NULL);
            at = add_tag(types[i], size);
            end = at + (size < 8 ? 8 : size);
            if (size > 8)
                memset(memory + at + 8, types[i] == 12 ? 0 : 0x2e, size - 8);
            total = end - INFO;
            /* Aligned or not: the end counts. */
            memmove(memory + MEMORY_BYTES - total, memory + INFO, total);
            put32(MEMORY_BYTES - total, total);
            assert_null(multiboot_read(MULTIBOOT2_LOADED,
                                       (uint32_t)MEMORY_BYTES - total));
        }
}

static void test_wrapping_sizes(void **unused)
{
    static const uint32_t sizes[] = {0,          1,          19,
                                     0x7ffffff0, 0xfffffff0, 0xffffffff};

    (void)unused;
    for (unsigned i = 0; i < ARRAY_COUNT(sizes); i++) {
        uint32_t at;

        set_up(NULL);
        at = add_tag(6, 64);
        put32(at + 8, sizes[i]);
        put64(at + 24, 0x1000);
        put32(at + 32, MEM_RAM);
        assert_null(read2());
        assert_int_equal(boot_info.map_count, sizes[i] >= 20);
        /* The tag itself says that it is so large. */
        set_up(NULL);
        add_tag(6, 64);
        put32(INFO + 12, sizes[i]);
        assert_null(read2());
        assert_int_equal(boot_info.map_count, 0);
    }
}

static void test_long_cmdline(void **unused)
{
    static char line[3000];

    (void)unused;
    memset(line, 'a', sizeof(line) - 1);
    line[0] = 'x';
    line[1] = '=';
    add_string_tag(1, 8, line);
    assert_null(read2());
    assert_int_equal(strlen(boot_info.cmdline), BOOT_CMDLINE_BYTES - 1);
    assert_memory_equal(boot_info.cmdline, line, BOOT_CMDLINE_BYTES - 1);
}

static void test_first_word(void **unused)
{
    static const struct {
        const char *line, *want;
    } lines[] = {
        {"", ""},
        {"   ", ""},
        {"parvis", ""},
        {"/boot/parvis noreboot", "noreboot"},
        {"  /boot/parvis   a b", "a b"},
        {"console=com1 noreboot", "console=com1 noreboot"},
        {"  console=com1", "console=com1"},
        {"x a=b", "a=b"},
    };

    (void)unused;
    for (unsigned i = 0; i < ARRAY_COUNT(lines); i++) {
        set_up(NULL);
        add_string_tag(1, 8, lines[i].line);
        assert_null(read2());
        assert_string_equal(boot_info.cmdline, lines[i].want);
    }
}

static void test_many_regions_and_modules(void **unused)
{
    uint32_t at = add_tag(6, 16 + 24 * (BOOT_MEM_MAX + 10));

    (void)unused;
    put32(at + 8, 24);
    for (uint32_t i = 0; i < BOOT_MEM_MAX + 10; i++) {
        put64(at + 16 + 24 * i, i * 0x2000UL);
        put64(at + 24 + 24 * i, 0x1000);
        put32(at + 32 + 24 * i, MEM_RAM);
    }
    for (unsigned i = 0; i < BOOT_MODULES_MAX + 3; i++)
        add_string_tag(3, 16, "");
    assert_null(read2());
    assert_int_equal(boot_info.map_count, BOOT_MEM_MAX);
    assert_int_equal(boot_info.module_count, BOOT_MODULES_MAX);
}

/* ---- The ACPI pointer ---- */

#define SYSTEM_TABLE 0x100U
#define CONFIG_TABLE 0x200U

static void add_rsdp_tag(uint32_t type, uint32_t bytes, uint8_t fill)
{
    uint32_t at = add_tag(type, 8 + bytes);

    memset(memory + at + 8, fill, bytes);
}

static uint8_t rsdp_byte(void)
{
    return *(const uint8_t *)paddr_to_virt(PADDR(boot_info.rsdp));
}

static void put_efi(bool has_acpi2)
{
    static const uint8_t acpi10[16] = {0x30, 0x2d, 0x9d, 0xeb, 0x88, 0x2d,
                                       0xd3, 0x11, 0x9a, 0x16, 0x00, 0x90,
                                       0x27, 0x3f, 0xc1, 0x4d};
    static const uint8_t acpi20[16] = {0x71, 0xe8, 0x68, 0x88, 0xf1, 0xe4,
                                       0xd3, 0x11, 0xbc, 0x22, 0x00, 0x80,
                                       0xc7, 0x3c, 0x88, 0x81};

    put64(SYSTEM_TABLE + 104, 3);
    put64(SYSTEM_TABLE + 112, CONFIG_TABLE);
    memcpy(memory + CONFIG_TABLE + 24, acpi10, 16);
    put64(CONFIG_TABLE + 24 + 16, 0x1234000);
    if (has_acpi2)
        memcpy(memory + CONFIG_TABLE + 48, acpi20, 16);
    put64(CONFIG_TABLE + 48 + 16, 0x5678000);
}

static void test_efi(void **unused)
{
    (void)unused;
    for (unsigned acpi2 = 0; acpi2 < 2; acpi2++) {
        set_up(NULL);
        put_efi(acpi2);
        put64(add_tag(12, 16) + 8, SYSTEM_TABLE);
        assert_null(read2());
        assert_true(boot_info.is_uefi);
        assert_int_equal(boot_info.rsdp, acpi2 ? 0x5678000 : 0x1234000);
    }
    set_up(NULL);
    put64(SYSTEM_TABLE + 104, ~0UL);
    put64(SYSTEM_TABLE + 112, CONFIG_TABLE);
    put64(add_tag(12, 16) + 8, SYSTEM_TABLE);
    assert_null(read2());
    assert_int_equal(boot_info.rsdp, 0);
    set_up(NULL);
    put64(add_tag(12, 16) + 8, 1UL << 32);
    assert_null(read2());
    assert_int_equal(boot_info.rsdp, 0);
}

/*
 * Mistake: the first pointer found was kept. Effect: GRUB gives a copy of
 * ACPI 1's, cut at 20 bytes, before that of ACPI 2, so that the 64-bit table
 * was never used, and a pointer that says it is ACPI 2's failed its checksum;
 * an EFI without tables took a copy away. Check: every order.
 */
static void test_best_rsdp(void **unused)
{
    (void)unused;
    add_rsdp_tag(14, 20, 1);
    add_rsdp_tag(15, 36, 2);
    assert_null(read2());
    assert_int_equal(rsdp_byte(), 2);
    set_up(NULL);
    add_rsdp_tag(15, 36, 2);
    add_rsdp_tag(14, 20, 1);
    assert_null(read2());
    assert_int_equal(rsdp_byte(), 2);
    set_up(NULL);
    add_rsdp_tag(14, 20, 1);
    assert_null(read2());
    assert_int_equal(rsdp_byte(), 1);
    /* The original is best, before and after. */
    for (unsigned i = 0; i < 2; i++) {
        set_up(NULL);
        put_efi(true);
        if (i)
            add_rsdp_tag(15, 36, 2);
        put64(add_tag(12, 16) + 8, SYSTEM_TABLE);
        if (!i)
            add_rsdp_tag(15, 36, 2);
        assert_null(read2());
        assert_int_equal(boot_info.rsdp, 0x5678000);
    }
    set_up(NULL);
    add_rsdp_tag(15, 36, 2);
    put64(add_tag(12, 16) + 8, 0);
    assert_null(read2());
    assert_int_equal(rsdp_byte(), 2);
}

/* ---- Checks ---- */

static void test_no_loader(void **unused)
{
    (void)unused;
    assert_non_null(strstr(multiboot_read(0, 0), "multiboot2"));
    assert_int_equal(boot_info.screen.kind, SCREEN_TEXT);
}

static void set_machine(void)
{
    boot_info.map[0] = (struct mem_region){0, 64UL << 20, MEM_RAM};
    boot_info.map_count = 1;
    boot_info.module_count = 2;
    boot_info.modules[0].start = IMAGE_END;
    boot_info.modules[0].end = IMAGE_END + 0x1000;
    boot_info.modules[1].start = IMAGE_END + 0x1000;
    boot_info.modules[1].end = IMAGE_END + 0x2000;
}

static void test_checks(void **unused)
{
    struct boot_module *m = boot_info.modules;

    (void)unused;
    set_machine();
    assert_null(multiboot_check());
    boot_info.map[0].size = (16UL << 20) - 1;
    assert_non_null(strstr(multiboot_check(), "memory map"));
    set_machine();
    boot_info.map[0].type = MEM_RESERVED;
    assert_non_null(strstr(multiboot_check(), "memory map"));
    set_machine();
    boot_info.module_count = 0;
    assert_non_null(strstr(multiboot_check(), "no module"));
    set_machine();
    m[1].end = m[1].start;
    assert_non_null(strstr(multiboot_check(), "empty"));
    set_machine();
    m[1].start = m[0].end - 1;
    assert_non_null(strstr(multiboot_check(), "overlap each other"));
    set_machine();
    m[0].start = IMAGE_END - 1;
    assert_non_null(strstr(multiboot_check(), "image"));
    set_machine();
    m[0].start = IMAGE_START - 0x1000;
    m[0].end = IMAGE_END + 0x1000;
    assert_non_null(strstr(multiboot_check(), "image"));
    set_machine();
    m[0].start = IMAGE_START - 0x1000;
    m[0].end = IMAGE_START;
    assert_null(multiboot_check());
}

/* Memory, and behind it nothing. */
static int map_memory(void **unused)
{
    (void)unused;
    memory = mmap(NULL, MEMORY_BYTES + PAGE_SIZE, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ||
           mprotect(memory + MEMORY_BYTES, PAGE_SIZE, PROT_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_multiboot1, set_up),
        cmocka_unit_test_setup(test_framebuffer1, set_up),
        cmocka_unit_test_setup(test_damaged_map1, set_up),
        cmocka_unit_test_setup(test_many_modules1, set_up),
        cmocka_unit_test_setup(test_multiboot2, set_up),
        cmocka_unit_test_setup(test_text_screen2, set_up),
        cmocka_unit_test_setup(test_short_tags, set_up),
        cmocka_unit_test_setup(test_wrapping_sizes, set_up),
        cmocka_unit_test_setup(test_long_cmdline, set_up),
        cmocka_unit_test_setup(test_first_word, set_up),
        cmocka_unit_test_setup(test_many_regions_and_modules, set_up),
        cmocka_unit_test_setup(test_efi, set_up),
        cmocka_unit_test_setup(test_best_rsdp, set_up),
        cmocka_unit_test_setup(test_no_loader, set_up),
        cmocka_unit_test_setup(test_checks, set_up),
    };

    return cmocka_run_group_tests(tests, map_memory, NULL);
}
