/* SPDX-License-Identifier: MIT */
/*
 * xen_version: who we are and what we offer. Every output is a zeroed struct
 * of the ABI's size.
 */
#include "abi/version.h"

#include "domain/domain.h"
#include "hypercall/handlers.h"
#include "lib/boot_info.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "lib/version.h"
#include "mm/guest_access.h"

#define FEATURE(name) (1U << XENFEAT_##name)

static int extraversion(void __guest *arg)
{
    xen_extraversion_t out = XEN_ABI_EXTRAVERSION;

    return guest_write(arg, &out, sizeof(out));
}

static int compile_info(void __guest *arg)
{
    /* The same in every build of one source: no date, nobody's name. */
    struct xen_compile_info out = {
        .compiler = "C",
        .compile_by = "parvis",
        .compile_domain = "localdomain",
        .compile_date = "unknown",
    };

    strlcpy(out.compiler, __VERSION__, sizeof(out.compiler));
    return guest_write(arg, &out, sizeof(out));
}

static int capabilities(void __guest *arg)
{
    xen_capabilities_info_t out = "xen-3.0-x86_64 ";

    return guest_write(arg, &out, sizeof(out));
}

static int changeset(void __guest *arg)
{
    xen_changeset_info_t out = "unavailable";

    return guest_write(arg, &out, sizeof(out));
}

static int platform_parameters(void __guest *arg)
{
    struct xen_platform_parameters out = {
        .virt_start = HYPERVISOR_VIRT_START,
    };

    return guest_write(arg, &out, sizeof(out));
}

/* What a 64-bit PV guest has; it is told of no mode that it is not in. */
static uint32_t features(const struct domain *d)
{
    uint32_t map = FEATURE(mmu_pt_update_preserve_ad) |
                   FEATURE(highmem_assist) | FEATURE(gnttab_map_avail_bits) |
                   FEATURE(memory_op_vnode_supported) | FEATURE(direct_mapped);

    if (d->mm.vm_assist >> VMASST_TYPE_pae_extended_cr3 & 1)
        map |= FEATURE(pae_pgdir_above_4gb);
    if (d->is_privileged)
        map |= FEATURE(dom0);
    return map;
}

static int get_features(const struct vcpu *v, void __guest *arg)
{
    struct xen_feature_info info;
    int err = guest_read(&info, arg, sizeof(info));

    if (err)
        return err;
    if (info.submap_idx >= XENFEAT_NR_SUBMAPS)
        return -EINVAL;
    info.submap = features(v->domain);
    return guest_write(arg, &info, sizeof(info));
}

static int guest_handle(const struct vcpu *v, void __guest *arg)
{
    return guest_write(arg, v->domain->handle, sizeof(v->domain->handle));
}

/* Only dom0's business. */
static int commandline(const struct vcpu *v, void __guest *arg)
{
    xen_commandline_t out;

    memset(out, 0, sizeof(out));
    strlcpy(out, v->domain->is_privileged ? boot_info.cmdline : "<denied>",
            sizeof(out));
    return guest_write(arg, out, sizeof(out));
}

/* args: command, its output. */
int64_t hypercall_xen_version(struct vcpu *v, const uint64_t args[6])
{
    void __guest *arg = (void __guest *)args[1];

    switch ((uint32_t)args[0]) {
    case XENVER_version:
        return XEN_ABI_MAJOR << 16 | XEN_ABI_MINOR;
    case XENVER_extraversion:
        return extraversion(arg);
    case XENVER_compile_info:
        return compile_info(arg);
    case XENVER_capabilities:
        return capabilities(arg);
    case XENVER_changeset:
        return changeset(arg);
    case XENVER_platform_parameters:
        return platform_parameters(arg);
    case XENVER_get_features:
        return get_features(v, arg);
    case XENVER_pagesize:
        return arg ? -EINVAL : (int64_t)PAGE_SIZE;
    case XENVER_guest_handle:
        return guest_handle(v, arg);
    case XENVER_commandline:
        return commandline(v, arg);
    case XENVER_build_id:
        return -ENODATA;
    default:
        return -ENOSYS;
    }
}
