/* SPDX-License-Identifier: MIT */
/* Making kernel images: see image.h. */
#include "image.h"

#include <bzlib.h>
#include <elf.h>
#include <lz4.h>
#include <lz4frame.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum {
    NOTE_AT = 0x200, /* in the ELF file */
    FILL_AT = 0x300,
    PHDRS = 2, /* LOAD, and NOTE or NULL */
    SHDRS = 2, /* the null one, and the notes */
    SETUP_SECTS = 5,
    PAYLOAD_AT = 0x100, /* in the protected-mode part */
    LEGACY_BLOCK = 8 << 20,
};

static void require(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "image.c: %s failed\n", what);
        abort();
    }
}

static struct image allocate(size_t bytes)
{
    struct image image = {calloc(1, bytes ? bytes : 1), bytes};

    require(image.data != NULL, "calloc");
    return image;
}

void image_free(struct image *image)
{
    free(image->data);
    *image = (struct image){0};
}

uint32_t image_random(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)(z >> 32);
}

void image_put16(struct image *image, size_t at, uint16_t value)
{
    image->data[at] = (uint8_t)value;
    image->data[at + 1] = (uint8_t)(value >> 8);
}

void image_put32(struct image *image, size_t at, uint32_t value)
{
    image_put16(image, at, (uint16_t)value);
    image_put16(image, at + 2, (uint16_t)(value >> 16));
}

/* ---- ELF ---- */

static uint32_t up(uint32_t value, uint32_t align)
{
    return (value + align - 1) / align * align;
}

/* Put the note into the file and return its size. */
static uint32_t put_note(struct image *image, const struct image_elf *elf)
{
    const char *name = elf->note_name ? elf->note_name : "Xen";
    uint32_t align = elf->note_align ? elf->note_align : 4;
    uint32_t desc = elf->desc_bytes ? elf->desc_bytes : elf->is_32bit ? 4 : 8;
    uint32_t name_bytes = (uint32_t)strlen(name) + 1;
    uint32_t desc_at = NOTE_AT + up(12 + name_bytes, align);

    image_put32(image, NOTE_AT, name_bytes);
    image_put32(image, NOTE_AT + 4, desc);
    image_put32(image, NOTE_AT + 8, elf->note_type ? elf->note_type : 1);
    memcpy(image->data + NOTE_AT + 12, name, name_bytes);
    memset(image->data + desc_at, 0x5a, desc);
    return desc_at + up(desc, align) - NOTE_AT;
}

/* Calls with absolute targets, which is what the x86 filter is for. */
static void put_fill(struct image *image, size_t bytes)
{
    uint64_t seed = bytes;

    for (size_t i = 0; i < bytes; i++) {
        size_t at = FILL_AT + i;

        if (i % 16 == 0)
            image->data[at] = 0xe8;
        else if (i % 16 < 5)
            image->data[at] = (uint8_t)((0x1000000 - at) >> 8 * (i % 16 - 1));
        else if (i % 64 == 63)
            image->data[at] = (uint8_t)image_random(&seed);
        else
            image->data[at] = (uint8_t)(i % 16);
    }
}

static void put_headers64(struct image *image, const struct image_elf *elf,
                          uint32_t note_bytes, size_t sections_at)
{
    uint64_t align = elf->note_align ? elf->note_align : 4;
    Elf64_Ehdr e = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
                    EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = EM_X86_64,
        .e_version = EV_CURRENT,
        .e_entry = 0x1000000,
        .e_phoff = sizeof(e),
        .e_shoff = sections_at,
        .e_ehsize = sizeof(e),
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = PHDRS,
        .e_shentsize = sizeof(Elf64_Shdr),
        .e_shnum = SHDRS,
    };
    Elf64_Phdr p[PHDRS] = {
        {.p_type = PT_LOAD,
         .p_filesz = sections_at,
         .p_memsz = sections_at + 0x1000,
         .p_align = 0x1000},
        {.p_type = elf->notes == IMAGE_NOTES_SEGMENT ? PT_NOTE : PT_NULL,
         .p_offset = NOTE_AT,
         .p_filesz = note_bytes,
         .p_memsz = note_bytes,
         .p_align = align},
    };
    Elf64_Shdr s[SHDRS] = {
        [1] = {.sh_type =
                   elf->notes == IMAGE_NOTES_NONE ? SHT_PROGBITS : SHT_NOTE,
               .sh_offset = NOTE_AT,
               .sh_size = note_bytes,
               .sh_addralign = align},
    };

    memcpy(image->data, &e, sizeof(e));
    memcpy(image->data + sizeof(e), p, sizeof(p));
    memcpy(image->data + sections_at, s, sizeof(s));
}

static void put_headers32(struct image *image, const struct image_elf *elf,
                          uint32_t note_bytes, uint32_t sections_at)
{
    uint32_t align = elf->note_align ? elf->note_align : 4;
    Elf32_Ehdr e = {
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, ELFDATA2LSB,
                    EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = EM_386,
        .e_version = EV_CURRENT,
        .e_entry = 0x1000000,
        .e_phoff = sizeof(e),
        .e_shoff = sections_at,
        .e_ehsize = sizeof(e),
        .e_phentsize = sizeof(Elf32_Phdr),
        .e_phnum = PHDRS,
        .e_shentsize = sizeof(Elf32_Shdr),
        .e_shnum = SHDRS,
    };
    Elf32_Phdr p[PHDRS] = {
        {.p_type = PT_LOAD,
         .p_filesz = sections_at,
         .p_memsz = sections_at + 0x1000,
         .p_align = 0x1000},
        {.p_type = elf->notes == IMAGE_NOTES_SEGMENT ? PT_NOTE : PT_NULL,
         .p_offset = NOTE_AT,
         .p_filesz = note_bytes,
         .p_memsz = note_bytes,
         .p_align = align},
    };
    Elf32_Shdr s[SHDRS] = {
        [1] = {.sh_type =
                   elf->notes == IMAGE_NOTES_NONE ? SHT_PROGBITS : SHT_NOTE,
               .sh_offset = NOTE_AT,
               .sh_size = note_bytes,
               .sh_addralign = align},
    };

    memcpy(image->data, &e, sizeof(e));
    memcpy(image->data + sizeof(e), p, sizeof(p));
    memcpy(image->data + sections_at, s, sizeof(s));
}

struct image image_make_elf(const struct image_elf *elf)
{
    size_t sections_at = (FILL_AT + elf->fill_bytes + 7) / 8 * 8;
    struct image image =
        allocate(sections_at + SHDRS * (elf->is_32bit ? sizeof(Elf32_Shdr)
                                                      : sizeof(Elf64_Shdr)));
    uint32_t note_bytes = put_note(&image, elf);

    put_fill(&image, elf->fill_bytes);
    if (elf->is_32bit)
        put_headers32(&image, elf, note_bytes, (uint32_t)sections_at);
    else
        put_headers64(&image, elf, note_bytes, sections_at);
    return image;
}

/* ---- Packing ---- */

const char *image_format_name(enum image_format format)
{
    static const char *const names[IMAGE_FORMAT_COUNT] = {
        [IMAGE_STORED] = "ELF",  [IMAGE_GZIP] = "gzip",
        [IMAGE_XZ] = "xz",       [IMAGE_LZMA] = "lzma",
        [IMAGE_ZSTD] = "zstd",   [IMAGE_LZ4] = "lz4",
        [IMAGE_BZIP2] = "bzip2", [IMAGE_LZ4_LEGACY] = "legacy lz4",
    };

    return names[format];
}

bool image_format_is_checked(enum image_format format)
{
    return format == IMAGE_GZIP || format == IMAGE_XZ || format == IMAGE_ZSTD ||
           format == IMAGE_LZ4 || format == IMAGE_BZIP2;
}

static size_t pack_gzip(const struct image *from, struct image *to)
{
    z_stream z = {.next_in = from->data,
                  .avail_in = (uInt)from->bytes,
                  .next_out = to->data,
                  .avail_out = (uInt)to->bytes};

    require(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) ==
                Z_OK,
            "deflateInit2");
    require(deflate(&z, Z_FINISH) == Z_STREAM_END, "deflate");
    deflateEnd(&z);
    return z.total_out;
}

static size_t pack_lzma(const struct image *from, struct image *to, bool is_xz)
{
    lzma_stream lzma = LZMA_STREAM_INIT;
    lzma_options_lzma options;
    lzma_filter filters[] = {
        {.id = LZMA_FILTER_X86},
        {.id = LZMA_FILTER_LZMA2, .options = &options},
        {.id = LZMA_VLI_UNKNOWN},
    };

    require(!lzma_lzma_preset(&options, 6), "lzma_lzma_preset");
    options.dict_size = 1 << 20;
    require((is_xz ? lzma_stream_encoder(&lzma, filters, LZMA_CHECK_CRC32)
                   : lzma_alone_encoder(&lzma, &options)) == LZMA_OK,
            "lzma encoder");
    lzma.next_in = from->data;
    lzma.avail_in = from->bytes;
    lzma.next_out = to->data;
    lzma.avail_out = to->bytes;
    require(lzma_code(&lzma, LZMA_FINISH) == LZMA_STREAM_END, "lzma_code");
    lzma_end(&lzma);
    return lzma.total_out;
}

static size_t pack_zstd(const struct image *from, struct image *to)
{
    ZSTD_CCtx *zstd = ZSTD_createCCtx();
    size_t bytes;

    ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, 9);
    ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1);
    bytes = ZSTD_compress2(zstd, to->data, to->bytes, from->data, from->bytes);
    require(!ZSTD_isError(bytes), "ZSTD_compress2");
    ZSTD_freeCCtx(zstd);
    return bytes;
}

static size_t pack_lz4(const struct image *from, struct image *to)
{
    LZ4F_preferences_t preferences = {
        .frameInfo = {.contentChecksumFlag = LZ4F_contentChecksumEnabled,
                      .blockMode = LZ4F_blockLinked},
    };
    size_t bytes = LZ4F_compressFrame(to->data, to->bytes, from->data,
                                      from->bytes, &preferences);

    require(!LZ4F_isError(bytes), "LZ4F_compressFrame");
    return bytes;
}

static size_t pack_lz4_legacy(const struct image *from, struct image *to)
{
    size_t at = 0, out = 4;

    image_put32(to, 0, 0x184c2102);
    while (at < from->bytes) {
        size_t now = from->bytes - at;
        int packed;

        if (now > LEGACY_BLOCK)
            now = LEGACY_BLOCK;
        packed = LZ4_compress_default((char *)from->data + at,
                                      (char *)to->data + out + 4, (int)now,
                                      (int)(to->bytes - out - 4));
        require(packed > 0, "LZ4_compress_default");
        image_put32(to, out, (uint32_t)packed);
        out += 4 + (size_t)packed;
        at += now;
    }
    return out;
}

static size_t pack_bzip2(const struct image *from, struct image *to)
{
    unsigned int bytes = (unsigned int)to->bytes;

    require(
        BZ2_bzBuffToBuffCompress((char *)to->data, &bytes, (char *)from->data,
                                 (unsigned int)from->bytes, 9, 0, 0) == BZ_OK,
        "bzip2");
    return bytes;
}

struct image image_pack(enum image_format format, const struct image *from)
{
    struct image to = allocate(from->bytes + from->bytes / 16 + 4096);

    switch (format) {
    case IMAGE_GZIP:
        to.bytes = pack_gzip(from, &to);
        break;
    case IMAGE_XZ:
    case IMAGE_LZMA:
        to.bytes = pack_lzma(from, &to, format == IMAGE_XZ);
        break;
    case IMAGE_ZSTD:
        to.bytes = pack_zstd(from, &to);
        break;
    case IMAGE_LZ4:
        to.bytes = pack_lz4(from, &to);
        break;
    case IMAGE_LZ4_LEGACY:
        to.bytes = pack_lz4_legacy(from, &to);
        break;
    case IMAGE_BZIP2:
        to.bytes = pack_bzip2(from, &to);
        break;
    default:
        memcpy(to.data, from->data, from->bytes);
        to.bytes = from->bytes;
        break;
    }

    /* Exactly as large as it is, so that a sanitizer sees an overrun. */
    to.data = realloc(to.data, to.bytes);
    require(to.data != NULL, "realloc");
    return to;
}

/* ---- Putting together ---- */

struct image image_join(const struct image *first, const struct image *second)
{
    struct image image = allocate(first->bytes + second->bytes);

    memcpy(image.data, first->data, first->bytes);
    if (second->bytes > 0)
        memcpy(image.data + first->bytes, second->data, second->bytes);
    return image;
}

struct image image_add_size(const struct image *from, const struct image *of)
{
    uint8_t word[4];
    struct image size = {word, sizeof(word)};

    image_put32(&size, 0, (uint32_t)of->bytes);
    return image_join(from, &size);
}

struct image image_make_bzimage(const struct image *payload)
{
    size_t start = (1 + SETUP_SECTS) * 512 + PAYLOAD_AT;
    struct image image = allocate(start + payload->bytes);

    image.data[IMAGE_SETUP_SECTS] = SETUP_SECTS;
    image_put16(&image, IMAGE_BOOT_FLAG, 0xaa55);
    memcpy(image.data + IMAGE_HDRS, "HdrS", 4);
    image_put16(&image, IMAGE_PROTOCOL, 0x20f);
    image_put32(&image, IMAGE_PAYLOAD_OFFSET, PAYLOAD_AT);
    image_put32(&image, IMAGE_PAYLOAD_LENGTH, (uint32_t)payload->bytes);
    memcpy(image.data + start, payload->data, payload->bytes);
    return image;
}

struct image image_make_kernel(enum image_format format,
                               const struct image *elf)
{
    struct image packed = image_pack(format, elf);
    struct image kernel;

    if (format != IMAGE_GZIP && format != IMAGE_STORED) {
        struct image sized = image_add_size(&packed, elf);

        image_free(&packed);
        packed = sized;
    }
    kernel = image_make_bzimage(&packed);
    image_free(&packed);
    return kernel;
}
