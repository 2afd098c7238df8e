/* SPDX-License-Identifier: MIT */
/*
 * Kernel images made to order, for the tests and for the fuzzer's seeds.
 *
 * Shares no code with what is tested: structures are filled from <elf.h> and
 * packing is done by the compressing side of the libraries. Everything is
 * deterministic; trouble aborts.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct image {
    uint8_t *data; /* from malloc */
    size_t bytes;
};

enum image_notes {
    IMAGE_NOTES_NONE,
    IMAGE_NOTES_SEGMENT, /* in a PT_NOTE segment */
    IMAGE_NOTES_SECTION, /* in an SHT_NOTE section only */
};

/* An ELF kernel; all zero but `notes` is a usual one without filling. */
struct image_elf {
    bool is_32bit;
    enum image_notes notes;
    const char *note_name; /* NULL means "Xen" */
    uint32_t note_type;    /* 0 means 1, ENTRY */
    uint32_t desc_bytes;   /* 0 means the width of an address */
    uint32_t note_align;   /* 0 means 4 */
    size_t fill_bytes;     /* of code-like contents that pack well */
};

enum image_format {
    IMAGE_STORED,
    IMAGE_GZIP,
    IMAGE_XZ, /* x86 filter, CRC32, as kernels have it */
    IMAGE_LZMA,
    IMAGE_ZSTD,
    IMAGE_LZ4,
    IMAGE_LZ4_LEGACY,
    IMAGE_BZIP2,
    IMAGE_FORMAT_COUNT,
};

/* What a format is called in the program's messages. */
const char *image_format_name(enum image_format format);

/* Does every bit of a packed stream's contents lie under a checksum? */
bool image_format_is_checked(enum image_format format);

struct image image_make_elf(const struct image_elf *elf);

/* Compress. */
struct image image_pack(enum image_format format, const struct image *from);

/*
 * The same bytes, and behind them the size of `of` as Linux builds note it.
 */
struct image image_add_size(const struct image *from, const struct image *of);

/* A bzImage of protocol 2.15 round a payload. */
struct image image_make_bzimage(const struct image *payload);

/* ELF, packed, size noted as Linux would, in a bzImage. */
struct image image_make_kernel(enum image_format format,
                               const struct image *elf);

/* Two behind each other. */
struct image image_join(const struct image *first, const struct image *second);

void image_free(struct image *image);

/* Where the fields of a bzImage are, for tests that spoil them. */
enum {
    IMAGE_SETUP_SECTS = 0x1f1,
    IMAGE_BOOT_FLAG = 0x1fe,
    IMAGE_HDRS = 0x202,
    IMAGE_PROTOCOL = 0x206,
    IMAGE_PAYLOAD_OFFSET = 0x248,
    IMAGE_PAYLOAD_LENGTH = 0x24c,
};

/* Store little-endian numbers. */
void image_put16(struct image *image, size_t at, uint16_t value);
void image_put32(struct image *image, size_t at, uint32_t value);

/* A generator of tests' random numbers; `*state` is the seed. */
uint32_t image_random(uint64_t *state);
