/* SPDX-License-Identifier: MIT */
/*
 * The framebuffer console's font, drawn for Parvis: each glyph is 5 wide and
 * 9 high (7 rows above the base line, 2 below), and is stretched to the cell
 * of 8 by 16 when a row of it is asked for.
 */
#include "platform/font.h"

#define GLYPH_FIRST 0x20
#define GLYPH_WIDTH 5

/* Bit row * 5 + column, the top left pixel in bit 0. */
static const uint64_t glyphs[] = {
    0x000000000000, 0x000100421084, 0x00000000294a, /*   ! " */
    0x000295f57d4a, 0x00011f4717c4, 0x000672222273, /* # $ % */
    0x000593511526, 0x000000001084, 0x000208210888, /* & ' ( */
    0x000088842082, 0x000009575480, 0x0000084f9080, /* ) * + */
    0x044318000000, 0x0000000f8000, 0x00018c000000, /* , - . */
    0x000042222210, 0x0003a33ae62e, 0x0007c84214c4, /* / 0 1 */
    0x0007c226422e, 0x0003a306422e, 0x000211f4a988, /* 2 3 4 */
    0x0003a3083c3f, 0x0003a317842e, 0x00010844221f, /* 5 6 7 */
    0x0003a317462e, 0x0003a10f462e, 0x00018c0018c0, /* 8 9 : */
    0x044318003180, 0x000410411110, 0x000001f07c00, /* ; < = */
    0x000044441041, 0x00010046422e, 0x000383daf62e, /* > ? @ */
    0x000463f8a944, 0x0003e317c62f, 0x0003a210862e, /* A B C */
    0x0003e318c62f, 0x0007c217843f, 0x00004217843f, /* D E F */
    0x0007a31e862e, 0x0004631fc631, 0x00038842108e, /* G H I */
    0x00019284211c, 0x000452519531, 0x0007c2108421, /* J K L */
    0x0004631ad771, 0x0004735ad671, 0x0003a318c62e, /* M N O */
    0x00004217c62f, 0x0083ab18c62e, 0x00045257c62f, /* P Q R */
    0x0003e107043e, 0x00010842109f, 0x0003a318c631, /* S T U */
    0x000114a54631, 0x0004775ac631, 0x000462a22a31, /* V W X */
    0x000108422a31, 0x0007c222221f, 0x00038421084e, /* Y Z [ */
    0x000420820821, 0x00039084210e, 0x000000004544, /* \ ] ^ */
    0x00f800000000, 0x000000002082, 0x0007a3e83800, /* _ ` a */
    0x0003e318bc21, 0x0003a218b800, 0x0007a318fa10, /* b c d */
    0x000783f8b800, 0x000084278a4c, 0x0e87a318f800, /* e f g */
    0x00046318bc21, 0x000388421804, 0x064a10843008, /* h i j */
    0x00064a32a421, 0x000388421086, 0x00056b5aac00, /* k l m */
    0x00046318bc00, 0x0003a318b800, 0x010be318bc00, /* n o p */
    0x1087a318f800, 0x00004219b400, 0x0003e0e0f800, /* q r s */
    0x000324213c42, 0x0007a318c400, 0x000114a8c400, /* t u v */
    0x0002ab5ac400, 0x000454454400, 0x0e87a318c400, /* w x y */
    0x0007c4447c00, 0x000208411088, 0x002108421084, /* z { | */
    0x000088441082, 0x0000009ac800,                 /* } ~ */
};

/* Which row of the glyph a row of the cell shows; -1: blank. */
static const int8_t rows[FONT_HEIGHT] = {
    -1, -1, 0, 1, 1, 2, 3, 3, 4, 5, 5, 6, 7, 7, 8, -1,
};

uint8_t font_row(char c, unsigned row)
{
    unsigned idx = (unsigned char)c - GLYPH_FIRST;
    unsigned pixels;
    uint8_t cell = 0;

    if (idx >= ARRAY_COUNT(glyphs) || row >= FONT_HEIGHT || rows[row] < 0)
        return 0;
    pixels = (unsigned)(glyphs[idx] >> (rows[row] * GLYPH_WIDTH));
    for (unsigned x = 0; x < GLYPH_WIDTH; x++)
        cell |= (uint8_t)((pixels >> x & 1) << (FONT_WIDTH - 2 - x));
    return cell;
}
