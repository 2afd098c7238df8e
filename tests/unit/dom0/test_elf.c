/* SPDX-License-Identifier: MIT */
/*
 * dom0/elf.c: kernels that load, and each way in which a file can be wrong.
 * Every file is read from memory that ends where it ends.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "abi/elfnote.h"
#include "dom0/elf.h"
#include "dom0/elf_file.h"

#define LINUX_BASE 0xffffffff80000000UL

static struct elf_file file;
static struct elf_kernel kernel;

static const char *read_bytes(const void *bytes, size_t size)
{
    void *copy = malloc(size ? size : 1);
    const char *error;

    assert_non_null(copy);
    memcpy(copy, bytes, size);
    error = elf_read_kernel(copy, size, &kernel);
    free(copy);
    return error;
}

static const char *read_file(void)
{
    return read_bytes(file.bytes, file.size);
}

/* It is refused with one line that has these words. */
static void refused(const char *words)
{
    const char *error = read_file();

    assert_non_null(error);
    assert_null(strchr(error, '\n'));
    if (!strstr(error, words))
        fail_msg("\"%s\" lacks \"%s\"", error, words);
}

static void test_linux(void **unused)
{
    (void)unused;
    elf_file_linux(&file);
    assert_null(read_file());
    assert_int_equal(kernel.segment_count, 3);
    assert_int_equal(kernel.segments[1].paddr, 0x2200000);
    assert_int_equal(kernel.segments[1].file_bytes, 3000);
    assert_int_equal(kernel.segments[1].mem_bytes, 0x600000);
    assert_int_equal(kernel.segments[1].offset, file.programs[1].offset);
    assert_int_equal(kernel.paddr_end, 0x3400123);
    assert_int_equal(kernel.entry_va, 0xffffffff82c00180);
    assert_int_equal(kernel.virt_base, LINUX_BASE);
    assert_true(kernel.has_init_p2m && kernel.mod_start_pfn && kernel.is_pv);
    assert_int_equal(kernel.init_p2m_va, 0x8000000000);
    assert_false(kernel.has_hypercall_page);
    assert_string_equal(kernel.guest_os, "linux");
}

/* GRUB's: entry 0 and base 0 are values like others. */
static void test_zero_addresses(void **unused)
{
    (void)unused;
    elf_file_init(&file);
    elf_file_add_segment(&file, 0, 100, 0x10000);
    elf_file_add_number(&file, XEN_ELFNOTE_VIRT_BASE, 0);
    elf_file_add_number(&file, XEN_ELFNOTE_ENTRY, 0);
    elf_file_finish(&file);
    assert_null(read_file());
    assert_int_equal(kernel.virt_base, 0);
    assert_int_equal(kernel.entry_va, 0);
    assert_false(kernel.has_init_p2m);
    assert_false(kernel.mod_start_pfn);
    assert_string_equal(kernel.guest_os, "");
}

static void test_paddr_offset(void **unused)
{
    (void)unused;
    elf_file_init(&file);
    elf_file_add_segment(&file, 0x40100000, 100, 0x10000);
    elf_file_add_number(&file, XEN_ELFNOTE_VIRT_BASE, 0x40000000);
    elf_file_add_number(&file, XEN_ELFNOTE_PADDR_OFFSET, 0x40000000);
    elf_file_add_number(&file, XEN_ELFNOTE_ENTRY, 0x40100000);
    elf_file_add_number(&file, XEN_ELFNOTE_HYPERCALL_PAGE, 0x40101000);
    elf_file_finish(&file);
    assert_null(read_file());
    assert_int_equal(kernel.segments[0].paddr, 0x100000);
    assert_int_equal(kernel.paddr_end, 0x110000);
    assert_true(kernel.has_hypercall_page);
    assert_int_equal(kernel.hypercall_page_va, 0x40101000);
    file.programs[0].paddr = 0x3ffff000;
    elf_file_put_programs(&file);
    refused("PADDR_OFFSET");
}

/* Notes of 4 and 8 bytes; others' notes and unknown types are passed over. */
static void test_notes(void **unused)
{
    static const uint32_t entry = 0x1000, zero = 0;
    static const char name[] = "a system with a long name";

    (void)unused;
    elf_file_init(&file);
    elf_file_add_segment(&file, 0, 100, 0x10000);
    elf_file_add_named(&file, "GNU", 4, XEN_ELFNOTE_ENTRY, &zero, 4);
    elf_file_add_named(&file, "Xenon", 6, XEN_ELFNOTE_ENTRY, &zero, 4);
    elf_file_add_named(&file, "", 0, XEN_ELFNOTE_ENTRY, &zero, 3);
    elf_file_add_note(&file, 4711, name, sizeof(name));
    elf_file_add_note(&file, XEN_ELFNOTE_GUEST_OS, name, sizeof(name));
    elf_file_add_note(&file, XEN_ELFNOTE_MOD_START_PFN, &zero, 4);
    elf_file_add_note(&file, XEN_ELFNOTE_ENTRY, &entry, 4);
    elf_file_finish(&file);
    assert_null(read_file());
    assert_int_equal(kernel.entry_va, 0x1000);
    assert_false(kernel.mod_start_pfn);
    assert_int_equal(strlen(kernel.guest_os), sizeof(kernel.guest_os) - 1);
    assert_memory_equal(kernel.guest_os, name, sizeof(kernel.guest_os) - 1);
}

/* A note that says it is longer than its segment ends the reading. */
static void test_damaged_notes(void **unused)
{
    static const uint32_t sizes[] = {0x7fffffff, 0xfffffffc, 0xfffffffd,
                                     0xffffffff, 1024};

    (void)unused;
    for (unsigned field = 0; field < 2; field++)
        for (unsigned i = 0; i < ARRAY_COUNT(sizes); i++) {
            elf_file_init(&file);
            elf_file_add_segment(&file, 0, 100, 0x10000);
            elf_file_add_number(&file, XEN_ELFNOTE_ENTRY, 0x1000);
            memcpy(file.notes + 4 * field, &sizes[i], 4);
            elf_file_finish(&file);
            refused("no Xen PV notes");
        }
}

static void test_wrong_kinds(void **unused)
{
    uint8_t bytes[4096] = {0};

    (void)unused;
    assert_non_null(strstr(read_bytes(bytes, 0), "not an ELF"));
    assert_non_null(strstr(read_bytes(bytes, sizeof(bytes)), "not an ELF"));
    memcpy(bytes + 0x202, "HdrS", 4);
    assert_non_null(
        strstr(read_bytes(bytes, sizeof(bytes)), "parvis-unpack-kernel"));
    /* Just too short to tell. */
    assert_non_null(strstr(read_bytes(bytes, 0x205), "not an ELF"));
    memset(bytes, 0, sizeof(bytes));
    bytes[0] = 0x1f;
    bytes[1] = 0x8b;
    assert_non_null(strstr(read_bytes(bytes, sizeof(bytes)), "gzip"));

    elf_file_linux(&file);
    file.bytes[4] = 1;
    refused("32-bit");
    file.bytes[4] = 3;
    refused("damaged");
    elf_file_linux(&file);
    file.bytes[5] = 2;
    refused("damaged");
    elf_file_linux(&file);
    file.bytes[18] = 183;
    refused("another processor");
}

/* Wherever the file is cut, it is refused and nothing behind it is read. */
static void test_truncated(void **unused)
{
    (void)unused;
    elf_file_linux(&file);
    for (size_t size = file.size; size--;)
        assert_non_null(read_bytes(file.bytes, size));
}

static void test_impossible_segments(void **unused)
{
    static const struct {
        uint64_t offset, paddr, filesz, memsz;
    } bad[] = {
        {~0UL, 0, 10, 10},
        {2048, 0, ~0UL, ~0UL},
        {2048, 0, 1UL << 40, 1UL << 40},
        {2048, 0, 10, 9},
        {2048, ~0UL, 10, 10},
        {2048, ~0UL - 20, 10, 10},
        {2048, 1UL << 32, 10, 10},
        {2048, 0xffffffff, 2, 2},
        {2048, 0, 10, (1UL << 32) + 1},
        {2048, 0x1000, 10, ~0UL},
    };

    (void)unused;
    for (unsigned i = 0; i < ARRAY_COUNT(bad); i++) {
        elf_file_linux(&file);
        file.programs[1].offset = bad[i].offset;
        file.programs[1].paddr = bad[i].paddr;
        file.programs[1].filesz = bad[i].filesz;
        file.programs[1].memsz = bad[i].memsz;
        elf_file_put_programs(&file);
        refused("unpack it again");
    }
    /* Up to the limit is fine. */
    elf_file_linux(&file);
    file.programs[2].paddr = 0xffffffff - 0x800123 + 1;
    elf_file_put_programs(&file);
    assert_null(read_file());
    assert_int_equal(kernel.paddr_end, 1UL << 32);
}

static void test_many_segments(void **unused)
{
    (void)unused;
    for (unsigned n = 0; n <= ELF_SEGMENTS_MAX + 1; n++) {
        elf_file_init(&file);
        elf_file_add_number(&file, XEN_ELFNOTE_ENTRY, 0);
        for (unsigned i = 0; i < n; i++)
            elf_file_add_segment(&file, i * PAGE_SIZE, 10, PAGE_SIZE);
        elf_file_finish(&file);
        if (n == 0)
            refused("nothing to load");
        else if (n <= ELF_SEGMENTS_MAX)
            assert_null(read_file());
        else
            refused("more than 16 segments");
    }
}

static void test_headers_outside(void **unused)
{
    uint64_t at;

    (void)unused;
    elf_file_linux(&file);
    at = file.size - 10;
    memcpy(file.bytes + 32, &at, 8);
    refused("damaged");
    at = ~0UL;
    memcpy(file.bytes + 32, &at, 8);
    refused("damaged");
    elf_file_linux(&file);
    file.bytes[56] = file.bytes[57] = 0xff;
    refused("damaged");
    elf_file_linux(&file);
    file.bytes[54] = 32;
    refused("damaged");
}

static void test_contradicting_notes(void **unused)
{
    static const struct {
        uint64_t base, entry, hypercalls, p2m;
    } bad[] = {
        {LINUX_BASE + 1, LINUX_BASE + 0x1000, LINUX_BASE, 0},
        {LINUX_BASE, LINUX_BASE - 1, LINUX_BASE, 0},
        {LINUX_BASE, LINUX_BASE + 0x10000, LINUX_BASE, 0},
        {LINUX_BASE, 0, LINUX_BASE, 0},
        {LINUX_BASE, LINUX_BASE, LINUX_BASE + 1, 0},
        {LINUX_BASE, LINUX_BASE, LINUX_BASE - PAGE_SIZE, 0},
        {LINUX_BASE, LINUX_BASE, LINUX_BASE + 0x10000, 0},
        {LINUX_BASE, LINUX_BASE, LINUX_BASE, 8},
    };

    (void)unused;
    for (unsigned i = 0; i < ARRAY_COUNT(bad); i++) {
        elf_file_init(&file);
        elf_file_add_segment(&file, 0, 100, 0x10000);
        elf_file_add_number(&file, XEN_ELFNOTE_VIRT_BASE, bad[i].base);
        elf_file_add_number(&file, XEN_ELFNOTE_ENTRY, bad[i].entry);
        elf_file_add_number(&file, XEN_ELFNOTE_HYPERCALL_PAGE,
                            bad[i].hypercalls);
        elf_file_add_number(&file, XEN_ELFNOTE_INIT_P2M, bad[i].p2m);
        elf_file_finish(&file);
        refused("damaged");
    }
}

/*
 * Mistake: VIRT_BASE was taken as the sign of a PV kernel. Effect: a Linux
 * built with CONFIG_XEN but not CONFIG_XEN_PV, which has that note but no
 * entry, was started at its bare-metal entry. Check: such a file is refused.
 */
static void test_entry_makes_it_pv(void **unused)
{
    (void)unused;
    elf_file_init(&file);
    file.entry = 0x1000;
    elf_file_add_note(&file, XEN_ELFNOTE_GUEST_OS, "linux", 6);
    elf_file_add_number(&file, XEN_ELFNOTE_VIRT_BASE, 0);
    elf_file_add_note(&file, XEN_ELFNOTE_LOADER, "generic", 8);
    elf_file_add_number(&file, XEN_ELFNOTE_PHYS32_ENTRY, 0x1000);
    elf_file_add_segment(&file, 0, 100, 0x10000);
    elf_file_finish(&file);
    refused("no Xen PV notes");
    elf_file_init(&file);
    elf_file_add_segment(&file, 0, 100, 0x10000);
    elf_file_finish(&file);
    refused("no Xen PV notes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_linux),
        cmocka_unit_test(test_zero_addresses),
        cmocka_unit_test(test_paddr_offset),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_damaged_notes),
        cmocka_unit_test(test_wrong_kinds),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_impossible_segments),
        cmocka_unit_test(test_many_segments),
        cmocka_unit_test(test_headers_outside),
        cmocka_unit_test(test_contradicting_notes),
        cmocka_unit_test(test_entry_makes_it_pv),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
