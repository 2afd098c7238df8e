/* SPDX-License-Identifier: MIT */
/*
 * Parsing a bzImage's setup header: see bzimage.h.
 *
 * Each number in the header is 32 bits or less and is taken to 64 bits
 * before it is added to another, so no sum can wrap.
 */
#include "bzimage.h"

#include "bytes.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum {
    SETUP_SECTS = 0x1f1,  /* sectors of setup code; 0 means 4 */
    BOOT_FLAG = 0x1fe,    /* 0xaa55 */
    HEADER_MAGIC = 0x202, /* "HdrS" */
    PROTOCOL = 0x206,
    PAYLOAD_OFFSET = 0x248, /* from the protected-mode part */
    PAYLOAD_LENGTH = 0x24c,
    HEADER_END = 0x250, /* of what is read here */

    SECTOR_BYTES = 512,
    SETUP_SECTS_DEFAULT = 4,
    PROTOCOL_WITH_PAYLOAD = 0x208,
};

bool bzimage_is(const uint8_t *image, size_t bytes)
{
    return bytes >= HEADER_MAGIC + 4 &&
           memcmp(image + HEADER_MAGIC, "HdrS", 4) == 0;
}

/* The fields that say whether the rest of the header can be believed. */
static int check_header(const uint8_t *image, size_t bytes, struct report *why)
{
    uint16_t protocol;

    if (!bzimage_is(image, bytes))
        return report_fail(why, EINVAL,
                           "cannot read the setup header: no \"HdrS\" at "
                           "0x202; give a Linux bzImage");
    if (bytes < HEADER_END)
        return report_fail(why, EINVAL,
                           "cannot read the setup header: the file ends "
                           "within it, at %zu bytes; the file is cut short, "
                           "fetch it again",
                           bytes);
    if (bytes_le16(image + BOOT_FLAG) != 0xaa55)
        return report_fail(why, EINVAL,
                           "cannot read the setup header: no boot flag "
                           "0xaa55 at 0x1fe; the file is damaged, fetch it "
                           "again");

    protocol = bytes_le16(image + PROTOCOL);
    if (protocol < PROTOCOL_WITH_PAYLOAD)
        return report_fail(why, EINVAL,
                           "cannot find the payload: boot protocol %d.%02d "
                           "is older than 2.08; use Linux 2.6.26 or later",
                           protocol >> 8, protocol & 0xff);
    return 0;
}

int bzimage_parse(const uint8_t *image, size_t bytes, struct bzimage *out,
                  struct report *why)
{
    int rc = check_header(image, bytes, why);
    uint64_t setup_sects, start, length;

    if (rc != 0)
        return rc;

    setup_sects = image[SETUP_SECTS];
    if (setup_sects == 0)
        setup_sects = SETUP_SECTS_DEFAULT;
    start = (1 + setup_sects) * SECTOR_BYTES;
    start += bytes_le32(image + PAYLOAD_OFFSET);
    length = bytes_le32(image + PAYLOAD_LENGTH);

    if (length == 0)
        return report_fail(why, EINVAL,
                           "cannot find the payload: the header says that "
                           "it is empty; build the kernel as a bzImage");
    if (start > bytes || length > bytes - start)
        return report_fail(why, EINVAL,
                           "cannot find the payload: it would lie at byte "
                           "%" PRIu64 " and have %" PRIu64 " bytes, the "
                           "file has %zu; the file is cut short or damaged, "
                           "fetch it again",
                           start, length, bytes);

    *out = (struct bzimage){
        .protocol = bytes_le16(image + PROTOCOL),
        .payload_offset = (size_t)start,
        .payload_bytes = (size_t)length,
    };
    return 0;
}
