/* SPDX-License-Identifier: MIT */
/* Payloads of all formats: their limits, their ends, what follows them. */
#include "image.h"
#include "payload.h"
#include "suite.h"
#include "unpacking.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* From less than a buffer's first size to several of everything. */
static void test_formats(void **state)
{
    static const size_t sizes[] = {0, 100 * 1000, 2 * MIB};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        struct image elf = unpacking_make_elf(sizes[i]);

        for (int f = 0; f < IMAGE_FORMAT_COUNT; f++) {
            struct image packed = image_pack(f, &elf);

            assert_true(payload_is_known(packed.data, packed.bytes));
            unpacking_gives(&packed, &elf);
            image_free(&packed);
        }
        image_free(&elf);
    }
}

/* The limit is exact. */
static void test_limit(void **state)
{
    struct image elf = unpacking_make_elf(MIB);

    (void)state;
    for (int f = 0; f < IMAGE_FORMAT_COUNT; f++) {
        struct image packed = image_pack(f, &elf);
        struct buffer out;
        struct report why;

        assert_int_equal(unpacking_try(&packed, elf.bytes, false, &out, &why),
                         0);
        assert_int_equal(out.bytes, elf.bytes);
        buffer_free(&out);
        unpacking_refused_under(&packed, elf.bytes - 1, EFBIG, "--max-size");
        unpacking_refused_under(&packed, 1, EFBIG, "--max-size");
        image_free(&packed);
    }
    image_free(&elf);
}

/* 4 GiB is where some libraries' counters end. */
static void test_limit_of_limit(void **state)
{
    struct image elf = unpacking_make_elf(0);

    (void)state;
    unpacking_refused_under(&elf, UINT32_MAX, EFBIG, "4 GiB");
    image_free(&elf);
}

/* 1000 to 1: a bomb stops at the limit, in time and memory. */
static void test_bomb(void **state)
{
    struct image zeros = {calloc(1, 16 * MIB), 16 * MIB};

    (void)state;
    memcpy(zeros.data, "\177ELF", 4);
    for (int f = IMAGE_GZIP; f < IMAGE_FORMAT_COUNT; f++) {
        struct image packed = image_pack(f, &zeros);
        struct buffer out;
        struct report why;

        assert_true(packed.bytes < zeros.bytes / 100);
        assert_int_equal(unpacking_try(&packed, MIB, false, &out, &why),
                         -EFBIG);
        assert_true(out.capacity <= MIB + 1);
        buffer_free(&out);
        image_free(&packed);
    }
    image_free(&zeros);
}

/* At each length the data ends early, or what is left is said to be bad. */
static void test_truncated(void **state)
{
    struct image elf = unpacking_make_elf(1000);

    (void)state;
    for (int f = IMAGE_GZIP; f < IMAGE_FORMAT_COUNT; f++) {
        struct image whole = image_pack(f, &elf);

        for (size_t bytes = 0; bytes < whole.bytes; bytes++) {
            struct image part = {malloc(bytes ? bytes : 1), bytes};
            struct buffer out;
            struct report why;
            int rc;

            memcpy(part.data, whole.data, bytes);
            rc = unpacking_try(&part, 64 * MIB, true, &out, &why);
            if (bytes < 2)
                assert_int_equal(rc, -ENOTSUP);
            else if (rc != -EINVAL && rc != -ENOTSUP)
                fail_msg("%s, %zu of %zu bytes: %d, %s", image_format_name(f),
                         bytes, whole.bytes, rc, why.text);
            assert_contains(why.text, "; ");
            buffer_free(&out);
            image_free(&part);
        }
        image_free(&whole);
    }
    image_free(&elf);
}

static void test_size_word(void **state)
{
    struct image elf = unpacking_make_elf(1000);

    (void)state;
    for (int f = IMAGE_GZIP; f < IMAGE_FORMAT_COUNT; f++) {
        struct image packed = image_pack(f, &elf);
        struct image sized = image_add_size(&packed, &elf);
        struct image wrong = image_add_size(&packed, &packed);

        unpacking_gives(&sized, &elf);
        unpacking_refused(&wrong, EINVAL, "the size noted after it");
        image_free(&wrong);
        image_free(&sized);
        image_free(&packed);
    }
    image_free(&elf);
}

/* The one format without an end of its own has to have the size. */
static void test_size_word_missing(void **state)
{
    struct image elf = unpacking_make_elf(1000);

    (void)state;
    for (int f = 0; f < IMAGE_FORMAT_COUNT; f++) {
        struct image packed = image_pack(f, &elf);
        struct buffer out;
        struct report why;
        int rc = unpacking_try(&packed, 64 * MIB, true, &out, &why);

        assert_int_equal(rc, f == IMAGE_LZ4_LEGACY ? -EINVAL : 0);
        if (rc != 0)
            assert_contains(why.text, "its size is not noted");
        buffer_free(&out);
        image_free(&packed);
    }
    image_free(&elf);
}

static void test_garbage_after(void **state)
{
    static uint8_t garbage[9] = {0xf3, 0xf1, 0xf5, 0xff, 0xf7};
    struct image elf = unpacking_make_elf(1000);

    (void)state;
    for (int f = IMAGE_GZIP; f < IMAGE_FORMAT_COUNT; f++) {
        struct image packed = image_pack(f, &elf);

        for (size_t bytes = 1; bytes <= sizeof(garbage); bytes++) {
            struct image tail = {garbage, bytes};
            struct image both = image_join(&packed, &tail);

            if (bytes == 4)
                unpacking_refused(&both, EINVAL, "the size noted after it");
            else
                unpacking_refused(&both, EINVAL, "no part of it follow it");
            image_free(&both);
        }
        image_free(&packed);
    }
    image_free(&elf);
}

/* As pbzip2 writes them, then the size; but of one format only. */
static void test_several_streams(void **state)
{
    struct image elf = unpacking_make_elf(1000);
    struct image twice = image_join(&elf, &elf);

    (void)state;
    for (int f = IMAGE_GZIP; f < IMAGE_FORMAT_COUNT; f++) {
        int other = f == IMAGE_GZIP ? IMAGE_XZ : IMAGE_GZIP;
        struct image packed = image_pack(f, &elf);
        struct image strange = image_pack(other, &elf);
        struct image both = image_join(&packed, &packed);
        struct image sized = image_add_size(&both, &twice);
        struct image mixed = image_join(&packed, &strange);

        unpacking_gives(&both, &twice);
        unpacking_gives(&sized, &twice);
        /* The legacy frame takes a gzip magic for the size of a block. */
        unpacking_refused(&mixed, EINVAL,
                          f == IMAGE_LZ4_LEGACY ? "its last block is cut short"
                                                : "no part of it follow it");
        unpacking_refused_under(&both, twice.bytes - 1, EFBIG, "--max-size");
        image_free(&mixed);
        image_free(&sized);
        image_free(&both);
        image_free(&strange);
        image_free(&packed);
    }
    image_free(&twice);
    image_free(&elf);
}

/* Empty streams without end: each costs a decoder's start. */
static void test_endless_streams(void **state)
{
    static uint8_t nothing[1];
    struct image empty = {nothing, 0};
    struct image one = image_pack(IMAGE_GZIP, &empty);
    size_t count = 100 * 1000;
    struct image many = {malloc(count * one.bytes), count * one.bytes};

    (void)state;
    for (size_t i = 0; i < count; i++)
        memcpy(many.data + i * one.bytes, one.data, one.bytes);
    unpacking_refused(&many, EINVAL, "no part of it follow it");
    image_free(&many);
    image_free(&one);
}

static void test_unknown(void **state)
{
    static uint8_t nothing[1], strange[] = {0xde, 0xad, 0xbe, 0xef, 1};
    struct image empty = {nothing, 0};
    struct image image = {strange, sizeof(strange)};

    (void)state;
    assert_false(payload_is_known(strange, sizeof(strange)));
    assert_false(payload_is_known(nothing, 0));
    unpacking_refused(&image, ENOTSUP,
                      "format is unknown (it starts de ad be ef)");
    unpacking_refused(&empty, ENOTSUP,
                      "format is unknown (it starts 00 00 00 00)");
}

static void test_lzo(void **state)
{
    static uint8_t lzo[] = {0x89, 'L', 'Z', 'O', 0, 13, 10, 26, 10, 16, 64};
    struct image image = {lzo, sizeof(lzo)};

    (void)state;
    assert_true(payload_is_known(lzo, sizeof(lzo)));
    unpacking_refused(&image, ENOTSUP, "LZO is not supported");
}

int payload_tests(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_limit_of_limit),
        cmocka_unit_test(test_bomb),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_size_word),
        cmocka_unit_test(test_size_word_missing),
        cmocka_unit_test(test_garbage_after),
        cmocka_unit_test(test_several_streams),
        cmocka_unit_test(test_endless_streams),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_lzo),
    };

    return cmocka_run_group_tests_name("payload", tests, NULL, NULL);
}
