/* SPDX-License-Identifier: MIT */
/*
 * xen_version and vm_assist: what the hypervisor says it is.
 */
#include "guest.h"

#define HC(cmd, arg) hypercall(__HYPERVISOR_xen_version, cmd, arg)
/* In the hypervisor's own space: writing there must be -EFAULT. */
#define BAD_PTR       ((void *)0xffff820000000000ul)
#define NON_CANONICAL ((void *)0x8000000000000000ul)

TEST(xen_version_version_ok, COVERS(xen_version, ok))
{
    CHECK_EQ(HC(XENVER_version, 0), 4 << 16 | 17);
}

TEST(xen_version_extraversion_ok, COVERS(xen_version, ok))
{
    char extra[XEN_EXTRAVERSION_LEN];

    memset(extra, 0x5a, sizeof(extra));
    CHECK_EQ(HC(XENVER_extraversion, extra), 0);
    CHECK(strlen(extra) < sizeof(extra));
    if (!test_on_xen())
        CHECK(strncmp(extra, "-parvis-", 8) == 0);
    /* Nothing of the hypervisor's stack behind the text. */
    for (size_t i = strlen(extra); i < sizeof(extra); i++)
        CHECK(extra[i] == 0);
}

TEST(xen_version_extraversion_efault, COVERS(xen_version, EFAULT))
{
    CHECK_EQ(HC(XENVER_extraversion, BAD_PTR), -XEN_EFAULT);
    CHECK_EQ(HC(XENVER_extraversion, NON_CANONICAL), -XEN_EFAULT);
    CHECK_EQ(HC(XENVER_extraversion, (void *)0x1000), -XEN_EFAULT);
}

TEST(xen_version_compile_info_ok, COVERS(xen_version, ok))
{
    struct xen_compile_info ci;

    memset(&ci, 0x5a, sizeof(ci));
    CHECK_EQ(HC(XENVER_compile_info, &ci), 0);
    CHECK(strlen(ci.compiler) < sizeof(ci.compiler));
    CHECK(strlen(ci.compile_by) < sizeof(ci.compile_by));
    CHECK(strlen(ci.compile_domain) < sizeof(ci.compile_domain));
    CHECK(strlen(ci.compile_date) < sizeof(ci.compile_date));
}

TEST(xen_version_compile_info_efault, COVERS(xen_version, EFAULT))
{
    CHECK_EQ(HC(XENVER_compile_info, BAD_PTR), -XEN_EFAULT);
}

TEST(xen_version_capabilities_ok, COVERS(xen_version, ok))
{
    xen_capabilities_info_t caps;

    memset(caps, 0x5a, sizeof(caps));
    CHECK_EQ(HC(XENVER_capabilities, caps), 0);
    REQUIRE(strlen(caps) < sizeof(caps));
    CHECK(strstr(caps, "xen-3.0-x86_64") != NULL);
    print("INFO capabilities: %s\n", caps);
}

TEST(xen_version_capabilities_efault, COVERS(xen_version, EFAULT))
{
    CHECK_EQ(HC(XENVER_capabilities, BAD_PTR), -XEN_EFAULT);
}

TEST(xen_version_changeset_ok, COVERS(xen_version, ok))
{
    xen_changeset_info_t cs;

    memset(cs, 0x5a, sizeof(cs));
    CHECK_EQ(HC(XENVER_changeset, cs), 0);
    CHECK(strlen(cs) < sizeof(cs));
}

TEST(xen_version_changeset_efault, COVERS(xen_version, EFAULT))
{
    CHECK_EQ(HC(XENVER_changeset, BAD_PTR), -XEN_EFAULT);
}

TEST(xen_version_platform_parameters_ok, COVERS(xen_version, ok))
{
    struct xen_platform_parameters pp;

    memset(&pp, 0x5a, sizeof(pp));
    CHECK_EQ(HC(XENVER_platform_parameters, &pp), 0);
    CHECK_EQ(pp.virt_start, HYPERVISOR_VIRT_START);
}

TEST(xen_version_platform_parameters_efault, COVERS(xen_version, EFAULT))
{
    CHECK_EQ(HC(XENVER_platform_parameters, BAD_PTR), -XEN_EFAULT);
}

TEST(xen_version_get_features_ok, COVERS(xen_version, ok))
{
    struct xen_feature_info fi = {.submap_idx = 0, .submap = 0x5a5a5a5a};

    CHECK_EQ(HC(XENVER_get_features, &fi), 0);
    CHECK(fi.submap & BIT(XENFEAT_mmu_pt_update_preserve_ad));
    CHECK(fi.submap & BIT(XENFEAT_gnttab_map_avail_bits));
    CHECK(fi.submap & BIT(XENFEAT_highmem_assist));
    CHECK(fi.submap & BIT(XENFEAT_memory_op_vnode_supported));
    CHECK(fi.submap & BIT(XENFEAT_direct_mapped));
    CHECK(fi.submap & BIT(XENFEAT_dom0));
    CHECK(!(fi.submap & BIT(XENFEAT_writable_page_tables)));
    CHECK(!(fi.submap & BIT(XENFEAT_auto_translated_physmap)));
    CHECK(!(fi.submap & BIT(XENFEAT_supervisor_mode_kernel)));
    CHECK(!(fi.submap & BIT(XENFEAT_hvm_callback_vector)));
}

TEST(xen_version_get_features_pae_above_4gb, COVERS(xen_version, ok))
{
    struct xen_feature_info fi = {.submap_idx = 0};
    unsigned type = VMASST_TYPE_pae_extended_cr3;

    /* Whether it is set at boot is the domain builder's business. */
    CHECK_EQ(hypercall(__HYPERVISOR_vm_assist, VMASST_CMD_disable, type), 0);
    CHECK_EQ(HC(XENVER_get_features, &fi), 0);
    CHECK(!(fi.submap & BIT(XENFEAT_pae_pgdir_above_4gb)));
    CHECK_EQ(hypercall(__HYPERVISOR_vm_assist, VMASST_CMD_enable, type), 0);
    CHECK_EQ(HC(XENVER_get_features, &fi), 0);
    CHECK(fi.submap & BIT(XENFEAT_pae_pgdir_above_4gb));
}

TEST(xen_version_get_features_einval_submap, COVERS(xen_version, EINVAL))
{
    struct xen_feature_info fi = {.submap_idx = XENFEAT_NR_SUBMAPS};

    CHECK_EQ(HC(XENVER_get_features, &fi), -XEN_EINVAL);
    fi.submap_idx = ~0u;
    CHECK_EQ(HC(XENVER_get_features, &fi), -XEN_EINVAL);
}

TEST(xen_version_get_features_efault, COVERS(xen_version, EFAULT))
{
    CHECK_EQ(HC(XENVER_get_features, BAD_PTR), -XEN_EFAULT);
}

TEST(xen_version_pagesize_ok, COVERS(xen_version, ok))
{
    CHECK_EQ(HC(XENVER_pagesize, 0), 4096);
}

TEST(xen_version_pagesize_einval_arg, COVERS(xen_version, EINVAL))
{
    int x;

    CHECK_EQ(HC(XENVER_pagesize, &x), -XEN_EINVAL);
}

TEST(xen_version_guest_handle_ok, COVERS(xen_version, ok))
{
    xen_domain_handle_t h;

    memset(h, 0x5a, sizeof(h));
    CHECK_EQ(HC(XENVER_guest_handle, h), 0);
    /* dom0's is all zeroes, until somebody sets it */
    for (unsigned i = 0; i < sizeof(h); i++)
        CHECK_EQ(h[i], 0);
}

TEST(xen_version_guest_handle_efault, COVERS(xen_version, EFAULT))
{
    CHECK_EQ(HC(XENVER_guest_handle, BAD_PTR), -XEN_EFAULT);
}

TEST(xen_version_commandline_ok, COVERS(xen_version, ok))
{
    xen_commandline_t cl;

    memset(cl, 0x5a, sizeof(cl));
    CHECK_EQ(HC(XENVER_commandline, cl), 0);
    CHECK(strlen(cl) < sizeof(cl));
    CHECK(strstr(cl, "console=com1") != NULL);
}

TEST(xen_version_commandline_efault, COVERS(xen_version, EFAULT))
{
    CHECK_EQ(HC(XENVER_commandline, BAD_PTR), -XEN_EFAULT);
}

TEST(xen_version_build_id_ok, COVERS(xen_version, ok))
{
    static char buf[sizeof(struct xen_build_id) + 64];
    struct xen_build_id *id = (struct xen_build_id *)buf;
    long rc = HC(XENVER_build_id, 0);

    /* -ENODATA: a hypervisor without a build id, as a reproducible one is */
    if (rc == -XEN_ENODATA)
        return;
    CHECK(rc > 0 && rc <= 64);
    id->len = 64;
    CHECK_EQ(HC(XENVER_build_id, id), rc);
}

TEST(xen_version_build_id_einval_len, COVERS(xen_version, EINVAL))
{
    struct xen_build_id id = {.len = 0};
    long rc = HC(XENVER_build_id, 0);

    if (rc == -XEN_ENODATA)
        SKIP("no build id");
    CHECK_EQ(HC(XENVER_build_id, &id), -XEN_EINVAL);
}

TEST(xen_version_enosys, COVERS(xen_version, ENOSYS))
{
    CHECK_EQ(HC(11, 0), -XEN_ENOSYS);
    CHECK_EQ(HC(99, 0), -XEN_ENOSYS);
    CHECK_EQ(HC(0x7fffffff, 0), -XEN_ENOSYS);
}

TEST(vm_assist_enable_disable_ok, COVERS(vm_assist, ok))
{
    static const unsigned types[] = {
        VMASST_TYPE_4gb_segments,
        VMASST_TYPE_writable_pagetables,
        VMASST_TYPE_pae_extended_cr3,
        VMASST_TYPE_runstate_update_flag,
    };

    for (unsigned i = 0; i < ARRAY_LEN(types); i++) {
        CHECK_EQ(hypercall(__HYPERVISOR_vm_assist, VMASST_CMD_enable, types[i]),
                 0);
        CHECK_EQ(hypercall(__HYPERVISOR_vm_assist, VMASST_CMD_enable, types[i]),
                 0);
        CHECK_EQ(
            hypercall(__HYPERVISOR_vm_assist, VMASST_CMD_disable, types[i]), 0);
    }
}

TEST(vm_assist_einval_type, COVERS(vm_assist, EINVAL))
{
    static const unsigned types[] = {6, 31, 33, 63, 64, ~0u};

    for (unsigned i = 0; i < ARRAY_LEN(types); i++) {
        CHECK_EQ(hypercall(__HYPERVISOR_vm_assist, VMASST_CMD_enable, types[i]),
                 -XEN_EINVAL);
        CHECK_EQ(
            hypercall(__HYPERVISOR_vm_assist, VMASST_CMD_disable, types[i]),
            -XEN_EINVAL);
    }
}

TEST(vm_assist_enosys_cmd, COVERS(vm_assist, ENOSYS))
{
    CHECK_EQ(
        hypercall(__HYPERVISOR_vm_assist, 2, VMASST_TYPE_writable_pagetables),
        -XEN_ENOSYS);
    CHECK_EQ(hypercall(__HYPERVISOR_vm_assist, ~0u, 0), -XEN_ENOSYS);
}
