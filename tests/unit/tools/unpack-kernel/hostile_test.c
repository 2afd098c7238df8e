/* SPDX-License-Identifier: MIT */
/*
 * Images that someone spoiled: cut at each byte, bytes changed at random.
 * The sanitizers see every overrun; what is checked here is that no damage
 * goes unnoticed where the format can tell.
 */
#include "image.h"
#include "suite.h"
#include "unpack.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_BYTES = 4 << 20,
    ROUNDS = 1000, /* for each format and kind of image */
};

/* 0 and `out` filled, for the caller to free, or the error. */
static int unpack(const struct image *image, struct buffer *out)
{
    struct report why;
    int rc;

    buffer_init(out, MAX_BYTES);
    memset(&why, 0, sizeof(why));
    rc = unpack_image(image->data, image->bytes, false, out, &why);
    assert_true(rc <= 0);
    if (rc != 0) {
        assert_contains(why.text, "cannot ");
        assert_contains(why.text, "; ");
    }
    return rc;
}

static struct image make_elf(void)
{
    struct image_elf spec = {.notes = IMAGE_NOTES_SEGMENT, .fill_bytes = 3000};

    return image_make_elf(&spec);
}

/* The file is cut: no kernel, at any length. */
static void test_file_cut(void **state)
{
    struct image elf = make_elf();

    (void)state;
    for (int f = 0; f < IMAGE_FORMAT_COUNT; f++) {
        struct image whole = image_make_kernel(f, &elf);

        for (size_t bytes = 0; bytes < whole.bytes; bytes++) {
            struct image part = {malloc(bytes ? bytes : 1), bytes};
            struct buffer out;

            memcpy(part.data, whole.data, bytes);
            assert_int_not_equal(unpack(&part, &out), 0);
            buffer_free(&out);
            image_free(&part);
        }
        image_free(&whole);
    }
    image_free(&elf);
}

/* The payload is cut and the header says so: no other kernel comes out. */
static void test_payload_cut(void **state)
{
    struct image elf = make_elf();

    (void)state;
    for (int f = IMAGE_GZIP; f < IMAGE_FORMAT_COUNT; f++) {
        struct image payload = image_pack(f, &elf);
        size_t whole = payload.bytes;

        for (payload.bytes = 1; payload.bytes < whole; payload.bytes++) {
            struct image kernel = image_make_bzimage(&payload);
            struct buffer out;

            assert_int_not_equal(unpack(&kernel, &out), 0);
            buffer_free(&out);
            image_free(&kernel);
        }
        image_free(&payload);
    }
    image_free(&elf);
}

/* One change of each kind that files suffer. */
static void spoil(struct image *image, uint64_t *seed)
{
    size_t at = image_random(seed) % image->bytes;
    uint32_t value = image_random(seed);

    switch (image_random(seed) % 4) {
    case 0:
        image->data[at] ^= (uint8_t)(1 << value % 8);
        break;
    case 1:
        image->data[at] = (uint8_t)value;
        break;
    case 2:
        image->data[at] = value % 2 ? 0xff : 0;
        break;
    default:
        if (at + 4 <= image->bytes)
            image_put32(image, at, value % 3 ? value : UINT32_MAX);
        break;
    }
}

/* Where the contents are under a checksum, either they come out or none. */
static void spoil_many(enum image_format format, const struct image *elf,
                       bool is_bare)
{
    struct image whole =
        is_bare ? image_pack(format, elf) : image_make_kernel(format, elf);
    uint64_t seed = 0x5eed + (uint64_t)format;

    for (int round = 0; round < ROUNDS; round++) {
        struct image image = image_pack(IMAGE_STORED, &whole);
        uint64_t before = seed;
        struct buffer out;

        for (uint32_t n = image_random(&seed) % 3 + 1; n > 0; n--)
            spoil(&image, &seed);
        if (unpack(&image, &out) == 0 && image_format_is_checked(format) &&
            (out.bytes != elf->bytes ||
             memcmp(out.data, elf->data, elf->bytes) != 0))
            fail_msg("%s, seed %#llx: damage went unnoticed",
                     image_format_name(format), (unsigned long long)before);
        buffer_free(&out);
        image_free(&image);
    }
    image_free(&whole);
}

static void test_spoiled(void **state)
{
    struct image elf = make_elf();

    (void)state;
    for (int f = 0; f < IMAGE_FORMAT_COUNT; f++) {
        spoil_many(f, &elf, true);
        spoil_many(f, &elf, false);
    }
    image_free(&elf);
}

/* Spoiled before it is packed: what reaches the ELF checks is hostile. */
static void test_spoiled_elf(void **state)
{
    uint64_t seed = 0xe1f;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        struct image_elf spec = {.is_32bit = round % 2,
                                 .notes = IMAGE_NOTES_SECTION - round % 3};
        struct image elf = image_make_elf(&spec);
        struct image packed;
        struct buffer out;

        for (uint32_t n = image_random(&seed) % 3 + 1; n > 0; n--) {
            struct image head = elf; /* the filling is of no interest */

            head.bytes = elf.bytes < 0x240 ? elf.bytes : 0x240;
            spoil(&head, &seed);
        }
        packed = image_pack(IMAGE_LZ4, &elf);
        if (unpack(&packed, &out) == 0) {
            assert_int_equal(out.bytes, elf.bytes);
            assert_memory_equal(out.data, elf.data, elf.bytes);
        }
        buffer_free(&out);
        image_free(&packed);
        image_free(&elf);
    }
}

int hostile_tests(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_cut),
        cmocka_unit_test(test_payload_cut),
        cmocka_unit_test(test_spoiled),
        cmocka_unit_test(test_spoiled_elf),
    };

    return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
