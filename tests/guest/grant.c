/* SPDX-License-Identifier: MIT */
/*
 * grant_table_op: version, size and set-up of the table; mapping and copying
 * a frame of one's own where the hypervisor offers it.
 */
#include "guest.h"

#define BAD_PTR ((void *)0xffff820000000000ul)

static long op(unsigned cmd, void *arg, unsigned count)
{
    return hypercall(__HYPERVISOR_grant_table_op, cmd, arg, count);
}

static struct grant_entry_v1 *table;

/* Sets up one frame and maps it; NULL (and a skip) if there are no grants. */
static struct grant_entry_v1 *table_get(void)
{
    xen_pfn_t frame = 0;
    struct gnttab_setup_table st = {.dom = DOMID_SELF, .nr_frames = 1};
    struct gnttab_set_version sv = {.version = 1};

    if (table)
        return table;
    set_xen_guest_handle(st.frame_list, &frame);
    op(GNTTABOP_set_version, &sv, 1);
    if (op(GNTTABOP_setup_table, &st, 1) || st.status) {
        test_skip("no grant table");
        return NULL;
    }
    void *w = window_alloc();

    if (window_map(w, frame, PTE_KERN) < 0)
        test_abort("map the grant frame");
    table = w;
    return table;
}

TEST(grant_table_op_set_version_1_ok, COVERS(grant_table_op.set_version, ok))
{
    struct gnttab_set_version sv = {.version = 1};

    CHECK_EQ(op(GNTTABOP_set_version, &sv, 1), 0);
    CHECK_EQ(sv.version, 1);
}

TEST(grant_table_op_set_version_einval,
     COVERS(grant_table_op.set_version, EINVAL))
{
    struct gnttab_set_version sv = {.version = 3};

    CHECK_EQ(op(GNTTABOP_set_version, &sv, 1), -XEN_EINVAL);
    sv.version = 0;
    CHECK_EQ(op(GNTTABOP_set_version, &sv, 1), -XEN_EINVAL);
}

TEST(grant_table_op_set_version_efault,
     COVERS(grant_table_op.set_version, EFAULT))
{
    CHECK_EQ(op(GNTTABOP_set_version, BAD_PTR, 1), -XEN_EFAULT);
}

TEST(grant_table_op_get_version_ok, COVERS(grant_table_op.get_version, ok))
{
    struct gnttab_get_version gv = {.dom = DOMID_SELF};
    long rc = op(GNTTABOP_get_version, &gv, 1);

    if (rc == -XEN_ENOSYS)
        SKIP("not offered");
    CHECK_EQ(rc, 0);
    CHECK_EQ(gv.version, 1);
}

TEST(grant_table_op_query_size_ok, COVERS(grant_table_op.query_size, ok))
{
    struct gnttab_query_size qs = {.dom = DOMID_SELF};

    CHECK_EQ(op(GNTTABOP_query_size, &qs, 1), 0);
    CHECK_EQ(qs.status, GNTST_okay);
    CHECK(qs.max_nr_frames >= 4 && qs.max_nr_frames <= 1024);
    CHECK(qs.nr_frames <= qs.max_nr_frames);
}

TEST(grant_table_op_query_size_bad_domain,
     COVERS(grant_table_op.query_size, ok))
{
    struct gnttab_query_size qs = {.dom = 77};

    CHECK_EQ(op(GNTTABOP_query_size, &qs, 1), 0);
    CHECK_EQ(qs.status, GNTST_bad_domain);
}

TEST(grant_table_op_query_size_einval_count,
     COVERS(grant_table_op.query_size, EINVAL))
{
    struct gnttab_query_size qs[2] = {{.dom = DOMID_SELF}};

    CHECK_EQ(op(GNTTABOP_query_size, qs, 2), -XEN_EINVAL);
}

TEST(grant_table_op_query_size_efault,
     COVERS(grant_table_op.query_size, EFAULT))
{
    CHECK_EQ(op(GNTTABOP_query_size, BAD_PTR, 1), -XEN_EFAULT);
}

TEST(grant_table_op_setup_table_ok, COVERS(grant_table_op.setup_table, ok))
{
    xen_pfn_t frames[4] = {0};
    struct gnttab_setup_table st = {.dom = DOMID_SELF, .nr_frames = 4};
    char *w = window_alloc();

    set_xen_guest_handle(st.frame_list, frames);
    CHECK_EQ(op(GNTTABOP_setup_table, &st, 1), 0);
    CHECK_EQ(st.status, GNTST_okay);
    for (unsigned i = 0; i < 4; i++) {
        CHECK(frames[i] != 0);
        /* The frame is the hypervisor's, shared with the guest: mapped
         * writable, zero, never a page table. */
        CHECK_EQ(window_map(w, frames[i], PTE_KERN), 0);
        for (unsigned j = 0; j < PAGE_SIZE; j++)
            REQUIRE(w[j] == 0);
        CHECK_EQ(window_unmap(w), 0);
        CHECK_CONFLICT(pt_mmuext(MMUEXT_PIN_L1_TABLE, frames[i]));
        CHECK_CONFLICT(pt_mmuext(MMUEXT_PIN_L4_TABLE, frames[i]));
    }
    window_free(w);
}

TEST(grant_table_op_setup_table_again_ok,
     COVERS(grant_table_op.setup_table, ok))
{
    xen_pfn_t a[4] = {0}, b[4] = {0};
    struct gnttab_setup_table st = {.dom = DOMID_SELF, .nr_frames = 4};

    set_xen_guest_handle(st.frame_list, a);
    CHECK_EQ(op(GNTTABOP_setup_table, &st, 1), 0);
    set_xen_guest_handle(st.frame_list, b);
    CHECK_EQ(op(GNTTABOP_setup_table, &st, 1), 0);
    CHECK(memcmp(a, b, sizeof(a)) == 0);
}

TEST(grant_table_op_setup_table_too_many,
     COVERS(grant_table_op.setup_table, EINVAL))
{
    static xen_pfn_t frames[4096];
    struct gnttab_setup_table st = {.dom = DOMID_SELF, .nr_frames = 100000};
    long rc;

    set_xen_guest_handle(st.frame_list, frames);
    rc = op(GNTTABOP_setup_table, &st, 1);
    CHECK(rc == -XEN_EINVAL || (rc == 0 && st.status < 0));
    st.nr_frames = ~0u;
    st.status = 0;
    rc = op(GNTTABOP_setup_table, &st, 1);
    CHECK(rc == -XEN_EINVAL || (rc == 0 && st.status < 0));
}

TEST(grant_table_op_setup_table_bad_domain,
     COVERS(grant_table_op.setup_table, ok))
{
    xen_pfn_t frame;
    struct gnttab_setup_table st = {.dom = 77, .nr_frames = 1};

    set_xen_guest_handle(st.frame_list, &frame);
    CHECK_EQ(op(GNTTABOP_setup_table, &st, 1), 0);
    CHECK_EQ(st.status, GNTST_bad_domain);
}

TEST(grant_table_op_setup_table_einval_count,
     COVERS(grant_table_op.setup_table, EINVAL))
{
    struct gnttab_setup_table st[2] = {{.dom = DOMID_SELF}};

    CHECK_EQ(op(GNTTABOP_setup_table, st, 2), -XEN_EINVAL);
}

TEST(grant_table_op_setup_table_efault,
     COVERS(grant_table_op.setup_table, EFAULT))
{
    struct gnttab_setup_table st = {.dom = DOMID_SELF, .nr_frames = 1};
    long rc;

    CHECK_EQ(op(GNTTABOP_setup_table, BAD_PTR, 1), -XEN_EFAULT);
    set_xen_guest_handle(st.frame_list, BAD_PTR);
    rc = op(GNTTABOP_setup_table, &st, 1);
    CHECK_EQ(rc, -XEN_EFAULT);
}

TEST(grant_table_op_enosys, COVERS(grant_table_op, ENOSYS))
{
    CHECK_EQ(op(13, NULL, 0), -XEN_ENOSYS);
    CHECK_EQ(op(99, NULL, 0), -XEN_ENOSYS);
}

/* ---- mapping one's own frame ---- */

static bool mapping_offered(void)
{
    struct gnttab_map_grant_ref m;

    memset(&m, 0, sizeof(m));
    m.dom = 77;
    return op(GNTTABOP_map_grant_ref, &m, 1) != -XEN_ENOSYS;
}

#define REF 20

TEST(grant_map_unmap_own_ok, COVERS(grant_table_op.map_grant_ref, ok)
                                 COVERS(grant_table_op.unmap_grant_ref, ok))
{
    struct gnttab_map_grant_ref m;
    struct gnttab_unmap_grant_ref u;
    char *p, *w;

    if (!mapping_offered())
        SKIP("not offered");
    if (!table_get())
        return;
    p = page_alloc();
    w = window_alloc();
    table[REF].frame = (uint32_t)mem_mfn(p);
    table[REF].domid = 0;
    table[REF].flags = GTF_permit_access;
    memset(&m, 0, sizeof(m));
    m.host_addr = (ulong_t)w;
    m.flags = GNTMAP_host_map;
    m.ref = REF;
    m.dom = 0;
    CHECK_EQ(op(GNTTABOP_map_grant_ref, &m, 1), 0);
    CHECK_EQ(m.status, GNTST_okay);
    CHECK_EQ(m.dev_bus_addr, mem_maddr(p));
    w[5] = 6;
    CHECK_EQ(p[5], 6);
    CHECK_EQ(table[REF].flags & (GTF_reading | GTF_writing),
             GTF_reading | GTF_writing);
    memset(&u, 0, sizeof(u));
    u.host_addr = (ulong_t)w;
    u.handle = m.handle;
    CHECK_EQ(op(GNTTABOP_unmap_grant_ref, &u, 1), 0);
    CHECK_EQ(u.status, GNTST_okay);
    CHECK_EQ(table[REF].flags & (GTF_reading | GTF_writing), 0);
    CHECK_FAULT(TRAP_PF, (void)*(volatile char *)w);
    table[REF].flags = 0;
    window_free(w);
    page_free(p);
}

TEST(grant_map_statuses, COVERS(grant_table_op.map_grant_ref, ok)
                             COVERS(grant_table_op.unmap_grant_ref, ok))
{
    struct gnttab_map_grant_ref m;
    struct gnttab_unmap_grant_ref u;
    char *w;

    if (!mapping_offered())
        SKIP("not offered");
    if (!table_get())
        return;
    w = window_alloc();
    memset(&m, 0, sizeof(m));
    m.host_addr = (ulong_t)w;
    m.flags = GNTMAP_host_map;
    m.ref = 21; /* grants nothing */
    CHECK_EQ(op(GNTTABOP_map_grant_ref, &m, 1), 0);
    CHECK(m.status < 0);
    m.ref = ~0u;
    CHECK_EQ(op(GNTTABOP_map_grant_ref, &m, 1), 0);
    CHECK_EQ(m.status, GNTST_bad_gntref);
    m.dom = 77;
    CHECK_EQ(op(GNTTABOP_map_grant_ref, &m, 1), 0);
    CHECK_EQ(m.status, GNTST_bad_domain);
    m.dom = 0;
    m.flags = 0;
    CHECK_EQ(op(GNTTABOP_map_grant_ref, &m, 1), 0);
    CHECK(m.status < 0);
    memset(&u, 0, sizeof(u));
    u.handle = ~0u;
    CHECK_EQ(op(GNTTABOP_unmap_grant_ref, &u, 1), 0);
    CHECK_EQ(u.status, GNTST_bad_handle);
    window_free(w);
}

/* A page table through a grant is not writable. */
TEST(grant_map_page_table_refused)
{
    struct gnttab_map_grant_ref m;
    char *w;

    if (!mapping_offered())
        SKIP("not offered");
    if (!table_get())
        return;
    w = window_alloc();
    table[REF].frame = (uint32_t)mem_mfn((void *)mem_start_info->pt_base);
    table[REF].domid = 0;
    table[REF].flags = GTF_permit_access;
    memset(&m, 0, sizeof(m));
    m.host_addr = (ulong_t)w;
    m.flags = GNTMAP_host_map;
    m.ref = REF;
    CHECK_EQ(op(GNTTABOP_map_grant_ref, &m, 1), 0);
    CHECK(m.status < 0);
    CHECK_FAULT(TRAP_PF, *(volatile char *)w = 0);
    table[REF].flags = 0;
    window_free(w);
}

TEST(grant_map_efault, COVERS(grant_table_op.map_grant_ref, EFAULT)
                           COVERS(grant_table_op.unmap_grant_ref, EFAULT)
                               COVERS(grant_table_op.copy, EFAULT))
{
    if (!mapping_offered())
        SKIP("not offered");
    CHECK_EQ(op(GNTTABOP_map_grant_ref, BAD_PTR, 1), -XEN_EFAULT);
    CHECK_EQ(op(GNTTABOP_unmap_grant_ref, BAD_PTR, 1), -XEN_EFAULT);
    CHECK_EQ(op(GNTTABOP_copy, BAD_PTR, 1), -XEN_EFAULT);
}

TEST(grant_copy_own_ok, COVERS(grant_table_op.copy, ok))
{
    struct gnttab_copy c;
    char *p, *q;

    if (!mapping_offered())
        SKIP("not offered");
    if (!table_get())
        return;
    p = page_alloc();
    q = page_alloc();
    memset(p, 0x77, PAGE_SIZE);
    table[REF].frame = (uint32_t)mem_mfn(p);
    table[REF].domid = 0;
    table[REF].flags = GTF_permit_access | GTF_readonly;
    memset(&c, 0, sizeof(c));
    c.source.u.ref = REF;
    c.source.domid = 0;
    c.source.offset = 16;
    c.dest.u.gmfn = mem_mfn(q);
    c.dest.domid = DOMID_SELF;
    c.dest.offset = 32;
    c.len = 100;
    c.flags = GNTCOPY_source_gref;
    CHECK_EQ(op(GNTTABOP_copy, &c, 1), 0);
    CHECK_EQ(c.status, GNTST_okay);
    CHECK_EQ(q[31], 0);
    CHECK_EQ(q[32], 0x77);
    CHECK_EQ(q[131], 0x77);
    CHECK_EQ(q[132], 0);
    /* past the end of the page */
    c.len = 4090;
    CHECK_EQ(op(GNTTABOP_copy, &c, 1), 0);
    CHECK_EQ(c.status, GNTST_bad_copy_arg);
    table[REF].flags = 0;
    page_free(p);
    page_free(q);
}
