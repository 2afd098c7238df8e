/* SPDX-License-Identifier: MIT */
/*
 * What the basic operations cost, in ticks of the TSC; where QEMU counts
 * instructions a tick is one. Prints "BENCH name ticks" for each, or "BENCH
 * name -" for one that the hypervisor does not offer; tests/bench/run reads it.
 *
 * Each figure is the median of ROUNDS rounds of `repeat` operations, with the
 * empty loop subtracted; so neither a first touch nor an interrupt shows.
 */
#include "guest.h"

#define ROUNDS 41
#define USER_REPEAT 16 /* as in the pieces of user code below */
#define BATCH 33

extern char bench_syscall_entry[], bench_int3_entry[];
extern char bench_page_fault_entry[], bench_event_entry[];
struct shared_info *bench_shared;
ulong_t bench_upcalls;

static uint32_t samples[ROUNDS];

static uint64_t ticks(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

static uint32_t median(void)
{
    for (unsigned i = 1; i < ROUNDS; i++) {
        uint32_t s = samples[i];
        unsigned j = i;

        for (; j && samples[j - 1] > s; j--)
            samples[j] = samples[j - 1];
        samples[j] = s;
    }
    return samples[ROUNDS / 2];
}

/* Ticks of one of `repeat` executions of the statement, unrolled by nothing. */
#define LOOP(repeat, ...)                                     \
    ({                                                        \
        for (unsigned round = 0; round < ROUNDS; round++) {   \
            uint64_t start = ticks();                         \
                                                              \
            for (unsigned left = (repeat); left; left--) {    \
                __asm__ volatile("" : "+r"(left) : : "memory"); \
                __VA_ARGS__;                                  \
            }                                                 \
            samples[round] = (uint32_t)(ticks() - start);     \
        }                                                     \
        median();                                             \
    })

#define MEASURE(repeat, ...) \
    ((LOOP(repeat, __VA_ARGS__) - LOOP(repeat, )) / (repeat))

static void show(const char *name, uint64_t cost)
{
    print("BENCH %s %lu\n", name, cost);
}

static void show_none(const char *name)
{
    print("BENCH %s -\n", name);
}

/* ---- Hypercalls ---- */

TEST(hypercalls)
{
    static struct multicall_entry calls[BATCH];
    uint64_t one;

    show("hypercall", MEASURE(16, hypercall(__HYPERVISOR_xen_version, 0, 0)));
    for (unsigned i = 0; i < BATCH; i++)
        calls[i].op = __HYPERVISOR_xen_version;
    one = MEASURE(16, hypercall(__HYPERVISOR_multicall, calls, 1));
    show("multicall", one);
    show("multicall-entry",
         (MEASURE(4, hypercall(__HYPERVISOR_multicall, calls, BATCH)) - one) /
             (BATCH - 1));
    show("yield",
         MEASURE(16, hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, 0)));
}

/* ---- Traps ---- */

/* Ends by ud2, with the ticks of USER_REPEAT turns in eax. */
#define USER_LOOP(name, what)                              \
    USER_CODE(name, "rdtsc\n\t"                            \
                    "mov %eax, %r12d\n\t"                  \
                    "mov $16, %r13d\n"                     \
                    "1:\n\t" what "\n\t"                   \
                    "dec %r13d\n\t"                        \
                    "jnz 1b\n\t"                           \
                    "rdtsc\n\t"                            \
                    "sub %r12d, %eax\n\t"                  \
                    "ud2")

USER_LOOP(user_nothing, "");
USER_LOOP(user_syscalls, "syscall");
/* rbx is 0, and nothing is mapped there. */
USER_LOOP(user_page_faults, "testb %al, (%rbx)");

static uint32_t user_loop(const void *code)
{
    for (unsigned i = 0; i < ROUNDS; i++)
        samples[i] = (uint32_t)user_try(code).regs.rax;
    return median();
}

static uint64_t user_measure(const void *code)
{
    return (user_loop(code) - user_loop(user_nothing)) / USER_REPEAT;
}

static long callback(uint16_t type, char *entry)
{
    struct callback_register c = {.type = type, .address = (ulong_t)entry};

    return hypercall(__HYPERVISOR_callback_op, CALLBACKOP_register, &c);
}

static void int3(void)
{
    __asm__ volatile("int3" : : : "memory");
}

TEST(traps)
{
    REQUIRE_EQ(callback(CALLBACKTYPE_syscall, bench_syscall_entry), 0);
    show("syscall", user_measure(user_syscalls));
    REQUIRE_EQ(trap_set_one(TRAP_PF, 0, FLAT_KERNEL_CS,
                            (ulong_t)bench_page_fault_entry),
               0);
    show("user-page-fault", user_measure(user_page_faults));
    REQUIRE_EQ(trap_set_one(TRAP_BP, 3, FLAT_KERNEL_CS,
                            (ulong_t)bench_int3_entry),
               0);
    show("int3", MEASURE(16, int3()));
    trap_restore();
}

/* ---- Events ---- */

static void quiet(unsigned port)
{
    volatile xen_ulong_t *pending = bench_shared->evtchn_pending;
    volatile struct vcpu_info *v = &bench_shared->vcpu_info[0];

    pending[port / 64] = 0;
    v->evtchn_pending_sel = 0;
    v->evtchn_upcall_pending = 0;
}

TEST(events)
{
    struct evtchn_send op;
    long port = event_bind_ipi(0);
    uint64_t clean;

    bench_shared = mem_shared_info();
    REQUIRE(port > 0 && port < 64 && bench_shared);
    op.port = (uint32_t)port;
    event_port_unmask(op.port);
    /* Every send makes a port pending, and its vCPU's upcall. */
    clean = MEASURE(16, quiet(op.port));
    show("send", MEASURE(16, quiet(op.port);
                         event_op(EVTCHNOP_send, &op)) - clean);
    show("send-again", MEASURE(16, event_op(EVTCHNOP_send, &op)));
    quiet(op.port);
    REQUIRE_EQ(callback(CALLBACKTYPE_event, bench_event_entry), 0);
    event_unmask();
    bench_upcalls = 0;
    show("send-upcall", MEASURE(16, event_op(EVTCHNOP_send, &op)));
    event_mask();
    CHECK_EQ(bench_upcalls, 16 * ROUNDS);
    trap_restore();
    CHECK_EQ(event_close(op.port), 0);
}

/* ---- Page tables ---- */

static struct mmu_update reqs[BATCH];

static long update(unsigned count)
{
    return hypercall(__HYPERVISOR_mmu_update, reqs, count, NULL, DOMID_SELF);
}

/* Requests that make each entry of a window alternate between two values. */
static void alternate(char *window, uint64_t a, uint64_t b)
{
    for (unsigned i = 0; i < BATCH; i++) {
        reqs[i].ptr = pt_entry_maddr(window, 1);
        reqs[i].val = i & 1 ? b : a;
    }
}

static void show_updates(const char *name)
{
    char line[48];
    uint64_t one = MEASURE(16, update(1));

    print_to(line, sizeof(line), "mmu-update%s", name);
    show(line, one);
    print_to(line, sizeof(line), "mmu-update-entry%s", name);
    show(line, (MEASURE(4, update(BATCH)) - one) / (BATCH - 1));
}

TEST(updates)
{
    char *window = window_alloc();
    void *p = page_alloc(), *q = page_alloc();
    uint64_t a = mem_maddr(p) | PTE_KERN, b = mem_maddr(q) | PTE_KERN;

    alternate(window, a, a);
    show_updates("-same");
    alternate(window, a, b);
    show_updates("-other");
    alternate(window, a, 0);
    show_updates("-map");
    alternate(window, a, mem_maddr(p) | PTE_KERN_RO);
    show_updates("-ro");
    show("update-va", MEASURE(16, hypercall(__HYPERVISOR_update_va_mapping,
                                            window, a, 0)));
    show("update-va-other",
         MEASURE(16, hypercall(__HYPERVISOR_update_va_mapping, window, a, 0);
                 hypercall(__HYPERVISOR_update_va_mapping, window, b, 0)) / 2);
    show("update-va-map",
         MEASURE(16, hypercall(__HYPERVISOR_update_va_mapping, window, a, 0);
                 hypercall(__HYPERVISOR_update_va_mapping, window, 0, 0)) / 2);
    show("update-va-invlpg",
         MEASURE(16, hypercall(__HYPERVISOR_update_va_mapping, window, a,
                               UVMF_INVLPG)));
    window_free(window);
    page_free(p);
    page_free(q);
}

static uint64_t pin_unpin(const void *table)
{
    uint64_t mfn = mem_mfn(table);

    CHECK_EQ(pt_mmuext(MMUEXT_PIN_L1_TABLE, mfn), 0);
    CHECK_EQ(pt_mmuext(MMUEXT_UNPIN_TABLE, mfn), 0);
    return MEASURE(2, pt_mmuext(MMUEXT_PIN_L1_TABLE, mfn);
                   pt_mmuext(MMUEXT_UNPIN_TABLE, mfn));
}

static void fill(pte_t *table, unsigned count, uint64_t entry)
{
    page_rw(table);
    for (unsigned i = 0; i < count; i++)
        table[i] = entry;
    page_ro(table);
}

TEST(pins)
{
    pte_t *table = page_alloc();
    void *page = page_alloc();

    fill(table, 0, 0);
    show("pin-empty", pin_unpin(table));
    fill(table, 512, mem_maddr(page) | PTE_KERN);
    show("pin-512", pin_unpin(table));
    fill(table, 512, mem_maddr(page) | PTE_KERN_RO);
    show("pin-512-ro", pin_unpin(table));
    page_free(table);
    page_free(page);
}

TEST(emulated_writes)
{
    char *window = window_alloc();
    void *page = page_alloc();
    uint64_t entry = mem_maddr(page) | PTE_KERN;
    volatile pte_t *slot = (volatile pte_t *)(ulong_t)pt_entry(NULL, window, 1);

    hypercall(__HYPERVISOR_vm_assist, VMASST_CMD_enable,
              VMASST_TYPE_writable_pagetables);
    show("write-pte", MEASURE(16, *slot = entry; *slot = 0) / 2);
    *slot = entry;
    show("write-pte-same", MEASURE(16, *slot = entry));
    window_free(window);
    page_free(page);
}

/* ---- Grants ---- */

#define GRANT_REF 8 /* past those that are reserved */

static bool grant_page(struct grant_entry_v1 *table, const void *page)
{
    table[GRANT_REF].domid = 0;
    table[GRANT_REF].frame = (uint32_t)mem_mfn(page);
    table[GRANT_REF].flags = GTF_permit_access;
    return true;
}

static long grant_op(unsigned cmd, void *op)
{
    return hypercall(__HYPERVISOR_grant_table_op, cmd, op, 1);
}

static void measure_map(void *window)
{
    struct gnttab_map_grant_ref map = {.host_addr = (ulong_t)window,
                                       .flags = GNTMAP_host_map,
                                       .ref = GRANT_REF};
    struct gnttab_unmap_grant_ref unmap = {.host_addr = (ulong_t)window};

    if (grant_op(GNTTABOP_map_grant_ref, &map) == -XEN_ENOSYS) {
        show_none("grant-map");
        return;
    }
    REQUIRE_EQ(map.status, GNTST_okay);
    unmap.handle = map.handle;
    REQUIRE_EQ(grant_op(GNTTABOP_unmap_grant_ref, &unmap), 0);
    show("grant-map", MEASURE(16, grant_op(GNTTABOP_map_grant_ref, &map);
                              unmap.handle = map.handle;
                              grant_op(GNTTABOP_unmap_grant_ref, &unmap)));
    CHECK_EQ(map.status, GNTST_okay);
    CHECK_EQ(unmap.status, GNTST_okay);
}

static void measure_copy(const void *page)
{
    struct gnttab_copy copy = {.len = 8, .flags = GNTCOPY_source_gref};

    copy.source.u.ref = GRANT_REF;
    copy.source.domid = 0;
    copy.dest.u.gmfn = mem_mfn(page);
    copy.dest.domid = DOMID_SELF;
    if (grant_op(GNTTABOP_copy, &copy) == -XEN_ENOSYS) {
        show_none("grant-copy");
        return;
    }
    REQUIRE_EQ(copy.status, GNTST_okay);
    show("grant-copy", MEASURE(16, grant_op(GNTTABOP_copy, &copy)));
}

TEST(grants)
{
    xen_pfn_t frame = 0;
    struct gnttab_setup_table setup = {.dom = DOMID_SELF,
                                       .nr_frames = 1,
                                       .frame_list = (ulong_t)&frame};
    void *table = window_alloc(), *window = window_alloc();
    void *page = page_alloc(), *target = page_alloc();

    REQUIRE_EQ(grant_op(GNTTABOP_setup_table, &setup), 0);
    REQUIRE_EQ(setup.status, GNTST_okay);
    REQUIRE_EQ(window_map(table, frame, PTE_KERN), 0);
    grant_page(table, page);
    measure_map(window);
    measure_copy(target);
}
