/* SPDX-License-Identifier: MIT */
/* From an image to its ELF: each kind of image, and each refusal. */
#include "image.h"
#include "suite.h"
#include "unpack.h"

#include <errno.h>
#include <string.h>

#define MAX_BYTES ((size_t)64 << 20)

static int unpack(const struct image *image, bool may_lack_notes,
                  struct buffer *out, struct report *why)
{
    buffer_init(out, MAX_BYTES);
    strcpy(why->text, "(no report)");
    return unpack_image(image->data, image->bytes, may_lack_notes, out, why);
}

static void gives(const struct image *image, bool may_lack_notes,
                  const struct image *expected)
{
    struct buffer out;
    struct report why;

    if (unpack(image, may_lack_notes, &out, &why) != 0)
        fail_msg("%s", why.text);
    assert_int_equal(out.bytes, expected->bytes);
    assert_memory_equal(out.data, expected->data, expected->bytes);
    buffer_free(&out);
}

static void refused(const struct image *image, bool may_lack_notes, int error,
                    const char *words)
{
    struct buffer out;
    struct report why;

    assert_int_equal(unpack(image, may_lack_notes, &out, &why), -error);
    assert_contains(why.text, words);
    buffer_free(&out);
}

/* Each format, in a bzImage and by itself, for each width and set of notes. */
static void test_all_kinds(void **state)
{
    (void)state;
    for (int f = 0; f < IMAGE_FORMAT_COUNT; f++) {
        for (int n = IMAGE_NOTES_NONE; n <= IMAGE_NOTES_SECTION; n++) {
            for (int is_32bit = 0; is_32bit < 2; is_32bit++) {
                struct image_elf spec = {
                    .is_32bit = is_32bit, .notes = n, .fill_bytes = 70000};
                struct image elf = image_make_elf(&spec);
                struct image kernel = image_make_kernel(f, &elf);
                struct image bare = image_pack(f, &elf);

                if (n == IMAGE_NOTES_NONE) {
                    refused(&kernel, false, ENOEXEC, "no Xen ENTRY note");
                    refused(&bare, false, ENOEXEC, "--any");
                    gives(&kernel, true, &elf);
                    gives(&bare, true, &elf);
                } else {
                    gives(&kernel, false, &elf);
                    gives(&bare, false, &elf);
                }
                image_free(&bare);
                image_free(&kernel);
                image_free(&elf);
            }
        }
    }
}

/* Blocks of 8 MiB, several of them, then a size that is no block's. */
static void test_large_legacy_lz4(void **state)
{
    static const size_t sizes[] = {8u << 20, 20u << 20};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct image_elf spec = {.notes = IMAGE_NOTES_SEGMENT,
                                 .fill_bytes = sizes[i]};
        struct image elf = image_make_elf(&spec);
        struct image kernel = image_make_kernel(IMAGE_LZ4_LEGACY, &elf);

        gives(&kernel, false, &elf);
        image_free(&kernel);
        image_free(&elf);
    }
}

/* What lies behind the payload (a signature, say) is nobody's business. */
static void test_after_payload(void **state)
{
    struct image_elf spec = {.notes = IMAGE_NOTES_SEGMENT};
    struct image elf = image_make_elf(&spec);
    struct image kernel = image_make_kernel(IMAGE_XZ, &elf);
    struct image longer = image_join(&kernel, &elf);

    (void)state;
    gives(&longer, false, &elf);
    image_free(&longer);
    image_free(&kernel);
    image_free(&elf);
}

/* What is packed is not an ELF, or not a kernel's. */
static void test_contents(void **state)
{
    struct image_elf spec = {.notes = IMAGE_NOTES_SEGMENT};
    struct image elf = image_make_elf(&spec);
    struct image kernel;

    (void)state;
    elf.data[0x12] = 183; /* e_machine */
    kernel = image_make_kernel(IMAGE_ZSTD, &elf);
    refused(&kernel, true, EINVAL, "machine 183");
    image_free(&kernel);

    elf.data[0] = 'X';
    kernel = image_make_kernel(IMAGE_ZSTD, &elf);
    refused(&kernel, true, EINVAL, "not an ELF file");
    image_free(&kernel);

    /* A packed bzImage: one layer is taken off, not two. */
    elf.data[0] = 0x7f;
    elf.data[0x12] = 62;
    struct image inner = image_make_kernel(IMAGE_XZ, &elf);
    struct image outer = image_pack(IMAGE_GZIP, &inner);

    refused(&outer, true, EINVAL, "not an ELF file");
    image_free(&outer);
    image_free(&inner);
    image_free(&elf);
}

/* An empty stream holds no ELF; nothing was allocated for it, perhaps. */
static void test_empty_contents(void **state)
{
    static uint8_t nothing[1];
    struct image empty = {nothing, 0};

    (void)state;
    for (int f = IMAGE_GZIP; f < IMAGE_FORMAT_COUNT; f++) {
        struct image packed = image_pack(f, &empty);

        refused(&packed, true, EINVAL, "cannot use the kernel");
        image_free(&packed);
    }
}

static void test_no_kernel(void **state)
{
    static uint8_t bytes[1024];
    struct image image = {bytes, sizeof(bytes)};

    (void)state;
    refused(&image, false, EINVAL, "neither a bzImage");
    memcpy(bytes, "MZ", 2);
    refused(&image, false, EINVAL, "objcopy -O binary");
    memcpy(bytes + IMAGE_HDRS, "HdrS", 4);
    refused(&image, false, EINVAL, "boot flag");
    image.bytes = 0;
    refused(&image, false, EINVAL, "nothing in it");
    image.data = NULL;
    refused(&image, false, EINVAL, "nothing in it");
}

static void test_bzimage_of_unknown(void **state)
{
    static uint8_t lzo[] = {0x89, 'L', 'Z', 'O', 0, 13, 10, 26, 10, 16, 64};
    static uint8_t strange[] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct image payload = {lzo, sizeof(lzo)};
    struct image kernel = image_make_bzimage(&payload);

    (void)state;
    refused(&kernel, false, ENOTSUP, "LZO is not supported");
    image_free(&kernel);

    payload = (struct image){strange, sizeof(strange)};
    kernel = image_make_bzimage(&payload);
    refused(&kernel, false, ENOTSUP, "it starts 01 02 03 04");
    image_free(&kernel);
}

int unpack_tests(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_kinds),
        cmocka_unit_test(test_large_legacy_lz4),
        cmocka_unit_test(test_after_payload),
        cmocka_unit_test(test_contents),
        cmocka_unit_test(test_empty_contents),
        cmocka_unit_test(test_no_kernel),
        cmocka_unit_test(test_bzimage_of_unknown),
    };

    return cmocka_run_group_tests_name("unpack", tests, NULL, NULL);
}
