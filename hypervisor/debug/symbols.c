/* SPDX-License-Identifier: MIT */
/*
 * Finds the function that an address lies in.
 *
 * Invariant: the build's table (tools/image/symbols.awk) is sorted by offset
 * from text_start; it is empty in the first of the two links.
 */
#include "debug/symbols.h"

#include "lib/boot_info.h"
#include "lib/format.h"

extern const uint32_t debug_symbol_count;
extern const uint32_t debug_symbol_offsets[], debug_symbol_names_idx[];
extern const char debug_symbol_names[];

static bool is_code(uintptr_t va)
{
    return (va >= (uintptr_t)text_start && va < (uintptr_t)text_end) ||
           (va >= (uintptr_t)init_start && va < (uintptr_t)init_end);
}

const char *symbols_lookup(uintptr_t va, uint64_t *offset)
{
    uint64_t at = va - (uintptr_t)text_start;
    uint32_t low = 0, high = debug_symbol_count;

    if (!is_code(va))
        return NULL;
    /* The last entry at or before `at` has index low - 1. */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (debug_symbol_offsets[middle] <= at)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low)
        return NULL;
    *offset = at - debug_symbol_offsets[low - 1];
    return debug_symbol_names + debug_symbol_names_idx[low - 1];
}

void symbols_format(char *buf, uintptr_t va)
{
    uint64_t offset;
    const char *name = symbols_lookup(va, &offset);

    if (name)
        format_snprintf(buf, SYMBOLS_TEXT_BYTES, "%s+%#lx", name, offset);
    else
        format_snprintf(buf, SYMBOLS_TEXT_BYTES, "%#lx", (uint64_t)va);
}
