/* SPDX-License-Identifier: MIT */
/*
 * dom0's memory while it is built.
 *
 * Frames come in blocks as large as there are, low addresses last: what stays
 * free has a part below 4 GiB, which dom0's DMA buffers need.
 */
#include "dom0/memory.h"

#include "lib/params.h"
#include "lib/string.h"
#include "mm/domain_memory.h"
#include "mm/heap.h"
#include "mm/map.h"

#define MIB_PAGES (1UL << (20 - PAGE_SHIFT))
/* Left to the hypervisor: 1/16 of the machine within these bounds. */
#define RESERVE_MIN        (24 * MIB_PAGES)
#define RESERVE_MAX        (128 * MIB_PAGES)
#define LOW_RESERVE_BLOCKS 8
#define LOW_RESERVE_ORDER  10 /* 4 MiB each */

static uint64_t clamp(uint64_t x, uint64_t low, uint64_t high)
{
    return x < low ? low : x > high ? high : x;
}

uint64_t dom0_memory_wanted(uint64_t free_pages, uint64_t total_pages)
{
    const struct boot_params *p = &boot_params;
    uint64_t total = total_pages << PAGE_SHIFT;
    uint64_t reserve = clamp(total_pages / 16, RESERVE_MIN, RESERVE_MAX);
    uint64_t most = free_pages > reserve ? free_pages - reserve : 0;
    uint64_t pages = most, low, high;

    if (p->dom0_mem || p->dom0_mem_is_less)
        pages = params_amount(p->dom0_mem, p->dom0_mem_is_less, total) >>
                PAGE_SHIFT;
    low = params_amount(p->dom0_mem_min, p->dom0_mem_min_is_less, total) >>
          PAGE_SHIFT;
    high = params_amount(p->dom0_mem_max, p->dom0_mem_max_is_less, total) >>
           PAGE_SHIFT;
    if (high && pages > high)
        pages = high;
    return MAX(pages, low);
}

static void note(struct dom0_memory *m, mfn_t mfn, uint64_t count)
{
    struct dom0_stretch *last =
        m->stretch_count ? &m->stretches[m->stretch_count - 1] : NULL;

    if (last && last->mfn + last->count == mfn.v)
        last->count += count;
    else
        m->stretches[m->stretch_count++] =
            (struct dom0_stretch){m->page_count, mfn.v, count};
    m->page_count += count;
}

uint64_t dom0_memory_fill(struct dom0_memory *m, uint64_t pages)
{
    void *low[LOW_RESERVE_BLOCKS] = {NULL};
    unsigned order = HEAP_ORDER_MAX;

    for (unsigned i = 0; i < LOW_RESERVE_BLOCKS; i++)
        if (heap_free_count_below_4g() > pages / 8)
            low[i] = heap_alloc_pages(LOW_RESERVE_ORDER, HEAP_BELOW_4G);
    while (m->page_count < pages && m->stretch_count < DOM0_STRETCHES_MAX) {
        mfn_t mfn;

        if (order && (1UL << order) > pages - m->page_count) {
            order--;
        } else if (!domain_memory_alloc(&m->d->mm, order, MM_NO_SCRUB, &mfn)) {
            note(m, mfn, 1UL << order);
        } else if (order) {
            order--;
        } else {
            break;
        }
    }
    for (unsigned i = 0; i < LOW_RESERVE_BLOCKS; i++)
        if (low[i])
            heap_free_pages(low[i], LOW_RESERVE_ORDER);
    return m->page_count;
}

static const struct dom0_stretch *find(const struct dom0_memory *m,
                                       uint64_t pfn)
{
    unsigned low = 0, high = m->stretch_count;

    while (high - low > 1) {
        unsigned mid = (low + high) / 2;

        if (m->stretches[mid].pfn <= pfn)
            low = mid;
        else
            high = mid;
    }
    return &m->stretches[low];
}

mfn_t dom0_memory_mfn(const struct dom0_memory *m, uint64_t pfn)
{
    const struct dom0_stretch *s = find(m, pfn);

    return MFN(s->mfn + (pfn - s->pfn));
}

void *dom0_memory_page(const struct dom0_memory *m, uint64_t pfn)
{
    return mfn_to_virt(dom0_memory_mfn(m, pfn));
}

/* Bytes from `at` to the end of its stretch: contiguous for the machine. */
static char *span(const struct dom0_memory *m, uint64_t at, uint64_t *bytes)
{
    const struct dom0_stretch *s = find(m, at >> PAGE_SHIFT);
    uint64_t into = at - (s->pfn << PAGE_SHIFT);

    *bytes = MIN(*bytes, (s->count << PAGE_SHIFT) - into);
    return (char *)mfn_to_virt(MFN(s->mfn)) + into;
}

void dom0_memory_copy(const struct dom0_memory *m, uint64_t at, const void *src,
                      uint64_t bytes)
{
    const char *from = src;

    while (bytes) {
        uint64_t n = bytes;
        char *to = span(m, at, &n);

        memcpy(to, from, n);
        at += n;
        from += n;
        bytes -= n;
    }
}

void dom0_memory_clear(const struct dom0_memory *m, uint64_t at, uint64_t bytes)
{
    while (bytes) {
        uint64_t n = bytes;

        memset(span(m, at, &n), 0, n);
        at += n;
        bytes -= n;
    }
}
