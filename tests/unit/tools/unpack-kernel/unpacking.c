/* SPDX-License-Identifier: MIT */
/* Unpacking payloads in tests: see unpacking.h. */
#include "unpacking.h"

#include "payload.h"
#include "suite.h"

#include <string.h>

/* Unpack under a limit; the buffer is the caller's to free. */
int unpacking_try(const struct image *image, size_t max_bytes,
                  bool is_in_bzimage, struct buffer *out, struct report *why)
{
    struct payload payload = {image->data, image->bytes, is_in_bzimage};

    buffer_init(out, max_bytes);
    strcpy(why->text, "(no report)");
    return payload_unpack(&payload, out, why);
}

void unpacking_gives(const struct image *packed, const struct image *expected)
{
    struct buffer out;
    struct report why;

    if (unpacking_try(packed, 64 * MIB, false, &out, &why) != 0)
        fail_msg("%s", why.text);
    assert_int_equal(out.bytes, expected->bytes);
    assert_memory_equal(out.data, expected->data, expected->bytes);
    buffer_free(&out);
}

void unpacking_refused_under(const struct image *packed, size_t max_bytes,
                             int error, const char *words)
{
    struct buffer out;
    struct report why;

    assert_int_equal(unpacking_try(packed, max_bytes, false, &out, &why),
                     -error);
    assert_contains(why.text, words);
    buffer_free(&out);
}

void unpacking_refused(const struct image *packed, int error, const char *words)
{
    unpacking_refused_under(packed, 64 * MIB, error, words);
}

struct image unpacking_make_elf(size_t fill_bytes)
{
    struct image_elf elf = {.notes = IMAGE_NOTES_SEGMENT,
                            .fill_bytes = fill_bytes};

    return image_make_elf(&elf);
}
