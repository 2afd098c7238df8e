/* SPDX-License-Identifier: MIT */
/* memory_op: memory maps, and where the machine-to-phys table lies. */
#include "abi/e820.h"
#include "abi/memory.h"

#include "domain/domain.h"
#include "hypercall/memory_ops.h"
#include "lib/boot_info.h"
#include "lib/errno.h"
#include "mm/guest_access.h"
#include "mm/heap.h"
#include "mm/m2p.h"
#include "mm/map.h"

/* Entries of a map that tools may set. */
#define MAP_ENTRIES_MAX 128U

_Static_assert((int)MEM_RAM == E820_RAM && (int)MEM_UNUSABLE == E820_UNUSABLE,
               "memory types are the BIOS's");

/*
 * Copy the first entries to the guest and tell how many. The map is copied
 * under the lock first, as guest memory may not be touched then.
 */
static int64_t copy_own_map(struct domain *d, struct xen_memory_map *map,
                            struct e820entry *entries)
{
    unsigned n;

    spin_lock(&d->mm.lock);
    n = MIN(map->nr_entries, d->mm.memory_map_count);
    for (unsigned i = 0; i < n; i++)
        entries[i] = d->mm.memory_map[i];
    spin_unlock(&d->mm.lock);
    map->nr_entries = n;
    return guest_write((memory_arg_t)map->buffer, entries,
                       n * sizeof(*entries));
}

/* -ENOSYS: none was set. -ENOMEM. */
int64_t memory_get_map(struct vcpu *v, memory_arg_t arg)
{
    struct e820entry *entries;
    struct xen_memory_map map;
    int64_t err = guest_read(&map, arg, sizeof(map));

    if (err)
        return err;
    if (!READ_ONCE(v->domain->mm.memory_map))
        return -ENOSYS;
    entries = heap_alloc(MAP_ENTRIES_MAX * sizeof(*entries));
    if (!entries)
        return -ENOMEM;
    err = copy_own_map(v->domain, &map, entries);
    heap_free(entries);
    return err ? err : guest_write(arg, &map, sizeof(map));
}

/* -EPERM; -EINVAL: there is not room for all. */
int64_t memory_get_machine_map(struct vcpu *v, memory_arg_t arg)
{
    struct xen_memory_map map;
    int err =
        v->domain->is_privileged ? guest_read(&map, arg, sizeof(map)) : -EPERM;

    if (err)
        return err;
    if (map.nr_entries < boot_info.map_count)
        return -EINVAL;
    for (unsigned i = 0; i < boot_info.map_count && !err; i++) {
        const struct mem_region *m = &boot_info.map[i];
        struct e820entry e = {m->base, m->size, m->type};

        err = guest_write((memory_arg_t)(map.buffer + i * sizeof(e)), &e,
                          sizeof(e));
    }
    map.nr_entries = boot_info.map_count;
    return err ? err : guest_write(arg, &map, sizeof(map));
}

static int set_map(struct domain *d, const struct xen_memory_map *map)
{
    struct e820entry *entries = heap_alloc(MAP_ENTRIES_MAX * sizeof(*entries));
    struct e820entry *old;

    if (!entries)
        return -ENOMEM;
    if (guest_read(entries, (memory_arg_t)map->buffer,
                   map->nr_entries * sizeof(*entries))) {
        heap_free(entries);
        return -EFAULT;
    }
    spin_lock(&d->mm.lock);
    old = d->mm.memory_map;
    d->mm.memory_map = entries;
    d->mm.memory_map_count = map->nr_entries;
    spin_unlock(&d->mm.lock);
    heap_free(old);
    return 0;
}

/* -EINVAL: too many entries; -ENOMEM. */
int64_t memory_set_map(struct vcpu *v, memory_arg_t arg)
{
    struct xen_foreign_memory_map m;
    struct domain *d;
    int err = guest_read(&m, arg, sizeof(m));

    if (err)
        return err;
    if (m.map.nr_entries > MAP_ENTRIES_MAX)
        return -EINVAL;
    err = memory_domain_get(v, m.domid, &d);
    if (err)
        return err;
    err = set_map(d, &m.map);
    domain_put(d);
    return err;
}

int64_t memory_m2p_mapping(memory_arg_t arg)
{
    struct xen_machphys_mapping m = {
        .v_start = M2P_RO_BASE,
        .v_end = M2P_RO_BASE + ROUND_UP(m2p_frames * 8, M2P_CHUNK_BYTES),
        .max_mfn = m2p_frames - 1,
    };

    return guest_write(arg, &m, sizeof(m));
}

/* One frame number for each 2 MiB; a hole has its predecessor's. -EPERM. */
int64_t memory_m2p_frames(struct vcpu *v, memory_arg_t arg)
{
    struct xen_machphys_mfn_list list;
    uint64_t chunks = ROUND_UP(m2p_frames * 8, M2P_CHUNK_BYTES);
    uint64_t pa = 0;
    unsigned n;
    int err = v->domain->is_privileged ? guest_read(&list, arg, sizeof(list))
                                       : -EPERM;

    if (err)
        return err;
    n = (unsigned)MIN(list.max_extents, chunks / M2P_CHUNK_BYTES);
    for (unsigned i = 0; i < n && !err; i++) {
        xen_pfn_t mfn;

        /* A hole leaves `pa` as it is. */
        if (!map_lookup(M2P_RW_BASE + i * M2P_CHUNK_BYTES, &pa) && !pa)
            continue;
        mfn = pa >> PAGE_SHIFT;
        err = guest_write((memory_arg_t)(list.extent_start + i * sizeof(mfn)),
                          &mfn, sizeof(mfn));
    }
    list.nr_extents = n;
    return err ? err : guest_write(arg, &list, sizeof(list));
}
