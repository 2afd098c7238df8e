/* SPDX-License-Identifier: MIT */
/* The setup header: each field, and each way in which it can be wrong. */
#include "bzimage.h"
#include "image.h"
#include "suite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    PAYLOAD_BYTES = 1000,
    START = 6 * 512 + 0x100, /* where image.c puts the payload */
};

static struct image make(void)
{
    static uint8_t bytes[PAYLOAD_BYTES];
    struct image payload = {bytes, sizeof(bytes)};

    return image_make_bzimage(&payload);
}

/* The image is refused, with these words, and *out is left alone. */
static void refused(const struct image *image, const char *words)
{
    struct bzimage out = {1, 2, 3};
    struct report why;

    assert_int_equal(bzimage_parse(image->data, image->bytes, &out, &why),
                     -EINVAL);
    assert_contains(why.text, words);
    assert_int_equal(out.protocol, 1);
    assert_int_equal(out.payload_offset, 2);
    assert_int_equal(out.payload_bytes, 3);
}

static void test_good(void **state)
{
    struct image image = make();
    struct bzimage out;
    struct report why;

    (void)state;
    assert_true(bzimage_is(image.data, image.bytes));
    assert_int_equal(bzimage_parse(image.data, image.bytes, &out, &why), 0);
    assert_int_equal(out.protocol, 0x20f);
    assert_int_equal(out.payload_offset, START);
    assert_int_equal(out.payload_bytes, PAYLOAD_BYTES);
    image_free(&image);
}

static void test_zero_sects_means_four(void **state)
{
    struct image image = make();
    struct bzimage out;
    struct report why;

    (void)state;
    image.data[IMAGE_SETUP_SECTS] = 0;
    assert_int_equal(bzimage_parse(image.data, image.bytes, &out, &why), 0);
    assert_int_equal(out.payload_offset, 5 * 512 + 0x100);

    /* 4 itself means the same. */
    image.data[IMAGE_SETUP_SECTS] = 4;
    assert_int_equal(bzimage_parse(image.data, image.bytes, &out, &why), 0);
    assert_int_equal(out.payload_offset, 5 * 512 + 0x100);
    image_free(&image);
}

static void test_magic(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct image image = make();

        image.data[IMAGE_HDRS + i] ^= 0x20;
        assert_false(bzimage_is(image.data, image.bytes));
        refused(&image, "no \"HdrS\"");
        image_free(&image);
    }
}

static void test_boot_flag(void **state)
{
    struct image image = make();

    (void)state;
    image.data[IMAGE_BOOT_FLAG] = 0;
    refused(&image, "boot flag");
    image_free(&image);
}

static void test_protocol(void **state)
{
    struct image image = make();
    struct bzimage out;
    struct report why;

    (void)state;
    image_put16(&image, IMAGE_PROTOCOL, 0x207);
    refused(&image, "boot protocol 2.07 is older than 2.08");
    image_put16(&image, IMAGE_PROTOCOL, 0);
    refused(&image, "boot protocol 0.00");
    image_put16(&image, IMAGE_PROTOCOL, 0x208);
    assert_int_equal(bzimage_parse(image.data, image.bytes, &out, &why), 0);
    assert_int_equal(out.protocol, 0x208);
    image_free(&image);
}

/* Sums of 32-bit numbers that would wrap, on the edge and beyond it. */
static void test_payload_range(void **state)
{
    static const struct {
        uint32_t offset, length;
        const char *words; /* NULL: good */
    } cases[] = {
        {0x100, PAYLOAD_BYTES, NULL},
        {0x100, PAYLOAD_BYTES + 1, "cut short"},
        {0x101, PAYLOAD_BYTES, "cut short"},
        {0x100 + PAYLOAD_BYTES - 1, 1, NULL},
        {0x100 + PAYLOAD_BYTES, 1, "cut short"},
        {0x100 + PAYLOAD_BYTES, 0, "empty"},
        {0, 0, "empty"},
        {0x100, UINT32_MAX, "cut short"},
        {UINT32_MAX, 1, "cut short"},
        {UINT32_MAX, UINT32_MAX, "cut short"},
        {UINT32_MAX - 6 * 512 + 1, 1, "cut short"},
        {UINT32_MAX - 6 * 512 + 1, 6 * 512, "cut short"},
        {0x80000000, 0x80000000, "cut short"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct image image = make();
        struct bzimage out;
        struct report why;

        image_put32(&image, IMAGE_PAYLOAD_OFFSET, cases[i].offset);
        image_put32(&image, IMAGE_PAYLOAD_LENGTH, cases[i].length);
        if (cases[i].words != NULL) {
            refused(&image, cases[i].words);
        } else {
            assert_int_equal(bzimage_parse(image.data, image.bytes, &out, &why),
                             0);
            assert_int_equal(out.payload_offset, 6 * 512 + cases[i].offset);
            assert_int_equal(out.payload_bytes, cases[i].length);
        }
        image_free(&image);
    }
}

static void test_setup_outside(void **state)
{
    struct image image = make();

    (void)state;
    image.data[IMAGE_SETUP_SECTS] = 255;
    refused(&image, "cut short");
    image_free(&image);
}

/* Cut anywhere, in memory of just that size: never good, never overrun. */
static void test_every_length(void **state)
{
    struct image whole = make();

    (void)state;
    for (size_t bytes = 0; bytes < whole.bytes; bytes++) {
        struct image part = {malloc(bytes ? bytes : 1), bytes};

        memcpy(part.data, whole.data, bytes);
        refused(&part, bytes < IMAGE_HDRS + 4 ? "no \"HdrS\"" : "cut short");
        image_free(&part);
    }
    image_free(&whole);
}

int bzimage_tests(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_zero_sects_means_four),
        cmocka_unit_test(test_magic),
        cmocka_unit_test(test_boot_flag),
        cmocka_unit_test(test_protocol),
        cmocka_unit_test(test_payload_range),
        cmocka_unit_test(test_setup_outside),
        cmocka_unit_test(test_every_length),
    };

    return cmocka_run_group_tests_name("bzimage", tests, NULL, NULL);
}
