/* SPDX-License-Identifier: MIT */
/* The checks on the ELF: what is let through, and each refusal. */
#include "image.h"
#include "kernel_elf.h"
#include "suite.h"

#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEADER_LIMIT = 256,   /* program headers that are let through */
    NOTE_LIMIT = 1 << 20, /* bytes of notes that are looked at */
};

static struct image make(enum image_notes notes)
{
    struct image_elf elf = {.notes = notes};

    return image_make_elf(&elf);
}

static Elf64_Ehdr *header(struct image *image)
{
    return (void *)image->data;
}

static Elf64_Phdr *segments(struct image *image)
{
    return (void *)(image->data + header(image)->e_phoff);
}

static Elf64_Shdr *sections(struct image *image)
{
    return (void *)(image->data + header(image)->e_shoff);
}

/* Good, and with or without a Xen note; the image stays as it was. */
static void accepted(struct image *image, bool is_64bit, bool has_xen_entry)
{
    uint8_t *before = malloc(image->bytes);
    struct kernel_elf out;
    struct report why;

    memcpy(before, image->data, image->bytes);
    strcpy(why.text, "(no report)");
    if (kernel_elf_check(image->data, image->bytes, &out, &why) != 0)
        fail_msg("%s", why.text);
    assert_int_equal(out.is_64bit, is_64bit);
    assert_int_equal(out.has_xen_entry, has_xen_entry);
    assert_memory_equal(before, image->data, image->bytes);
    free(before);
}

static void refused(struct image *image, const char *words)
{
    struct kernel_elf out;
    struct report why;

    assert_int_equal(kernel_elf_check(image->data, image->bytes, &out, &why),
                     -EINVAL);
    assert_contains(why.text, words);
    assert_contains(why.text, "; ");
}

static void test_notes_are_found(void **state)
{
    static const struct {
        struct image_elf elf;
        bool is_found;
    } cases[] = {
        {{.notes = IMAGE_NOTES_SEGMENT}, true},
        {{.notes = IMAGE_NOTES_SECTION}, true},
        {{.notes = IMAGE_NOTES_NONE}, false},
        {{.notes = IMAGE_NOTES_SEGMENT, .note_name = "xen"}, false},
        {{.notes = IMAGE_NOTES_SEGMENT, .note_name = "Xen4"}, false},
        {{.notes = IMAGE_NOTES_SEGMENT, .note_name = "GNU"}, false},
        {{.notes = IMAGE_NOTES_SEGMENT, .note_type = 18}, false},
        {{.notes = IMAGE_NOTES_SECTION, .note_type = 2}, false},
        {{.notes = IMAGE_NOTES_SEGMENT, .desc_bytes = 4}, true},
        {{.notes = IMAGE_NOTES_SEGMENT, .desc_bytes = 8}, true},
        {{.notes = IMAGE_NOTES_SEGMENT, .desc_bytes = 3}, false},
        {{.notes = IMAGE_NOTES_SEGMENT, .desc_bytes = 16}, false},
        {{.notes = IMAGE_NOTES_SEGMENT, .note_align = 8}, true},
        {{.notes = IMAGE_NOTES_SECTION, .note_align = 8}, true},
        {{.notes = IMAGE_NOTES_SECTION, .fill_bytes = 100001}, true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (int is_32bit = 0; is_32bit < 2; is_32bit++) {
            struct image_elf elf = cases[i].elf;
            struct image image;

            elf.is_32bit = is_32bit;
            image = image_make_elf(&elf);
            accepted(&image, !is_32bit, cases[i].is_found);
            image_free(&image);
        }
    }
}

static void test_types(void **state)
{
    struct image image = make(IMAGE_NOTES_SEGMENT);

    (void)state;
    header(&image)->e_type = ET_DYN;
    accepted(&image, true, true);
    header(&image)->e_type = ET_REL;
    refused(&image, "its ELF type is 1");
    header(&image)->e_type = ET_CORE;
    refused(&image, "its ELF type is 4");
    image_free(&image);
}

static void test_machines(void **state)
{
    struct image_elf narrow = {.is_32bit = true};
    struct image image = make(IMAGE_NOTES_SEGMENT);

    (void)state;
    header(&image)->e_machine = EM_AARCH64;
    refused(&image, "machine 183, class 2");
    header(&image)->e_machine = EM_386;
    refused(&image, "machine 3, class 2");
    image_free(&image);

    image = image_make_elf(&narrow);
    ((Elf32_Ehdr *)(void *)image.data)->e_machine = EM_X86_64;
    refused(&image, "machine 62, class 1"); /* x32 */
    image_free(&image);
}

static void test_idents(void **state)
{
    static const struct {
        int at;
        uint8_t value;
    } cases[] = {
        {0, 'E'},      {3, 'f'},        {EI_CLASS, 0},
        {EI_CLASS, 1}, {EI_CLASS, 3},   {EI_DATA, ELFDATA2MSB},
        {EI_DATA, 0},  {EI_VERSION, 2},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct image image = make(IMAGE_NOTES_SEGMENT);

        image.data[cases[i].at] = cases[i].value;
        refused(&image, "cannot use the kernel");
        image_free(&image);
    }
}

static void test_program_headers(void **state)
{
    struct image image = make(IMAGE_NOTES_SEGMENT);
    static const uint64_t offsets[] = {UINT64_MAX, UINT64_MAX - 55,
                                       UINT64_MAX - 111, INT64_MAX};

    (void)state;
    header(&image)->e_phnum = 0;
    refused(&image, "has 0 program headers");
    header(&image)->e_phnum = PN_XNUM;
    refused(&image, "has 65535 program headers");
    header(&image)->e_phnum = 200; /* the file is too short for them */
    refused(&image, "program headers lie outside the file");
    header(&image)->e_phnum = 2;

    for (size_t i = 0; i < COUNT_OF(offsets); i++) {
        header(&image)->e_phoff = offsets[i];
        refused(&image, "program headers lie outside the file");
    }
    header(&image)->e_phoff = 64;

    header(&image)->e_phentsize = 32;
    refused(&image, "have 32 bytes each, not 56");
    header(&image)->e_phentsize = 0;
    refused(&image, "have 0 bytes each");
    header(&image)->e_phentsize = 56;
    accepted(&image, true, true);
    image_free(&image);
}

/* The table may be the last thing in the file, but not go beyond it. */
static void test_program_headers_at_end(void **state)
{
    struct image image = make(IMAGE_NOTES_SEGMENT);
    Elf64_Phdr both[2] = {segments(&image)[0], segments(&image)[1]};

    (void)state;
    header(&image)->e_shoff = 0;
    header(&image)->e_shnum = 0;
    header(&image)->e_phoff = image.bytes - sizeof(both);
    memcpy(segments(&image), both, sizeof(both));
    accepted(&image, true, true);
    header(&image)->e_phoff += 1;
    refused(&image, "program headers lie outside the file");
    image_free(&image);
}

/* 256 are let through and 257 are not, all in the file. */
static void test_many_program_headers(void **state)
{
    struct image_elf elf = {.notes = IMAGE_NOTES_SECTION, .fill_bytes = 20000};
    struct image image = image_make_elf(&elf);
    Elf64_Phdr load = segments(&image)[0];

    (void)state;
    header(&image)->e_phoff = 0x400;
    for (int i = 0; i <= HEADER_LIMIT; i++)
        segments(&image)[i] = load;
    header(&image)->e_phnum = HEADER_LIMIT;
    accepted(&image, true, true);
    header(&image)->e_phnum = HEADER_LIMIT + 1;
    refused(&image, "not from 1 to 256");
    image_free(&image);
}

static void test_segment_ranges(void **state)
{
    static const struct {
        uint64_t offset, bytes;
    } cases[] = {
        {1, 0}, /* plus the file's size */
        {0, 1},
        {UINT64_MAX, 1},
        {UINT64_MAX, UINT64_MAX},
        {UINT64_MAX - 0x2000, 0x3000},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        for (int which = 0; which < 2; which++) {
            struct image image = make(IMAGE_NOTES_SEGMENT);
            Elf64_Phdr *segment = segments(&image) + which;

            segment->p_offset =
                cases[i].offset + (cases[i].offset < 2 ? image.bytes : 0);
            segment->p_filesz = cases[i].bytes;
            segment->p_memsz = UINT64_MAX;
            refused(&image, "lie outside the file");
            image_free(&image);
        }
    }
}

/* To the last byte of the file is still within it. */
static void test_segment_at_end(void **state)
{
    struct image image = make(IMAGE_NOTES_SEGMENT);

    (void)state;
    segments(&image)[0].p_filesz = image.bytes;
    segments(&image)[0].p_memsz = image.bytes;
    accepted(&image, true, true);
    segments(&image)[0].p_filesz = image.bytes + 1;
    segments(&image)[0].p_memsz = image.bytes + 1;
    refused(&image, "the contents of program header 0 lie outside");
    image_free(&image);
}

static void test_load(void **state)
{
    struct image image = make(IMAGE_NOTES_SEGMENT);

    (void)state;
    segments(&image)[0].p_memsz = segments(&image)[0].p_filesz - 1;
    refused(&image, "more in the file than in memory");
    segments(&image)[0].p_type = PT_NULL;
    refused(&image, "anything to load");
    image_free(&image);
}

/* Notes whose sizes lead out of their range. */
static void test_bad_notes(void **state)
{
    static const uint32_t sizes[] = {5, 0x100, 0x7fffffff, 0xfffffff0,
                                     UINT32_MAX};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        for (size_t field = 0; field < 8; field += 4) {
            struct image image = make(IMAGE_NOTES_SEGMENT);
            size_t at = segments(&image)[1].p_offset;

            image_put32(&image, at + field, sizes[i]);
            accepted(&image, true, false);
            image_free(&image);
        }
    }
}

/* A note range that is cut within a note, at each byte. */
static void test_cut_notes(void **state)
{
    struct image image = make(IMAGE_NOTES_SEGMENT);
    uint64_t whole = segments(&image)[1].p_filesz;

    (void)state;
    sections(&image)[1].sh_type = SHT_NULL;
    for (uint64_t bytes = 0; bytes <= whole; bytes++) {
        segments(&image)[1].p_filesz = bytes;
        accepted(&image, true, bytes == whole);
    }
    image_free(&image);
}

/* Bad sections cannot spoil a kernel that has its note in a segment. */
static void test_bad_sections(void **state)
{
    static const uint64_t values[] = {
        1, 8, 0x1000, 1 << 30, UINT64_MAX - 7, UINT64_MAX};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        struct image image = make(IMAGE_NOTES_SECTION);
        struct report why;
        struct kernel_elf out;
        int rc;

        sections(&image)[1].sh_offset = values[i];
        accepted(&image, true, false);
        sections(&image)[1].sh_offset = 0x200;
        sections(&image)[1].sh_size = values[i];
        accepted(&image, true, false);
        image_free(&image);

        image = make(IMAGE_NOTES_SEGMENT);
        header(&image)->e_shoff = values[i];
        rc = kernel_elf_check(image.data, image.bytes, &out, &why);
        assert_true(rc == 0 ? out.has_xen_entry : rc == -EINVAL);
        image_free(&image);
    }
}

/* Section counts that are kept elsewhere cost libelf too much memory. */
static void test_extended_numbering(void **state)
{
    struct image_elf elf = {.is_32bit = true};
    struct image image = make(IMAGE_NOTES_SEGMENT);

    (void)state;
    header(&image)->e_shnum = 0;
    refused(&image, "strip it");
    header(&image)->e_shoff = 0; /* no sections at all */
    accepted(&image, true, true);
    image_free(&image);

    image = image_make_elf(&elf);
    ((Elf32_Ehdr *)(void *)image.data)->e_shnum = 0;
    refused(&image, "strip it");
    image_free(&image);
}

/*
 * Overlapping notes: 200 segments, each with most of a megabyte of notes
 * that are not it, would be read 200 times; but what is read has an end.
 */
static void test_note_budget(void **state)
{
    struct image_elf elf = {.notes = IMAGE_NOTES_SEGMENT,
                            .fill_bytes = NOTE_LIMIT + 100000};
    struct image image = image_make_elf(&elf);
    Elf64_Phdr note = segments(&image)[1];

    (void)state;
    /* Within the limit on its own, but the second time it is not. */
    memset(image.data + 0x10000, 0, NOTE_LIMIT);
    header(&image)->e_phnum = 3;
    segments(&image)[2] = note;
    segments(&image)[1].p_offset = 0x10000;
    segments(&image)[1].p_filesz = NOTE_LIMIT - note.p_filesz;
    accepted(&image, true, true);
    segments(&image)[1].p_filesz += 1;
    accepted(&image, true, false);

    /* A range that is over the limit by itself is passed over. */
    segments(&image)[1].p_filesz = NOTE_LIMIT + 1;
    accepted(&image, true, true);
    image_free(&image);
}

static void test_not_elf(void **state)
{
    static uint8_t archive[256] = "!<arch>\n";
    static uint8_t text[256] = "hello";
    struct image image = {archive, sizeof(archive)};

    (void)state;
    refused(&image, "not an ELF file");
    image = (struct image){text, sizeof(text)};
    refused(&image, "not an ELF file");
    image.bytes = 1;
    refused(&image, "cannot use the kernel");
    image.bytes = 0;
    refused(&image, "cannot use the kernel");
}

/* Cut anywhere, in memory of just that size. */
static void test_every_length(void **state)
{
    struct image whole = make(IMAGE_NOTES_SEGMENT);
    uint64_t loaded = segments(&whole)[0].p_filesz;

    (void)state;
    for (size_t bytes = 0; bytes < whole.bytes; bytes++) {
        struct image part = {malloc(bytes ? bytes : 1), bytes};
        struct kernel_elf out;
        struct report why;
        int rc;

        memcpy(part.data, whole.data, bytes);
        rc = kernel_elf_check(part.data, part.bytes, &out, &why);
        /* Without its table of sections it is still a kernel. */
        assert_true(rc == -EINVAL || (rc == 0 && bytes >= loaded));
        image_free(&part);
    }
    image_free(&whole);
}

int kernel_elf_tests(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_notes_are_found),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_machines),
        cmocka_unit_test(test_idents),
        cmocka_unit_test(test_program_headers),
        cmocka_unit_test(test_program_headers_at_end),
        cmocka_unit_test(test_many_program_headers),
        cmocka_unit_test(test_segment_ranges),
        cmocka_unit_test(test_segment_at_end),
        cmocka_unit_test(test_load),
        cmocka_unit_test(test_bad_notes),
        cmocka_unit_test(test_cut_notes),
        cmocka_unit_test(test_bad_sections),
        cmocka_unit_test(test_extended_numbering),
        cmocka_unit_test(test_note_budget),
        cmocka_unit_test(test_not_elf),
        cmocka_unit_test(test_every_length),
    };

    return cmocka_run_group_tests_name("kernel_elf", tests, NULL, NULL);
}
