/* SPDX-License-Identifier: MIT */
/* What is particular to one format, and what each does without memory. */
#include "fault.h"
#include "image.h"
#include "suite.h"
#include "unpacking.h"

#include <errno.h>
#include <lz4.h>
#include <lzma.h>
#include <stdlib.h>

/* A window is memory that a few bytes of input can ask for. */
static void test_xz_dictionary_limit(void **state)
{
    enum {
        BLOCK = 12,
        FILTERS = BLOCK + 2,
        DICTIONARY = FILTERS + 4
    };
    struct image elf = unpacking_make_elf(0);
    struct image packed = image_pack(IMAGE_XZ, &elf);
    size_t header_bytes = (packed.data[BLOCK] + 1u) * 4;

    (void)state;
    /* The x86 filter without properties, LZMA2 with one byte of them. */
    assert_memory_equal(packed.data + FILTERS, "\x04\x00\x21\x01", 4);
    for (uint8_t code = 0; code <= 40; code++) {
        packed.data[DICTIONARY] = code;
        image_put32(&packed, BLOCK + header_bytes - 4,
                    lzma_crc32(packed.data + BLOCK, header_bytes - 4, 0));
        if (code <= 30) /* 128 MiB; the next is 192 MiB */
            unpacking_gives(&packed, &elf);
        else
            unpacking_refused(&packed, E2BIG, "over 128 MiB");
    }
    image_free(&packed);
    image_free(&elf);
}

static void test_lzma_dictionary_limit(void **state)
{
    struct image elf = unpacking_make_elf(0);
    struct image packed = image_pack(IMAGE_LZMA, &elf);

    (void)state;
    image_put32(&packed, 1, 128 << 20);
    unpacking_gives(&packed, &elf);
    image_put32(&packed, 1, 256 << 20);
    unpacking_refused(&packed, E2BIG, "over 128 MiB");
    image_put32(&packed, 1, UINT32_C(1) << 31);
    unpacking_refused(&packed, E2BIG, "over 128 MiB");
    image_free(&packed);
    image_free(&elf);
}

/* A frame header alone: magic, no flags, window. */
static void test_zstd_window_limit(void **state)
{
    uint8_t bytes[] = {0x28, 0xb5, 0x2f, 0xfd, 0, (28 - 10) << 3, 1, 0, 0};
    struct image image = {bytes, sizeof(bytes)};
    struct buffer out;
    struct report why;

    (void)state;
    unpacking_refused(&image, E2BIG, "over 128 MiB");
    bytes[5] = (31 - 10) << 3;
    unpacking_refused(&image, E2BIG, "over 128 MiB");

    /* An empty last block in a window of 128 MiB is an empty stream. */
    bytes[5] = (27 - 10) << 3;
    assert_int_equal(unpacking_try(&image, MIB, false, &out, &why), 0);
    assert_int_equal(out.bytes, 0);
    buffer_free(&out);

    /* A flag that nobody knows. */
    bytes[4] = 0x08;
    unpacking_refused(&image, ENOTSUP, "options are unknown");

    /* A dictionary, number 7. */
    uint8_t needy[] = {0x28, 0xb5, 0x2f, 0xfd, 1, 0, 7, 1, 0, 0};

    image = (struct image){needy, sizeof(needy)};
    unpacking_refused(&image, ENOTSUP, "it needs a dictionary");
}

/* xz: unknown checksum, unknown filter; each with its header's CRC right. */
static void test_xz_unsupported(void **state)
{
    struct image elf = unpacking_make_elf(0);
    struct image packed = image_pack(IMAGE_XZ, &elf);

    (void)state;
    packed.data[7] = 0x0e;
    image_put32(&packed, 8, lzma_crc32(packed.data + 6, 2, 0));
    unpacking_refused(&packed, ENOTSUP, "checksum is unknown");
    image_free(&packed);

    packed = image_pack(IMAGE_XZ, &elf);
    size_t header_bytes = (packed.data[12] + 1u) * 4;

    packed.data[12 + 2] = 0x7e;
    image_put32(&packed, 12 + header_bytes - 4,
                lzma_crc32(packed.data + 12, header_bytes - 4, 0));
    unpacking_refused(&packed, ENOTSUP, "filters or options are unknown");
    image_free(&packed);
    image_free(&elf);
}

static void test_checksums(void **state)
{
    struct image elf = unpacking_make_elf(1000);

    (void)state;
    for (int f = IMAGE_GZIP; f < IMAGE_FORMAT_COUNT; f++) {
        struct image packed = image_pack(f, &elf);

        if (image_format_is_checked(f)) {
            packed.data[packed.bytes / 2] ^= 0x10;
            unpacking_refused(&packed, EINVAL,
                              "the data or its checksum is wrong");
        }
        image_free(&packed);
    }
    image_free(&elf);
}

/* Blocks of the legacy frame that are wrong in each way. */
static void test_lz4_legacy_blocks(void **state)
{
    struct image elf = unpacking_make_elf(1000);
    struct image packed = image_pack(IMAGE_LZ4_LEGACY, &elf);
    uint32_t size = (uint32_t)packed.bytes - 8;

    (void)state;
    image_put32(&packed, 4, 0); /* an empty block */
    unpacking_refused(&packed, EINVAL, "the data is wrong");
    image_put32(&packed, 4, size - 1); /* ends within a sequence */
    unpacking_refused(&packed, EINVAL, "");
    image_put32(&packed, 4, size + 1);
    unpacking_refused(&packed, EINVAL, "cut short");
    image_put32(&packed, 4, LZ4_COMPRESSBOUND(8 << 20));
    unpacking_refused(&packed, EINVAL, "cut short");
    image_put32(&packed, 4, LZ4_COMPRESSBOUND(8 << 20) + 1);
    unpacking_refused(&packed, EINVAL, "no part of it follow it");
    image_put32(&packed, 4, UINT32_MAX);
    unpacking_refused(&packed, EINVAL, "no part of it follow it");
    image_free(&packed);
    image_free(&elf);
}

/* A block that holds more than the format's 8 MiB. */
static void test_lz4_legacy_big_block(void **state)
{
    size_t bytes = 9 * MIB;
    char *zeros = calloc(1, bytes);
    struct image packed = {malloc(bytes), 0};
    int size = LZ4_compress_default(zeros, (char *)packed.data + 8, (int)bytes,
                                    (int)bytes - 8);

    (void)state;
    assert_true(size > 0);
    image_put32(&packed, 0, 0x184c2102);
    image_put32(&packed, 4, (uint32_t)size);
    packed.bytes = 8 + (size_t)size;
    unpacking_refused(&packed, EINVAL, "the data is wrong");
    image_free(&packed);
    free(zeros);
}

/* Each allocation of ours fails once. Leaks are the sanitizer's to find. */
static void test_out_of_memory(void **state)
{
    struct image elf = unpacking_make_elf(MIB);

    (void)state;
    for (int f = 0; f < IMAGE_FORMAT_COUNT; f++) {
        struct image packed = image_pack(f, &elf);
        int rc = -ENOMEM;
        int n = 0;

        for (; rc != 0; n++) {
            struct fault fault = {.call = FAULT_ALLOC,
                                  .skip_count = n,
                                  .fail_count = 1,
                                  .error = ENOMEM};
            struct buffer out;
            struct report why;

            fault_set(&fault);
            rc = unpacking_try(&packed, 64 * MIB, false, &out, &why);
            assert_int_equal(rc, fault_count() == 1 ? -ENOMEM : 0);
            fault_set(NULL);
            if (rc != 0)
                assert_contains(why.text, "out of memory");
            buffer_free(&out);
        }
        assert_true(n > 2);
        image_free(&packed);
    }
    image_free(&elf);
}

int decode_tests(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_xz_dictionary_limit),
        cmocka_unit_test(test_lzma_dictionary_limit),
        cmocka_unit_test(test_zstd_window_limit),
        cmocka_unit_test(test_xz_unsupported),
        cmocka_unit_test(test_checksums),
        cmocka_unit_test(test_lz4_legacy_blocks),
        cmocka_unit_test(test_lz4_legacy_big_block),
        cmocka_unit_test(test_out_of_memory),
    };

    return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
