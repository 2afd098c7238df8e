/* SPDX-License-Identifier: MIT */
/*
 * Guests' page tables as hypercalls see them: by machine address, by virtual
 * address, as pins and roots.
 *
 * Invariant: an entry is changed only while its table's type reference is
 * held, so the table cannot stop being one meanwhile. A walk by virtual
 * address holds nothing: it reads only from frames that are tables at that
 * moment, and what it finds is checked again when the reference is taken.
 * Locking: none; see frame.c.
 */
#include "mm/guest_pt.h"

#include "cpu/insn.h"
#include "cpu/msr.h"
#include "lib/errno.h"
#include "lib/upcall.h"
#include "mm/memory_map.h"
#include "mm/pt_update.h"

/* ---- Pins ---- */

/* Drop the pin if it is there; the caller has a reference on the frame. */
static bool unpin(struct vcpu_mm *who, mfn_t mfn)
{
    enum frame_type type;

    if (!frame_unpin(mfn, &type))
        return false;
    frame_put_type(who, mfn, type);
    return true;
}

int guest_pt_pin(struct vcpu_mm *who, struct domain_mm *dm, mfn_t mfn,
                 unsigned level)
{
    enum frame_type type = frame_type_of_level(level);
    int err = frame_get_type(who, mfn, dm->domid, type);

    if (err)
        return err;
    err = frame_pin(mfn);
    if (err) {
        frame_put_type(who, mfn, type);
        return err;
    }
    /*
     * domain_memory_relinquish() says that the domain is dying, then drops
     * pins: either it sees ours, or we see that it is dying.
     */
    if (unlikely(atomic_load(&dm->is_dying)) && !frame_get_any(mfn)) {
        unpin(who, mfn);
        frame_put(mfn);
        return -ESRCH;
    }
    return 0;
}

int guest_pt_unpin(struct vcpu_mm *who, struct domain_mm *dm, mfn_t mfn)
{
    int err = frame_get(mfn, dm->domid);

    if (err)
        return err;
    frame_hold(who, mfn, MM_HOLD_REF);
    if (!unpin(who, mfn))
        err = -EINVAL;
    frame_hold_end(who, mfn);
    frame_put(mfn);
    return err;
}

/* ---- Roots ---- */

int vcpu_mm_set_kernel_root(struct vcpu_mm *who, struct vcpu_mm *vm, mfn_t mfn,
                            bool load)
{
    mfn_t old = vm->kernel_root;
    int err = frame_get_type(who, mfn, vm->dm->domid, FRAME_L4);

    if (err)
        return err;
    vm->kernel_root = mfn;
    if (load)
        tlb_load_root(PADDR(mm_root_cr3(mfn)));
    if (!mfn_eq(old, INVALID_MFN))
        frame_put_type(who, old, FRAME_L4);
    return 0;
}

int vcpu_mm_set_user_root(struct vcpu_mm *who, struct vcpu_mm *vm, mfn_t mfn)
{
    mfn_t old = vm->user_root;

    if (!mfn_eq(mfn, INVALID_MFN)) {
        int err = frame_get_type(who, mfn, vm->dm->domid, FRAME_L4);

        if (err)
            return err;
    }
    vm->user_root = mfn;
    if (!mfn_eq(old, INVALID_MFN))
        frame_put_type(who, old, FRAME_L4);
    return 0;
}

void vcpu_mm_drop_roots(struct vcpu_mm *who, struct vcpu_mm *vm)
{
    mfn_t kernel = vm->kernel_root, user = vm->user_root;

    vm->kernel_root = INVALID_MFN;
    if (!mfn_eq(kernel, INVALID_MFN))
        frame_put_type(who, kernel, FRAME_L4);
    vm->user_root = INVALID_MFN;
    if (!mfn_eq(user, INVALID_MFN))
        frame_put_type(who, user, FRAME_L4);
}

/* ---- Entries by machine address ---- */

/* A type reference of whatever type the frame has, or WRITABLE if of none. */
static int table_get(struct vcpu_mm *who, struct domain_mm *dm, mfn_t table,
                     enum frame_type *type)
{
    int err = frame_exists(table) ? 0 : -EINVAL;

    if (err)
        return err;
    *type = frame_type(table);
    if (frame_type_is_table(*type)) {
        err = frame_get_type_now(who, table, dm->domid, *type);
        /* Not in force (any more): it may become writable. */
        if (err != -EBUSY)
            return err;
    }
    *type = FRAME_WRITABLE;
    return frame_get_writable(table, dm->domid);
}

int guest_pt_begin(struct vcpu_mm *who, struct guest_pt_cursor *c,
                   struct domain_mm *dm, mfn_t table)
{
    enum frame_type type;
    int err;

    if (likely(c->type != FRAME_NONE && mfn_eq(c->table, table)))
        return 0;
    guest_pt_end(who, c);
    for (;;) {
        err = table_get(who, dm, table, &type);
        if (likely(err != -EAGAIN) || who->dm != dm)
            break;
        err = yield_point();
        if (err)
            break;
    }
    if (unlikely(err))
        return err;
    *c = (struct guest_pt_cursor){table, type};
    frame_hold(who, table, MM_HOLD_TYPE);
    return 0;
}

void guest_pt_end(struct vcpu_mm *who, struct guest_pt_cursor *c)
{
    enum frame_type type = c->type;

    if (type == FRAME_NONE)
        return;
    frame_hold_end(who, c->table);
    c->type = FRAME_NONE;
    frame_put_type(who, c->table, type);
}

int guest_pt_set(struct vcpu_mm *who, struct guest_pt_cursor *c,
                 struct domain_mm *dm, unsigned idx, uint16_t frame_owner,
                 uint64_t entry, unsigned flags)
{
    struct pt_place place;

    idx &= 511;
    if (c->type == FRAME_WRITABLE) {
        WRITE_ONCE(((uint64_t *)mfn_to_virt(c->table))[idx], entry);
        return 0;
    }
    place = (struct pt_place){c->table, dm->domid,
                              (uint8_t)(c->type - FRAME_L1 + 1), (uint16_t)idx};
    return pt_update(who, &place, dm->has_iomem, frame_owner, entry, NULL,
                     flags & GUEST_PT_KEEP_AD);
}

int guest_pt_update(struct vcpu_mm *who, struct domain_mm *dm, paddr_t ptr,
                    uint16_t frame_owner, uint64_t entry, unsigned flags)
{
    struct guest_pt_cursor c = {.type = FRAME_NONE};
    int err;

    if (ptr.v % sizeof(uint64_t))
        return -EINVAL;
    err = guest_pt_begin(who, &c, dm, paddr_to_mfn(ptr));
    if (err)
        return err;
    err = guest_pt_set(who, &c, dm, ptr.v % PAGE_SIZE / 8, frame_owner, entry,
                       flags);
    guest_pt_end(who, &c);
    return err;
}

/*
 * Replace the level-1 entry at `ptr` if its table is one. -EAGAIN also when
 * what it is to map is busy.
 */
static int l1_replace(struct vcpu_mm *who, paddr_t ptr, uint16_t frame_owner,
                      uint64_t entry, const uint64_t *expected)
{
    mfn_t table = paddr_to_mfn(ptr);
    uint16_t owner = who->dm->domid;
    struct pt_place place = {table, owner, 1,
                             (uint16_t)(ptr.v % PAGE_SIZE / 8)};
    int err = frame_get_type_now(who, table, owner, FRAME_L1);

    if (unlikely(err))
        return err;
    /* Without waiting, so that the table need not be noted as held. */
    err = pt_update(NULL, &place, who->dm->has_iomem, frame_owner, entry,
                    expected, false);
    frame_put_type(who, table, FRAME_L1);
    return err;
}

int guest_pt_unmap(struct vcpu_mm *who, struct domain_mm *dm, paddr_t ptr,
                   mfn_t mfn)
{
    struct guest_pt_cursor c = {.type = FRAME_NONE};
    struct pt_place place = {paddr_to_mfn(ptr), dm->domid, 1,
                             (uint16_t)(ptr.v % PAGE_SIZE / 8)};
    int err = ptr.v % 8 ? -EINVAL : guest_pt_begin(who, &c, dm, place.table);

    if (err)
        return err;
    if (c.type != FRAME_L1)
        err = -ENOENT;
    while (!err) {
        uint64_t *slot = (uint64_t *)mfn_to_virt(place.table) + place.idx;
        uint64_t old = READ_ONCE(*slot);

        if (!(old & PTE_PRESENT) || !mfn_eq(pt_entry_mfn(old), mfn))
            err = -ENOENT;
        else
            err = pt_update(who, &place, dm->has_iomem, dm->domid, 0, &old,
                            false);
        if (err != -EAGAIN)
            break;
        err = 0;
    }
    guest_pt_end(who, &c);
    return err;
}

/* ---- By virtual address ---- */

static bool is_guest_address(uint64_t va)
{
    return va < 1UL << 47 || va >= HV_VIRT_END;
}

/* Machine address of the level-1 entry for `va` below `table`, an L4. */
static bool walk(mfn_t table, uint64_t va, paddr_t *ptr)
{
    uint16_t owner;

    if (!is_guest_address(va) || mfn_eq(table, INVALID_MFN))
        return false;
    owner = frame_owner(table);
    for (unsigned level = 4; level > 1; level--) {
        unsigned idx = va >> (PAGE_SHIFT + 9 * (level - 1)) & 511;
        uint64_t e = READ_ONCE(((uint64_t *)mfn_to_virt(table))[idx]);

        table = pt_entry_mfn(e);
        if (!(e & PTE_PRESENT) || !frame_is_table(table, owner, level - 1))
            return false;
    }
    *ptr = PADDR((table.v << PAGE_SHIFT) + (va >> PAGE_SHIFT & 511) * 8);
    return true;
}

static uint64_t entry_at(paddr_t ptr)
{
    return READ_ONCE(*(uint64_t *)paddr_to_virt(ptr));
}

int guest_pt_find(const struct vcpu_mm *vm, uint64_t va, paddr_t *ptr)
{
    return walk(vm->kernel_root, va, ptr) ? 0 : -EINVAL;
}

bool guest_pt_lookup(mfn_t root, uint64_t va, uint64_t *entry)
{
    paddr_t ptr;

    if (!walk(root, va, &ptr))
        return false;
    *entry = entry_at(ptr);
    return true;
}

/*
 * The table that the kernel root's walk for `va` ends in, from memory of the
 * latest walk if nothing that it went through has changed since. As any walk,
 * it is a look: the table is one when its type reference is taken.
 */
static bool walk_cached(struct vcpu_mm *vm, uint64_t va, paddr_t *ptr)
{
    uint32_t generation = atomic_load(&vm->dm->tables_generation);

    if (likely(vm->walk.va_2m == (va >> 21) + 1 &&
               vm->walk.generation == generation &&
               mfn_eq(vm->walk.root, vm->kernel_root))) {
        *ptr = PADDR((vm->walk.table.v << PAGE_SHIFT) +
                     (va >> PAGE_SHIFT & 511) * 8);
        return true;
    }
    if (!walk(vm->kernel_root, va, ptr))
        return false;
    vm->walk.va_2m = (va >> 21) + 1;
    vm->walk.generation = generation;
    vm->walk.root = vm->kernel_root;
    vm->walk.table = paddr_to_mfn(*ptr);
    return true;
}

int guest_pt_update_va(struct vcpu_mm *who, uint64_t va, uint16_t frame_owner,
                       uint64_t entry)
{
    paddr_t ptr;
    int err;

    for (;;) {
        if (unlikely(!walk_cached(who, va, &ptr)))
            return -EINVAL;
        err = l1_replace(who, ptr, frame_owner, entry, NULL);
        if (likely(err != -EAGAIN) || frame_owner != who->dm->domid)
            return err;
        err = yield_point();
        if (err)
            return err;
    }
}

int guest_pt_unmap_va(struct vcpu_mm *who, uint64_t va, mfn_t mfn)
{
    paddr_t ptr;
    int err = guest_pt_find(who, va, &ptr);

    return err ? -ENOENT : guest_pt_unmap(who, who->dm, ptr, mfn);
}

/* The entry of a level-1 table that `va` is mapped to. */
static bool find_target(const struct vcpu_mm *vm, uint64_t va, paddr_t *ptr)
{
    paddr_t at;
    uint64_t e;

    if (va % 8 || !walk(vm->kernel_root, va, &at))
        return false;
    e = entry_at(at);
    if (!(e & PTE_PRESENT) ||
        !frame_is_table(pt_entry_mfn(e), vm->dm->domid, 1))
        return false;
    *ptr = PADDR((e & PTE_ADDR) + va % PAGE_SIZE);
    return true;
}

bool guest_pt_read_entry(const struct vcpu_mm *vm, uint64_t va, uint64_t *entry)
{
    paddr_t ptr;

    if (!find_target(vm, va, &ptr))
        return false;
    *entry = entry_at(ptr);
    return true;
}

int guest_pt_write_entry(struct vcpu_mm *vm, uint64_t va, uint64_t old,
                         uint64_t new)
{
    paddr_t ptr;
    int err;

    if (!find_target(vm, va, &ptr))
        return -EPERM;
    err = l1_replace(vm, ptr, vm->dm->domid, new, &old);
    /* A sibling has just changed what the page is. */
    return err == -EBUSY ? -EPERM : err;
}

bool guest_pt_is_spurious(uint64_t va, uint32_t error_code)
{
    mfn_t table = paddr_to_mfn(PADDR(read_cr3() & PTE_ADDR));

    if (error_code & PFEC_RESERVED)
        return false;
    for (unsigned level = 4; level >= 1; level--) {
        unsigned idx = va >> (PAGE_SHIFT + 9 * (level - 1)) & 511;
        uint64_t e;

        if (!mfn_eq(table, virt_to_mfn(map_root)) && !memory_map_is_ram(table))
            return false;
        e = READ_ONCE(((uint64_t *)mfn_to_virt(table))[idx]);
        if (!(e & PTE_PRESENT) ||
            ((error_code & PFEC_WRITE) && !(e & PTE_WRITE)) ||
            ((error_code & PFEC_FETCH) && (e & PTE_NX)) ||
            ((error_code & PFEC_USER) && !(e & PTE_USER)))
            return false;
        if (level > 1 && (e & PTE_PSE))
            return true;
        table = pt_entry_mfn(e);
    }
    return true;
}
