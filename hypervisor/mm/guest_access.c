/* SPDX-License-Identifier: MIT */
/*
 * Guest memory by guest virtual address.
 *
 * Invariant: SMAP's override (AC) is set between a stac and a clac in one asm
 * block of this file and nowhere else; a fault in between resumes at the clac.
 * Sites are noted in .smap_sites, where CPUs without SMAP get nops.
 */
#include "mm/guest_access.h"

#include "cpu/fixup.h"
#include "cpu/layout.h"
#include "lib/errno.h"
#include "lib/string.h"

#define USER_END 0x0000800000000000UL

/* Bytes of the instructions, for assemblers and CPUs that lack them. */
#define SMAP_SITE(label)                \
    ".pushsection .smap_sites, \"a\"\n" \
    ".quad " #label "\n"                \
    ".popsection\n"
#define STAC "70: .byte 0x0f, 0x01, 0xcb\n" SMAP_SITE(70b)
#define CLAC "71: .byte 0x0f, 0x01, 0xca\n" SMAP_SITE(71b)

bool guest_range_ok(const void __guest *p, size_t bytes)
{
    uintptr_t start = (uintptr_t)p, end = start + bytes;

    if (end < start)
        return false;
    return end <= USER_END || start >= HV_VIRT_END;
}

/* Words, then the rest; returns the bytes that were not copied. */
static size_t copy(void *dst, const void *src, size_t bytes)
{
    size_t words = bytes / 8, rest = bytes % 8;

    asm volatile(STAC "1: rep movsq\n"
                      "   mov %[rest], %%rcx\n"
                      "2: rep movsb\n"
                      "   jmp 4f\n"
                      "3: lea (%[rest], %%rcx, 8), %%rcx\n"
                      "4:\n" CLAC FIXUP(1b, 3b) FIXUP(2b, 4b)
                 : "+&D"(dst), "+&S"(src), "+&c"(words)
                 : [rest] "r"(rest)
                 : "memory");
    return words;
}

static size_t fill_zero(void *dst, size_t bytes)
{
    asm volatile(STAC "1: rep stosb\n"
                      "2:\n" CLAC FIXUP(1b, 2b)
                 : "+D"(dst), "+c"(bytes)
                 : "a"(0)
                 : "memory");
    return bytes;
}

int guest_read(void *dst, const void __guest *src, size_t bytes)
{
    size_t left;

    if (unlikely(!guest_range_ok(src, bytes))) {
        memset(dst, 0, bytes);
        return -EFAULT;
    }
    left = copy(dst, (const void *)src, bytes);
    if (likely(!left))
        return 0;
    memset((char *)dst + (bytes - left), 0, left);
    return -EFAULT;
}

int guest_write(void __guest *dst, const void *src, size_t bytes)
{
    if (unlikely(!guest_range_ok(dst, bytes)))
        return -EFAULT;
    return copy((void *)dst, src, bytes) ? -EFAULT : 0;
}

int guest_clear(void __guest *dst, size_t bytes)
{
    if (unlikely(!guest_range_ok(dst, bytes)))
        return -EFAULT;
    return fill_zero((void *)dst, bytes) ? -EFAULT : 0;
}
