/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer: any bytes as a kernel image. Besides what the sanitizers see:
 * the limit holds; what comes out, when put in, comes out the same; and a
 * refusal always has a report.
 */
#include "unpack.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAX_BYTES = 1 << 20
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* What came out goes in. */
static void try_again(const struct buffer *first, bool may_lack_notes)
{
    struct buffer second;
    struct report why;

    buffer_init(&second, MAX_BYTES);
    require(unpack_image(first->data, first->bytes, may_lack_notes, &second,
                         &why) == 0);
    require(second.bytes == first->bytes &&
            memcmp(second.data, first->data, first->bytes) == 0);
    buffer_free(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    for (int may_lack_notes = 0; may_lack_notes < 2; may_lack_notes++) {
        struct buffer out;
        struct report why = {""};
        int rc;

        buffer_init(&out, MAX_BYTES);
        rc = unpack_image(data, bytes, may_lack_notes, &out, &why);
        require(out.capacity <= MAX_BYTES + 1);
        if (rc == 0) {
            require(out.bytes <= MAX_BYTES);
            try_again(&out, may_lack_notes);
        } else {
            require(rc < 0 && strstr(why.text, "; ") != NULL);
        }
        buffer_free(&out);
    }
    return 0;
}
