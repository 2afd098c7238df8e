/* SPDX-License-Identifier: MIT */
/* The order of the steps, and what is said when none applies. */
#include "unpack.h"

#include "bzimage.h"
#include "kernel_elf.h"
#include "payload.h"

#include <errno.h>
#include <string.h>

/* The image is none of those we know. What may it be, then? */
static int fail_unknown(const uint8_t *image, size_t bytes, struct report *why)
{
    if (bytes == 0)
        return report_fail(why, EINVAL,
                           "cannot read the kernel: there is nothing in it; "
                           "fetch it again");
    if (bytes >= 2 && memcmp(image, "MZ", 2) == 0)
        return report_fail(why, EINVAL,
                           "cannot read the kernel: an EFI program, but no "
                           "bzImage; if it is a unified kernel image, take "
                           "the kernel out first: objcopy -O binary "
                           "--only-section=.linux FILE BZIMAGE");
    return report_fail(why, EINVAL,
                       "cannot read the kernel: it is neither a bzImage, "
                       "nor an ELF file, nor a compressed one; give a "
                       "vmlinuz or vmlinux for x86");
}

/* Where is the compressed kernel in this image? */
static int find_payload(const uint8_t *image, size_t bytes, struct payload *out,
                        struct report *why)
{
    struct bzimage bzimage;
    int rc;

    if (payload_is_known(image, bytes)) {
        *out = (struct payload){.data = image, .bytes = bytes};
        return 0;
    }
    if (!bzimage_is(image, bytes))
        return fail_unknown(image, bytes, why);

    rc = bzimage_parse(image, bytes, &bzimage, why);
    if (rc != 0)
        return rc;
    *out = (struct payload){
        .data = image + bzimage.payload_offset,
        .bytes = bzimage.payload_bytes,
        .is_in_bzimage = true,
    };
    return 0;
}

int unpack_image(const uint8_t *image, size_t bytes, bool may_lack_notes,
                 struct buffer *out, struct report *why)
{
    struct payload payload;
    struct kernel_elf kernel;
    int rc = find_payload(image, bytes, &payload, why);

    if (rc == 0)
        rc = payload_unpack(&payload, out, why);
    if (rc == 0)
        rc = kernel_elf_check(out->data, out->bytes, &kernel, why);
    if (rc != 0)
        return rc;

    if (!kernel.has_xen_entry && !may_lack_notes)
        return report_fail(why, ENOEXEC,
                           "cannot use the kernel: it has no Xen ENTRY "
                           "note, so it cannot boot as a PV guest; use one "
                           "built with CONFIG_XEN_PV, or --any to unpack it "
                           "all the same");
    return 0;
}
