/* SPDX-License-Identifier: MIT */
/*
 * memory_op: giving frames back and getting new ones, maps, exchange.
 */
#include "guest.h"
#include <abi/e820.h>

#define BAD_PTR ((void *)0xffff820000000000ul)

static long op(unsigned cmd, void *arg)
{
    return hypercall(__HYPERVISOR_memory_op, cmd, arg);
}

static struct xen_memory_reservation reservation(xen_pfn_t *list, ulong_t n,
                                                 unsigned order)
{
    struct xen_memory_reservation r;

    memset(&r, 0, sizeof(r));
    set_xen_guest_handle(r.extent_start, list);
    r.nr_extents = n;
    r.extent_order = order;
    r.domid = DOMID_SELF;
    return r;
}

/* Give pfns' frames back; the p2m entries become invalid. */
static long decrease(const uint64_t *pfn, unsigned n)
{
    xen_pfn_t mfn[64];
    struct xen_memory_reservation r = reservation(mfn, n, 0);

    for (unsigned i = 0; i < n; i++)
        mfn[i] = mem_p2m(pfn[i]);
    return op(XENMEM_decrease_reservation, &r);
}

static long populate(const uint64_t *pfn, unsigned n)
{
    xen_pfn_t frame[64];
    struct xen_memory_reservation r = reservation(frame, n, 0);
    long rc;

    for (unsigned i = 0; i < n; i++)
        frame[i] = pfn[i];
    rc = op(XENMEM_populate_physmap, &r);
    for (long i = 0; i < rc; i++)
        mem_p2m_set(pfn[i], frame[i]);
    return rc;
}

static ulong_t current_pages(void)
{
    domid_t dom = DOMID_SELF;

    return (ulong_t)op(XENMEM_current_reservation, &dom);
}

TEST(memory_op_decrease_populate_ok, COVERS(memory_op.decrease_reservation, ok)
                                         COVERS(memory_op.populate_physmap, ok))
{
    uint64_t pfn[16];
    ulong_t before = current_pages();

    for (unsigned i = 0; i < 16; i++)
        pfn[i] = pfn_alloc();
    CHECK_EQ(decrease(pfn, 16), 16);
    CHECK_EQ(current_pages(), before - 16);
    CHECK_EQ(populate(pfn, 16), 16);
    CHECK_EQ(current_pages(), before);
    for (unsigned i = 0; i < 16; i++) {
        CHECK_EQ(mem_m2p(mem_p2m(pfn[i])), pfn[i]);
        pfn_free(pfn[i]);
    }
}

/* A new frame is empty: nothing of anybody's is in it. */
TEST(memory_op_populate_scrubbed)
{
    uint64_t pfn = pfn_alloc();
    volatile uint64_t *w = window_alloc();

    CHECK_EQ(window_map((void *)(ulong_t)w, mem_p2m(pfn), PTE_KERN), 0);
    for (unsigned i = 0; i < 512; i++)
        w[i] = 0x5ec2e75ec2e75ec2;
    CHECK_EQ(window_unmap((void *)(ulong_t)w), 0);
    CHECK_EQ(decrease(&pfn, 1), 1);
    CHECK_EQ(populate(&pfn, 1), 1);
    CHECK_EQ(window_map((void *)(ulong_t)w, mem_p2m(pfn), PTE_KERN), 0);
    unsigned left = 0;

    for (unsigned i = 0; i < 512; i++)
        left += w[i] == 0x5ec2e75ec2e75ec2;
    /* Xen scrubs on the way to another domain only; Parvis always. */
    if (!test_on_xen())
        CHECK_EQ(left, 0);
    window_free((void *)(ulong_t)w);
    pfn_free(pfn);
}

/* A frame that is still mapped: it is not freed under the mapping. */
TEST(memory_op_decrease_mapped_frame)
{
    uint64_t pfn = pfn_alloc();
    char *w = window_alloc();
    long rc;

    CHECK_EQ(window_map(w, mem_p2m(pfn), PTE_KERN), 0);
    rc = decrease(&pfn, 1);
    CHECK(rc == 0 || rc == 1);
    *(volatile char *)w = 1; /* the reference keeps it */
    CHECK_EQ(window_unmap(w), 0);
    if (rc == 1) {
        CHECK_EQ(window_map(w, mem_p2m(pfn), PTE_KERN) < 0, 1);
        CHECK_EQ(populate(&pfn, 1), 1);
    }
    window_free(w);
    pfn_free(pfn);
}

/* A frame twice in one list is given back once. */
TEST(memory_op_decrease_twice, COVERS(memory_op.decrease_reservation, ok))
{
    uint64_t pfn[2];

    pfn[0] = pfn[1] = pfn_alloc();
    CHECK_EQ(decrease(pfn, 2), 1);
    CHECK_EQ(populate(pfn, 1), 1);
    pfn_free(pfn[0]);
}

TEST(memory_op_decrease_not_mine, COVERS(memory_op.decrease_reservation, ok))
{
    xen_pfn_t mfn[3] = {0xff00000000ul, mem_foreign_mfn(0), ~0ul};
    struct xen_memory_reservation r;

    for (unsigned i = 0; i < 3; i++) {
        r = reservation(&mfn[i], 1, 0);
        CHECK_EQ(op(XENMEM_decrease_reservation, &r), 0);
    }
}

/* A page table in use stays one. */
TEST(memory_op_decrease_page_table)
{
    const pte_t *root = (const pte_t *)mem_start_info->pt_base;
    xen_pfn_t mfn = mem_mfn(root);
    struct xen_memory_reservation r = reservation(&mfn, 1, 0);
    long rc = op(XENMEM_decrease_reservation, &r);

    CHECK(rc == 0 || rc == 1);
    CHECK(root[511] & PTE_P);
    CHECK_EQ(hypercall(__HYPERVISOR_xen_version, 0, 0), 4 << 16 | 17);
}

TEST(memory_op_reservation_efault,
     COVERS(memory_op.decrease_reservation, EFAULT)
         COVERS(memory_op.increase_reservation, EFAULT)
             COVERS(memory_op.populate_physmap, EFAULT))
{
    static const unsigned cmds[] = {XENMEM_increase_reservation,
                                    XENMEM_decrease_reservation,
                                    XENMEM_populate_physmap};

    /* Xen answers with the number done, which is none. */
    for (unsigned i = 0; i < ARRAY_LEN(cmds); i++)
        CHECK_EQ(op(cmds[i], BAD_PTR), test_on_xen() ? 0 : -XEN_EFAULT);
}

/* A list that cannot be read: nothing is done. */
TEST(memory_op_reservation_bad_list)
{
    struct xen_memory_reservation r = reservation(BAD_PTR, 1, 0);
    ulong_t before = current_pages();

    CHECK_EITHER(op(XENMEM_decrease_reservation, &r), 0, -XEN_EFAULT);
    CHECK_EITHER(op(XENMEM_populate_physmap, &r), 0, -XEN_EFAULT);
    CHECK_EQ(current_pages(), before);
}

TEST(memory_op_reservation_huge_counts)
{
    xen_pfn_t frame = 0;
    struct xen_memory_reservation r = reservation(&frame, ~0ul, 0);
    ulong_t before = current_pages();

    CHECK_LE(op(XENMEM_decrease_reservation, &r), 0);
    CHECK_LE(op(XENMEM_populate_physmap, &r), 0);
    r = reservation((void *)-8ul, BIT(40), 0);
    CHECK_LE(op(XENMEM_decrease_reservation, &r), 0);
    r = reservation(&frame, 1, 63);
    CHECK_LE(op(XENMEM_decrease_reservation, &r), 0);
    CHECK_LE(op(XENMEM_populate_physmap, &r), 0);
    r = reservation(&frame, 1, ~0u);
    CHECK_LE(op(XENMEM_populate_physmap, &r), 0);
    CHECK_EQ(current_pages(), before);
}

TEST(memory_op_reservation_esrch_domid)
{
    xen_pfn_t frame = 0;
    struct xen_memory_reservation r = reservation(&frame, 1, 0);

    r.domid = 77;
    /* Xen answers with the number done, which is none. */
    CHECK_LE(op(XENMEM_decrease_reservation, &r), 0);
    CHECK_LE(op(XENMEM_populate_physmap, &r), 0);
}

/* More than the domain may have. */
TEST(memory_op_populate_over_maximum, COVERS(memory_op.populate_physmap, ok))
{
    domid_t dom = DOMID_SELF;
    long max = op(XENMEM_maximum_reservation, &dom);
    uint64_t pfn = mem_start_info->nr_pages - 1;

    CHECK(max > 0);
    if (max != (long)current_pages())
        SKIP("the domain has room");
    CHECK_EQ(populate(&pfn, 1), 0);
}

TEST(memory_op_maximum_ram_page_ok, COVERS(memory_op.maximum_ram_page, ok))
{
    long max = op(XENMEM_maximum_ram_page, NULL);

    CHECK(max > 1024);
    for (uint64_t pfn = 0; pfn < mem_start_info->nr_pages; pfn += 61)
        CHECK((long)mem_p2m(pfn) <= max);
}

TEST(memory_op_reservation_counts_ok,
     COVERS(memory_op.current_reservation, ok)
         COVERS(memory_op.maximum_reservation, ok)
             COVERS(memory_op.maximum_gpfn, ok))
{
    domid_t dom = DOMID_SELF;

    CHECK_EQ(op(XENMEM_current_reservation, &dom), mem_start_info->nr_pages);
    CHECK_GE(op(XENMEM_maximum_reservation, &dom), mem_start_info->nr_pages);
    CHECK_GE(op(XENMEM_maximum_gpfn, &dom), 0);
}

TEST(memory_op_reservation_counts_esrch,
     COVERS(memory_op.current_reservation, ESRCH)
         COVERS(memory_op.maximum_reservation, ESRCH)
             COVERS(memory_op.maximum_gpfn, ESRCH))
{
    domid_t dom = 77;

    CHECK_EQ(op(XENMEM_current_reservation, &dom), -XEN_ESRCH);
    CHECK_EQ(op(XENMEM_maximum_reservation, &dom), -XEN_ESRCH);
    CHECK_EQ(op(XENMEM_maximum_gpfn, &dom), -XEN_ESRCH);
}

TEST(memory_op_reservation_counts_efault,
     COVERS(memory_op.current_reservation, EFAULT)
         COVERS(memory_op.maximum_reservation, EFAULT)
             COVERS(memory_op.maximum_gpfn, EFAULT))
{
    CHECK_EQ(op(XENMEM_current_reservation, BAD_PTR), -XEN_EFAULT);
    CHECK_EQ(op(XENMEM_maximum_reservation, BAD_PTR), -XEN_EFAULT);
    CHECK_EQ(op(XENMEM_maximum_gpfn, BAD_PTR), -XEN_EFAULT);
}

/* ---- maps ---- */

static struct e820entry entries[128];

TEST(memory_op_machine_memory_map_ok, COVERS(memory_op.machine_memory_map, ok))
{
    struct xen_memory_map map = {.nr_entries = ARRAY_LEN(entries)};
    uint64_t ram = 0;

    set_xen_guest_handle(map.buffer, entries);
    CHECK_EQ(op(XENMEM_machine_memory_map, &map), 0);
    REQUIRE(map.nr_entries > 0 && map.nr_entries <= ARRAY_LEN(entries));
    for (unsigned i = 0; i < map.nr_entries; i++)
        if (entries[i].type == 1)
            ram += entries[i].size;
    CHECK(ram / PAGE_SIZE >= mem_start_info->nr_pages);
}

TEST(memory_op_machine_memory_map_einval_short,
     COVERS(memory_op.machine_memory_map, EINVAL))
{
    struct xen_memory_map map = {.nr_entries = 1};

    memset(entries, 0x5a, sizeof(entries));
    set_xen_guest_handle(map.buffer, entries);
    CHECK_EQ(op(XENMEM_machine_memory_map, &map), -XEN_EINVAL);
    CHECK_EQ(entries[0].type, 0x5a5a5a5a);
}

TEST(memory_op_machine_memory_map_efault,
     COVERS(memory_op.machine_memory_map, EFAULT))
{
    struct xen_memory_map map = {.nr_entries = 128};

    CHECK_EQ(op(XENMEM_machine_memory_map, BAD_PTR), -XEN_EFAULT);
    set_xen_guest_handle(map.buffer, BAD_PTR);
    CHECK_EQ(op(XENMEM_machine_memory_map, &map), -XEN_EFAULT);
}

TEST(memory_op_machine_memory_map_einval,
     COVERS(memory_op.machine_memory_map, EINVAL))
{
    struct xen_memory_map map = {.nr_entries = 0};

    set_xen_guest_handle(map.buffer, entries);
    CHECK_EQ(op(XENMEM_machine_memory_map, &map), -XEN_EINVAL);
}

/* dom0 was given no map of its own. */
TEST(memory_op_memory_map_enosys, COVERS(memory_op.memory_map, ENOSYS))
{
    struct xen_memory_map map = {.nr_entries = 128};

    set_xen_guest_handle(map.buffer, entries);
    CHECK_EQ(op(XENMEM_memory_map, &map), -XEN_ENOSYS);
}

TEST(memory_op_machphys_mapping_ok, COVERS(memory_op.machphys_mapping, ok))
{
    struct xen_machphys_mapping m;

    memset(&m, 0x5a, sizeof(m));
    CHECK_EQ(op(XENMEM_machphys_mapping, &m), 0);
    CHECK_EQ(m.v_start, MACH2PHYS_VIRT_START);
    CHECK(m.v_end <= MACH2PHYS_VIRT_END);
    CHECK(m.v_start + m.max_mfn * 8 < m.v_end);
    CHECK(m.max_mfn > 1024);
}

TEST(memory_op_machphys_mapping_efault,
     COVERS(memory_op.machphys_mapping, EFAULT))
{
    CHECK_EQ(op(XENMEM_machphys_mapping, BAD_PTR), -XEN_EFAULT);
}

TEST(memory_op_machphys_mfn_list_ok, COVERS(memory_op.machphys_mfn_list, ok))
{
    xen_pfn_t list[8];
    struct xen_machphys_mfn_list ml = {.max_extents = 8};
    long rc;

    memset(list, 0, sizeof(list));
    set_xen_guest_handle(ml.extent_start, list);
    rc = op(XENMEM_machphys_mfn_list, &ml);
    if (rc == -XEN_ENOSYS)
        SKIP("not offered");
    CHECK_EQ(rc, 0);
    CHECK(ml.nr_extents >= 1 && ml.nr_extents <= 8);
}

TEST(memory_op_machphys_mfn_list_efault,
     COVERS(memory_op.machphys_mfn_list, EFAULT))
{
    long rc = op(XENMEM_machphys_mfn_list, BAD_PTR);

    if (rc == -XEN_ENOSYS)
        SKIP("not offered");
    CHECK_EQ(rc, -XEN_EFAULT);
}

TEST(memory_op_set_memory_map_refused, COVERS(memory_op.set_memory_map, EFAULT))
{
    CHECK_EQ(op(XENMEM_set_memory_map, BAD_PTR), -XEN_EFAULT);
}

TEST(memory_op_set_memory_map_esrch, COVERS(memory_op.set_memory_map, ESRCH))
{
    struct xen_foreign_memory_map fm;

    memset(&fm, 0, sizeof(fm));
    fm.domid = 77;
    CHECK_EQ(op(XENMEM_set_memory_map, &fm), -XEN_ESRCH);
}

TEST(memory_op_set_memory_map_einval, COVERS(memory_op.set_memory_map, EINVAL))
{
    struct xen_foreign_memory_map fm;

    memset(&fm, 0, sizeof(fm));
    fm.domid = DOMID_SELF;
    fm.map.nr_entries = 100000;
    CHECK_EQ(op(XENMEM_set_memory_map, &fm), -XEN_EINVAL);
}

/* ---- exchange ---- */

static long exchange(xen_pfn_t *in, ulong_t nr_in, unsigned order_in,
                     xen_pfn_t *out, ulong_t nr_out, unsigned order_out,
                     unsigned bits, ulong_t *done)
{
    struct xen_memory_exchange x;
    long rc;

    memset(&x, 0, sizeof(x));
    x.in = reservation(in, nr_in, order_in);
    x.out = reservation(out, nr_out, order_out);
    x.out.mem_flags = bits;
    rc = op(XENMEM_exchange, &x);
    *done = x.nr_exchanged;
    return rc;
}

TEST(memory_op_exchange_ok, COVERS(memory_op.exchange, ok))
{
    uint64_t pfn[8];
    xen_pfn_t in[8], out[8];
    ulong_t done, before = current_pages();
    long rc;

    for (unsigned i = 0; i < 8; i++) {
        pfn[i] = pfn_alloc();
        in[i] = mem_p2m(pfn[i]);
        out[i] = pfn[i];
    }
    rc = exchange(in, 8, 0, out, 8, 0, 0, &done);
    if (rc == 0) {
        CHECK_EQ(done, 8);
        for (unsigned i = 0; i < 8; i++) {
            mem_p2m_set(pfn[i], out[i]);
            CHECK_EQ(mem_m2p(out[i]), pfn[i]);
        }
    } else {
        CHECK_EQ(rc, -XEN_ENOMEM);
        CHECK_EQ(done, 0);
    }
    CHECK_EQ(current_pages(), before);
    for (unsigned i = 0; i < 8; i++)
        pfn_free(pfn[i]);
}

/* Eight single frames for one extent of eight, below 4 GiB. */
TEST(memory_op_exchange_contiguous_ok, COVERS(memory_op.exchange, ok))
{
    uint64_t pfn[8];
    xen_pfn_t in[8], out[1];
    ulong_t done;
    long rc;

    for (unsigned i = 0; i < 8; i++) {
        pfn[i] = pfn_alloc();
        in[i] = mem_p2m(pfn[i]);
        if (i && pfn[i] != pfn[0] + i)
            SKIP("no eight pfns in a row");
    }
    out[0] = pfn[0];
    rc = exchange(in, 8, 0, out, 1, 3, 32, &done);
    if (rc == 0) {
        CHECK_EQ(done, 8);
        CHECK_EQ(out[0] & 7, 0);
        for (unsigned i = 0; i < 8; i++) {
            mem_p2m_set(pfn[i], out[0] + i);
            CHECK_EQ(mem_m2p(out[0] + i), pfn[i]);
        }
        /* and back again */
        for (unsigned i = 0; i < 8; i++)
            in[i] = pfn[i];
        rc = exchange(out, 1, 3, in, 8, 0, 0, &done);
        CHECK_EQ(rc, 0);
        CHECK_EQ(done, 1);
        for (unsigned i = 0; i < 8; i++)
            mem_p2m_set(pfn[i], in[i]);
    } else {
        CHECK_EQ(rc, -XEN_ENOMEM);
        CHECK_EQ(done, 0);
    }
    for (unsigned i = 0; i < 8; i++)
        pfn_free(pfn[i]);
}

/* No frame, a page table, a frame that is mapped: nothing is exchanged. */
TEST(memory_op_exchange_einval_frame, COVERS(memory_op.exchange, EINVAL))
{
    char *p = page_alloc();
    uint64_t pfn = pfn_alloc();
    xen_pfn_t bad[3] = {0xff00000000ul,
                        mem_mfn((void *)mem_start_info->pt_base), mem_mfn(p)};
    xen_pfn_t out[1] = {pfn};
    ulong_t done, before = current_pages();

    CHECK_EQ(exchange(bad, 1, 0, out, 1, 0, 0, &done), -XEN_EINVAL);
    CHECK_EQ(done, 0);
    for (unsigned i = 1; i < 3; i++) {
        long rc = exchange(&bad[i], 1, 0, out, 1, 0, 0, &done);

        CHECK(rc < 0);
        CHECK_EQ(done, 0);
    }
    CHECK_EQ(current_pages(), before);
    CHECK_EQ(mem_m2p(mem_mfn(p)), ((ulong_t)p - VIRT_BASE) / PAGE_SIZE);
    page_free(p);
    pfn_free(pfn);
}

/* The second frame is bad: all or nothing, which is nothing. */
TEST(memory_op_exchange_all_or_nothing)
{
    xen_pfn_t in[2], out[2];
    uint64_t pfn = pfn_alloc();
    ulong_t done;

    if (test_on_xen())
        SKIP("Xen stops half way");
    in[0] = mem_p2m(pfn);
    in[1] = 0xff00000000ul;
    out[0] = out[1] = pfn;
    CHECK(exchange(in, 2, 0, out, 2, 0, 0, &done) < 0);
    CHECK_EQ(done, 0);
    CHECK_EQ(mem_m2p(mem_p2m(pfn)), pfn);
    pfn_free(pfn);
}

TEST(memory_op_exchange_einval_shape, COVERS(memory_op.exchange, EINVAL))
{
    xen_pfn_t in[8] = {0}, out[8] = {0};
    ulong_t done;

    /* not the same number of frames */
    CHECK_EQ(exchange(in, 2, 0, out, 1, 0, 0, &done), -XEN_EINVAL);
    CHECK_EQ(exchange(in, 1, 1, out, 1, 0, 0, &done), -XEN_EINVAL);
    CHECK_EQ(exchange(in, 0, 0, out, 1, 0, 0, &done), -XEN_EINVAL);
}

TEST(memory_op_exchange_eperm_order, COVERS(memory_op.exchange, EPERM))
{
    xen_pfn_t in[1] = {0}, out[1] = {0};
    ulong_t done;

    CHECK_EQ(exchange(in, 1, 40, out, 1, 40, 0, &done), -XEN_EPERM);
}

TEST(memory_op_exchange_efault, COVERS(memory_op.exchange, EFAULT))
{
    xen_pfn_t out[1] = {0};
    ulong_t done;

    CHECK_EQ(op(XENMEM_exchange, BAD_PTR), -XEN_EFAULT);
    CHECK_EQ(exchange(BAD_PTR, 1, 0, out, 1, 0, 0, &done), -XEN_EFAULT);
    CHECK_EQ(exchange(out, 1, 0, BAD_PTR, 1, 0, 0, &done), -XEN_EFAULT);
}

TEST(memory_op_exchange_wraps)
{
    xen_pfn_t out[1] = {0};
    ulong_t done;

    CHECK(exchange((void *)-8ul, BIT(61), 0, out, BIT(61), 0, 0, &done) < 0);
    CHECK(exchange(out, ~0ul, 0, out, ~0ul, 0, 0, &done) < 0);
}

/* ---- for other kinds of guests, and unknown ---- */

TEST(memory_op_physmap_refused)
{
    struct xen_add_to_physmap a;
    struct xen_remove_from_physmap r;
    long rc;

    memset(&a, 0, sizeof(a));
    a.domid = DOMID_SELF;
    a.space = XENMAPSPACE_shared_info;
    rc = op(XENMEM_add_to_physmap, &a);
    CHECK(rc < 0);
    memset(&r, 0, sizeof(r));
    r.domid = DOMID_SELF;
    rc = op(XENMEM_remove_from_physmap, &r);
    CHECK(rc < 0);
}

TEST(memory_op_sharing_pages_ok,
     COVERS(memory_op.get_sharing_freed_pages, ok)
         COVERS(memory_op.get_sharing_shared_pages, ok))
{
    CHECK_EQ(op(XENMEM_get_sharing_freed_pages, NULL), 0);
    CHECK_EQ(op(XENMEM_get_sharing_shared_pages, NULL), 0);
}

TEST(memory_op_enosys, COVERS(memory_op, ENOSYS))
{
    CHECK_EQ(op(29, NULL), -XEN_ENOSYS);
    CHECK_EQ(op(63, NULL), -XEN_ENOSYS);
}

/* Bits 6 and up are Xen's continuation: -EINVAL for a guest that sets them. */
TEST(memory_op_einval_continuation_bits, COVERS(memory_op, EINVAL))
{
    domid_t dom = DOMID_SELF;

    if (test_on_xen())
        SKIP("Xen takes them for its own");
    CHECK_EQ(op(XENMEM_current_reservation | 1 << 6, &dom), -XEN_EINVAL);
    CHECK_EQ(op(XENMEM_maximum_ram_page | 1 << 20, NULL), -XEN_EINVAL);
    CHECK_EQ(op(~0u, NULL), -XEN_EINVAL);
}

TEST(memory_op_claim_pages, COVERS(memory_op.claim_pages, ok))
{
    struct xen_memory_reservation r = reservation(NULL, 0, 0);
    long rc = op(XENMEM_claim_pages, &r);

    CHECK(rc == 0 || rc == -XEN_ENOSYS || rc == -XEN_EINVAL);
}

TEST(memory_op_acquire_resource_errors,
     COVERS(memory_op.acquire_resource, EFAULT)
         COVERS(memory_op.acquire_resource, ESRCH))
{
    struct xen_mem_acquire_resource r;
    long rc = op(XENMEM_acquire_resource, BAD_PTR);

    if (rc == -XEN_ENOSYS || rc == -XEN_EOPNOTSUPP)
        SKIP("not offered");
    CHECK_EQ(rc, -XEN_EFAULT);
    memset(&r, 0, sizeof(r));
    r.domid = 77;
    r.type = XENMEM_resource_grant_table;
    CHECK_EQ(op(XENMEM_acquire_resource, &r), -XEN_ESRCH);
}
