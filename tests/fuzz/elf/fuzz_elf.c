/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer: a kernel's ELF file, and then its layout in memory.
 *
 * The input is a list of changes to a good file, each an offset and a byte, or
 * the file itself when it begins as ELF files do. Whatever is accepted lies
 * within the file and within the memory, with no two parts at one place; a
 * refusal is one line.
 */
#include <stdlib.h>
#include <string.h>

#include "dom0/elf.h"
#include "dom0/elf_file.h"
#include "dom0/layout_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_kernel(const struct elf_kernel *k, size_t size)
{
    uint64_t kernel_bytes = ROUND_UP(k->paddr_end, PAGE_SIZE);

    require(k->is_pv && k->segment_count <= ELF_SEGMENTS_MAX &&
            k->segment_count);
    require(k->paddr_end <= 1UL << 32);
    for (unsigned i = 0; i < k->segment_count; i++) {
        const struct elf_segment *s = &k->segments[i];

        require(s->offset <= size && s->file_bytes <= size - s->offset);
        require(s->file_bytes <= s->mem_bytes);
        require(s->paddr <= k->paddr_end &&
                s->mem_bytes <= k->paddr_end - s->paddr);
    }
    require(k->entry_va - k->virt_base < k->paddr_end);
    require(!k->has_hypercall_page ||
            k->hypercall_page_va - k->virt_base <= kernel_bytes - PAGE_SIZE);
    require(memchr(k->guest_os, 0, sizeof(k->guest_os)));
}

static void check_layouts(const struct elf_kernel *k)
{
    static const uint64_t initrds[] = {0, 5000, 300000000};
    static const uint64_t pages[] = {256, 20000, 131072, 1048576};

    for (unsigned i = 0; i < ARRAY_COUNT(initrds); i++)
        for (unsigned p = 0; p < ARRAY_COUNT(pages); p++) {
            struct dom0_layout l;

            if (layout_compute(k, initrds[i], pages[p], &l))
                require(!layout_check(k, initrds[i], pages[p], &l));
            else
                require(!l.end_pfn || l.end_pfn > pages[p]);
        }
}

static void try_file(const uint8_t *image, size_t size)
{
    /* Of its own size, so that the sanitizer sees each byte behind it. */
    uint8_t *copy = malloc(size ? size : 1);
    struct elf_kernel k;
    const char *error;

    require(copy);
    memcpy(copy, image, size);
    error = elf_read_kernel(copy, size, &k);
    if (error) {
        require(*error && !strchr(error, '\n'));
    } else {
        check_kernel(&k, size);
        check_layouts(&k);
    }
    free(copy);
}

/* Where a change lands: the headers and the notes, not what is loaded. */
static size_t place(const struct elf_file *f, unsigned at)
{
    const struct elf_file_program *n = &f->programs[f->program_count - 1];
    size_t headers = 64 + f->program_count * sizeof(f->programs[0]);

    at %= headers + n->filesz;
    return at < headers ? at : n->offset + at - headers;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static struct elf_file good, changed;
    size_t size;

    if (!good.size)
        elf_file_linux(&good);
    if (bytes > 4 && !memcmp(data, good.bytes, 4)) {
        try_file(data, bytes);
        return 0;
    }
    changed = good;
    size = good.size;
    for (; bytes >= 3; data += 3, bytes -= 3)
        changed.bytes[place(&good, data[0] | (unsigned)data[1] << 8)] = data[2];
    /* A rest of two bytes cuts the file. */
    if (bytes == 2)
        size = (data[0] | (unsigned)data[1] << 8) % (good.size + 1);
    try_file(changed.bytes, size);
    return 0;
}
