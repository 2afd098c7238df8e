/* SPDX-License-Identifier: MIT */
/* Write what the fuzzer starts from: one good image of each kind. */
#include "image.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int put(const char *directory, const char *kind, int number,
               const struct image *image)
{
    char path[4096];
    FILE *file;
    int rc = 0;

    snprintf(path, sizeof(path), "%s/%s-%d", directory, kind, number);
    file = fopen(path, "wb");
    if (file == NULL ||
        fwrite(image->data, 1, image->bytes, file) != image->bytes)
        rc = -1;
    if (file != NULL && fclose(file) != 0)
        rc = -1;
    if (rc != 0)
        fprintf(stderr, "make-seeds: %s: cannot write: %s\n", path,
                strerror(errno));
    return rc;
}

static int put_format(const char *directory, enum image_format format,
                      const struct image *elf)
{
    struct image bare = image_pack(format, elf);
    struct image kernel = image_make_kernel(format, elf);
    int rc = put(directory, "bare", (int)format, &bare);

    if (rc == 0)
        rc = put(directory, "bzimage", (int)format, &kernel);
    image_free(&bare);
    image_free(&kernel);
    return rc;
}

int main(int argc, char **argv)
{
    static const struct image_elf specs[] = {
        {.notes = IMAGE_NOTES_SEGMENT},
        {.notes = IMAGE_NOTES_SECTION, .is_32bit = true},
        {.notes = IMAGE_NOTES_SECTION, .note_align = 8},
        {.notes = IMAGE_NOTES_NONE, .fill_bytes = 2000},
    };
    int rc = 0;

    if (argc != 2) {
        fprintf(stderr, "make-seeds: give a directory\n");
        return 2;
    }
    for (int i = 0; i < 4 && rc == 0; i++) {
        struct image elf = image_make_elf(&specs[i]);

        rc = put(argv[1], "elf", i, &elf);
        for (int f = 1; f < IMAGE_FORMAT_COUNT && i == 0 && rc == 0; f++)
            rc = put_format(argv[1], f, &elf);
        image_free(&elf);
    }
    return rc == 0 ? 0 : 1;
}
