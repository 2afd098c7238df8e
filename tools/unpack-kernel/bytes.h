/* SPDX-License-Identifier: MIT */
/* Little-endian numbers in a byte buffer, at any alignment. */
#pragma once

#include <stdint.h>

/* The two bytes at `at`, which the caller knows to be there. */
static inline uint16_t bytes_le16(const uint8_t *at)
{
    return (uint16_t)(at[0] | at[1] << 8);
}

/* The four bytes at `at`, which the caller knows to be there. */
static inline uint32_t bytes_le32(const uint8_t *at)
{
    return bytes_le16(at) | (uint32_t)bytes_le16(at + 2) << 16;
}
