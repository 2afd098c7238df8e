/* SPDX-License-Identifier: MIT */
/*
 * Two vCPUs against the hypervisor: arguments that change as they are read,
 * stale TLB entries on the other CPU, and calls that meet.
 */
#include "guest.h"

static volatile bool stop;
static volatile unsigned rounds;

static bool start(void (*fn)(void *), void *arg)
{
    if (smp_count() < 2) {
        test_skip("one vCPU");
        return false;
    }
    stop = false;
    rounds = 0;
    CHECK_EQ(smp_start(1, fn, arg), 0);
    return !test_failed();
}

static void finish(void)
{
    stop = true;
    CHECK(smp_join(1));
}

/* ---- double fetch ---- */

static struct mmu_update req;
static uint64_t val_good, val_bad;

static void flip_value(void *arg)
{
    volatile uint64_t *v = &req.val;

    (void)arg;
    while (!stop) {
        *v = val_bad;
        *v = val_good;
        rounds++;
    }
}

/* The entry's value goes between read-only and writable of a page table: if
 * it is read twice, a writable one gets through. */
TEST(double_fetch_mmu_update_value)
{
    pte_t *table = page_alloc();
    char *w = window_alloc();
    unsigned refused = 0, taken = 0;

    CHECK_EQ(page_ro(table), 0);
    CHECK_EQ(pt_mmuext(MMUEXT_PIN_L1_TABLE, mem_mfn(table)), 0);
    val_good = mem_maddr(table) | PTE_KERN_RO;
    val_bad = mem_maddr(table) | PTE_KERN;
    req.ptr = pt_entry_maddr(w, 1);
    req.val = val_good;
    if (start(flip_value, NULL)) {
        for (unsigned i = 0; i < 20000; i++) {
            if (hypercall(__HYPERVISOR_mmu_update, &req, 1, NULL, DOMID_SELF))
                refused++;
            else
                taken++;
            if (*pt_entry(NULL, w, 1) & PTE_RW) {
                test_fail(__FILE__, __LINE__, "a table is writable");
                break;
            }
        }
        finish();
        print("INFO %u taken, %u refused, %u flips\n", taken, refused, rounds);
    }
    window_free(w);
    CHECK_EQ(pt_mmuext(MMUEXT_UNPIN_TABLE, mem_mfn(table)), 0);
    page_free(table);
}

static volatile ulong_t *args_word;
static ulong_t args_good, args_bad;

static void flip_word(void *arg)
{
    (void)arg;
    while (!stop) {
        *args_word = args_bad;
        *args_word = args_good;
        rounds++;
    }
}

/* A pin command's frame number between two frames. */
TEST(double_fetch_mmuext_frame)
{
    static struct mmuext_op op;
    pte_t *a = page_alloc();
    char *b = page_alloc();

    CHECK_EQ(page_ro(a), 0);
    memset(&op, 0, sizeof(op));
    op.cmd = MMUEXT_PIN_L1_TABLE;
    args_word = (volatile ulong_t *)&op.arg1.mfn;
    args_good = mem_mfn(a);
    args_bad = mem_mfn(b); /* writable: cannot be pinned */
    op.arg1.mfn = args_good;
    if (start(flip_word, NULL)) {
        for (unsigned i = 0; i < 10000; i++) {
            if (hypercall(__HYPERVISOR_mmuext_op, &op, 1, NULL, DOMID_SELF) ==
                0)
                CHECK_EQ(pt_mmuext(MMUEXT_UNPIN_TABLE, args_good), 0);
        }
        finish();
    }
    *(volatile char *)b = 1;
    CHECK_EQ(page_rw(a), 0);
    page_free(a);
    page_free(b);
}

/* A descriptor in a GDT page cannot change, but the call's source can. */
TEST(double_fetch_multicall)
{
    static struct multicall_entry e[1];

    memset(e, 0, sizeof(e));
    e[0].op = __HYPERVISOR_xen_version;
    args_word = (volatile ulong_t *)&e[0].op;
    args_good = __HYPERVISOR_xen_version;
    args_bad = 1000;
    if (start(flip_word, NULL)) {
        for (unsigned i = 0; i < 20000; i++) {
            CHECK_EQ(hypercall(__HYPERVISOR_multicall, e, 1), 0);
            CHECK(e[0].result == (4 << 16 | 17) ||
                  e[0].result == (ulong_t)-XEN_ENOSYS);
        }
        finish();
    }
}

/* ---- the other CPU's TLB ---- */

static volatile uint64_t *shared_va;
static volatile ulong_t writes, faults;

static void writer(void *arg)
{
    (void)arg;
    while (!stop) {
        struct fault f = TRY(*shared_va = 0x000ff00000000000ul | PTE_KERN);

        if (f.vector == TRAP_NONE)
            writes++;
        else
            faults++;
    }
}

/*
 * vCPU 1 writes through a window as fast as it can; vCPU 0 unmaps it without
 * a flush and makes the frame a page table. Once the pin has returned no
 * write may arrive.
 */
TEST(stale_tlb_on_other_vcpu)
{
    pte_t *p = page_alloc();
    char *w = window_alloc();
    uint64_t entry = pt_entry_maddr(w, 1);

    shared_va = (volatile uint64_t *)w;
    writes = faults = 0;
    CHECK_EQ(page_ro(p), 0);
    if (start(writer, NULL)) {
        for (unsigned i = 0; i < 300 && !test_failed(); i++) {
            ulong_t before = writes;

            CHECK_EQ(pt_mmu_update(entry, mem_maddr(p) | PTE_KERN), 0);
            for (unsigned j = 0; j < 100000 && writes == before; j++)
                __asm__ volatile("pause");
            CHECK_EQ(pt_mmu_update(entry, 0), 0);
            /* The writer may have left a bad entry: then it is refused. */
            long rc = pt_mmuext(MMUEXT_PIN_L1_TABLE, mem_mfn(p));

            if (rc == 0) {
                for (unsigned j = 0; j < 200; j++)
                    if (*(volatile pte_t *)p & PTE_P)
                        test_fail(__FILE__, __LINE__,
                                  "a page table was written");
                CHECK_EQ(pt_mmuext(MMUEXT_UNPIN_TABLE, mem_mfn(p)), 0);
            }
            CHECK_EQ(page_rw(p), 0);
            p[0] = 0;
            CHECK_EQ(page_ro(p), 0);
        }
        finish();
        print("INFO %lu writes, %lu faults\n", writes, faults);
        CHECK(writes > 0);
    }
    window_free(w);
    page_free(p);
}

static void toucher(void *arg)
{
    (void)arg;
    while (!stop) {
        struct fault f = TRY((void)*shared_va);

        if (f.vector == TRAP_NONE)
            writes++;
        else
            faults++;
    }
}

/* UVMF_ALL: after the call no CPU reads the page any more. */
TEST(flush_all_reaches_other_vcpu)
{
    char *p = page_alloc(), *q = page_alloc(), *w = window_alloc();

    shared_va = (volatile uint64_t *)w;
    writes = faults = 0;
    if (start(toucher, NULL)) {
        for (unsigned i = 0; i < 300; i++) {
            CHECK_EQ(window_map(w, mem_mfn(i & 1 ? p : q), PTE_KERN), 0);
            CHECK_EQ(window_unmap(w), 0);
            ulong_t r = writes, f = faults;

            while (faults - f < 2 && faults >= f)
                __asm__ volatile("pause");
            /* One read may have been under way. */
            CHECK_LE(writes - r, 1);
        }
        finish();
    }
    window_free(w);
    page_free(p);
    page_free(q);
}

/* ---- calls that meet ---- */

static pte_t *contested;

static void pinner(void *arg)
{
    (void)arg;
    while (!stop) {
        if (pt_mmuext(MMUEXT_PIN_L1_TABLE, mem_mfn(contested)) == 0)
            pt_mmuext(MMUEXT_UNPIN_TABLE, mem_mfn(contested));
        rounds++;
    }
}

/* Both pin and unpin the same table; and it is mapped writable between. */
TEST(pin_unpin_same_table)
{
    char *page = page_alloc();

    contested = page_alloc();
    for (unsigned i = 0; i < 512; i++)
        contested[i] = mem_maddr(page) | PTE_KERN_RO;
    CHECK_EQ(page_ro(contested), 0);
    if (start(pinner, NULL)) {
        unsigned rw = 0, pins = 0;

        for (unsigned i = 0; i < 500; i++) {
            if (pt_mmuext(MMUEXT_PIN_L1_TABLE, mem_mfn(contested)) == 0) {
                pins++;
                pt_mmuext(MMUEXT_UNPIN_TABLE, mem_mfn(contested));
            }
            if (page_rw(contested) == 0) {
                rw++;
                /* writable: the other one cannot pin it now */
                contested[7] = mem_maddr(page) | PTE_KERN_RO;
                CHECK_EQ(page_ro(contested), 0);
            }
        }
        finish();
        print("INFO %u pins here, %u there, %u times writable\n", pins, rounds,
              rw);
    }
    pt_mmuext(MMUEXT_UNPIN_TABLE, mem_mfn(contested));
    CHECK_EQ(page_rw(contested), 0);
    page_free(contested);
    page_free(page);
}

static uint64_t entry_maddr, entry_a, entry_b;

static void updater(void *arg)
{
    (void)arg;
    while (!stop) {
        pt_mmu_update(entry_maddr, entry_a);
        pt_mmu_update(entry_maddr, entry_b);
        rounds++;
    }
}

/* Both write the same entry: counts are right in the end. */
TEST(update_same_entry)
{
    char *p = page_alloc(), *q = page_alloc(), *w = window_alloc();

    entry_maddr = pt_entry_maddr(w, 1);
    entry_a = mem_maddr(p) | PTE_KERN;
    entry_b = mem_maddr(q) | PTE_KERN;
    if (start(updater, NULL)) {
        for (unsigned i = 0; i < 20000; i++)
            pt_mmu_update(entry_maddr, i & 1 ? 0 : entry_a);
        finish();
    }
    CHECK_EQ(pt_mmu_update(entry_maddr, 0), 0);
    pt_mmuext(MMUEXT_TLB_FLUSH_ALL, 0);
    /* No writable count is left over on either. */
    CHECK_EQ(page_ro(p), 0);
    CHECK_EQ(page_ro(q), 0);
    CHECK_EQ(pt_mmuext(MMUEXT_PIN_L1_TABLE, mem_mfn(p)), 0);
    CHECK_EQ(pt_mmuext(MMUEXT_PIN_L1_TABLE, mem_mfn(q)), 0);
    CHECK_EQ(pt_mmuext(MMUEXT_UNPIN_TABLE, mem_mfn(p)), 0);
    CHECK_EQ(pt_mmuext(MMUEXT_UNPIN_TABLE, mem_mfn(q)), 0);
    window_free(w);
    page_free(p);
    page_free(q);
}

static volatile unsigned stress_port;

static void sender(void *arg)
{
    (void)arg;
    while (!stop) {
        struct evtchn_status st = {.dom = DOMID_SELF, .port = stress_port};

        event_send(stress_port);
        event_op(EVTCHNOP_status, &st);
        rounds++;
    }
}

/* Send and status against close and bind of the same port. */
TEST(event_send_close_bind)
{
    stress_port = 1;
    if (!start(sender, NULL))
        return;
    for (unsigned i = 0; i < 3000; i++) {
        long a = event_alloc_unbound(DOMID_SELF, DOMID_SELF), b;

        REQUIRE(a > 0);
        stress_port = (unsigned)a;
        b = event_bind_interdomain(DOMID_SELF, (unsigned)a);
        REQUIRE(b > 0);
        event_send((unsigned)b);
        CHECK_EQ(event_close((unsigned)a), 0);
        stress_port = (unsigned)b;
        CHECK_EQ(event_close((unsigned)b), 0);
        a = event_bind_ipi(i & 1);
        REQUIRE(a > 0);
        stress_port = (unsigned)a;
        event_send((unsigned)a);
        CHECK_EQ(event_close((unsigned)a), 0);
    }
    finish();
    print("INFO %u sends there\n", rounds);
}

static void caller(void *arg)
{
    (void)arg;
    while (!stop) {
        pt_mmuext(MMUEXT_TLB_FLUSH_ALL, 0);
        hypercall(__HYPERVISOR_xen_version, 0, 0);
        rounds++;
    }
}

/* Down and up from outside while it is in a call. */
TEST(down_up_in_hypercalls)
{
    if (!start(caller, NULL))
        return;
    for (unsigned i = 0; i < 300; i++) {
        unsigned before;

        CHECK_EQ(smp_vcpu_op(VCPUOP_down, 1, NULL), 0);
        smp_relax();
        CHECK_EQ(smp_vcpu_op(VCPUOP_up, 1, NULL), 0);
        before = rounds;
        for (unsigned j = 0; j < 200000 && rounds == before; j++)
            smp_relax();
        REQUIRE(rounds != before);
    }
    finish();
}

/* Both flush everything everywhere: no deadlock. */
TEST(flush_against_flush)
{
    if (!start(caller, NULL))
        return;
    for (unsigned i = 0; i < 300; i++)
        pt_mmuext(MMUEXT_TLB_FLUSH_ALL, 0);
    finish();
    CHECK(rounds > 0);
}

/* A page table is taken down while the other vCPU runs on that root's
 * sibling: roots come and go. */
static void root_user(void *arg)
{
    pte_t *root = arg;
    const pte_t *boot = (const pte_t *)mem_start_info->pt_base;

    while (!stop) {
        pt_mmuext(MMUEXT_NEW_BASEPTR, mem_mfn(root));
        pt_mmuext(MMUEXT_NEW_BASEPTR, mem_mfn(boot));
        rounds++;
    }
    pt_mmuext(MMUEXT_NEW_BASEPTR, mem_mfn(boot));
}

TEST(root_switch_against_pin)
{
    pte_t *root = page_alloc();

    memcpy(root, (const void *)mem_start_info->pt_base, PAGE_SIZE);
    CHECK_EQ(page_ro(root), 0);
    if (start(root_user, root)) {
        for (unsigned i = 0; i < 2000; i++) {
            if (pt_mmuext(MMUEXT_PIN_L4_TABLE, mem_mfn(root)) == 0)
                pt_mmuext(MMUEXT_UNPIN_TABLE, mem_mfn(root));
        }
        finish();
    }
    pt_mmuext(MMUEXT_UNPIN_TABLE, mem_mfn(root));
    CHECK_EQ(page_rw(root), 0);
    page_free(root);
}
