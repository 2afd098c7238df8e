/* SPDX-License-Identifier: MIT */
/*
 * What the hypervisor's basic operations cost, in TSC ticks, which under
 * `-icount shift=0` are instructions. Each row is the median of ROUNDS
 * single measurements, less the cost of measuring nothing:
 *     BENCH name ticks
 * tests/bench/run boots this and prints the table.
 */
#include "guest.h"

#define ROUNDS 201

extern char bench_syscall_entry[], bench_page_fault_entry[];
extern char bench_int3_entry[], bench_event_entry[];
extern struct vcpu_info *bench_vcpu_info;
extern xen_ulong_t *bench_pending_word;

static ulong_t sample[ROUNDS];
static ulong_t nothing;

static inline ulong_t ticks(void)
{
    uint32_t lo, hi;

    __asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
    return (ulong_t)hi << 32 | lo;
}

static ulong_t median(ulong_t *v)
{
    for (unsigned i = 1; i < ROUNDS; i++) {
        ulong_t x = v[i];
        unsigned j = i;

        for (; j && v[j - 1] > x; j--)
            v[j] = v[j - 1];
        v[j] = x;
    }
    return v[ROUNDS / 2];
}

static ulong_t cost(void)
{
    ulong_t m = median(sample);

    return m > nothing ? m - nothing : 0;
}

static void row(const char *name, ulong_t value)
{
    print("BENCH %s %lu\n", name, value);
}

static void row_not_offered(const char *name)
{
    print("BENCH %s -\n", name);
}

/* Measure a statement; another, not measured, comes before each time. */
#define MEASURE(before, ...)                          \
    ({                                                \
        for (unsigned m_i = 0; m_i < ROUNDS; m_i++) { \
            before;                                   \
            ulong_t m_t = ticks();                    \
            __VA_ARGS__;                              \
            sample[m_i] = ticks() - m_t;              \
        }                                             \
        cost();                                       \
    })

static void callback(uint16_t type, const char *entry)
{
    struct callback_register cb = {.type = type, .address = (ulong_t)entry};

    if (hypercall(__HYPERVISOR_callback_op, CALLBACKOP_register, &cb))
        test_abort("callback");
}

/* ---- user mode measures itself ---- */

USER_DATA ulong_t user_sample[ROUNDS] = {1};
USER_DATA ulong_t user_nothing[ROUNDS] = {1};

#define USER_MEASURE(label, array, code)            \
    USER_CODE(label, "lea " #array "(%rip), %rbx\n" \
                     "mov $201, %ebp\n"             \
                     "1: rdtsc\n"                   \
                     "shl $32, %rdx\n"              \
                     "or %rax, %rdx\n"              \
                     "mov %rdx, %rsi\n" code "\n"   \
                     "rdtsc\n"                      \
                     "shl $32, %rdx\n"              \
                     "or %rax, %rdx\n"              \
                     "sub %rsi, %rdx\n"             \
                     "mov %rdx, (%rbx)\n"           \
                     "add $8, %rbx\n"               \
                     "dec %ebp\n"                   \
                     "jnz 1b\n"                     \
                     "mov $0x5e0f, %eax\n")

USER_MEASURE(u_nothing, user_nothing, "");
USER_MEASURE(u_syscall, user_sample, "xor %eax, %eax; syscall");
/* 48 8b 07: three bytes, which bench_page_fault_entry steps over */
USER_MEASURE(u_fault, user_sample,
             "mov $0x123456789000, %rdi; mov (%rdi), %rax");

static ulong_t user_measure(const char *code)
{
    struct fault f = user_try(u_nothing);
    ulong_t base;

    if (f.vector != TRAP_SYSCALL)
        test_abort("user mode");
    base = median(user_nothing);
    f = user_try(code);
    if (f.vector != TRAP_SYSCALL)
        test_abort("user mode");
    return median(user_sample) - base;
}

/* ---- rows ---- */

TEST(hypercall)
{
    nothing = 0;
    nothing = MEASURE((void)0, (void)0);
    row("hypercall",
        MEASURE((void)0, hypercall(__HYPERVISOR_xen_version, 0, 0)));
}

TEST(system_call)
{
    callback(CALLBACKTYPE_syscall, bench_syscall_entry);
    row("syscall", user_measure(u_syscall) - 1);
    trap_restore();
}

TEST(page_fault)
{
    trap_set_one(TRAP_PF, 0, FLAT_KERNEL_CS, (ulong_t)bench_page_fault_entry);
    row("page_fault", user_measure(u_fault) - 1);
    trap_restore();
}

TEST(int3)
{
    trap_set_one(TRAP_BP, 3, FLAT_KERNEL_CS, (ulong_t)bench_int3_entry);
    row("int3", MEASURE((void)0, __asm__ volatile("int3" ::: "memory")));
    trap_restore();
}

TEST(event)
{
    struct evtchn_send send;
    long port = event_bind_ipi(0);

    REQUIRE(port > 0);
    smp_vcpu_op(VCPUOP_stop_periodic_timer, 0, NULL);
    send.port = (evtchn_port_t)port;
    bench_vcpu_info = mem_vcpu_info(0);
    bench_pending_word = &mem_shared_info()->evtchn_pending[port / 64];
    event_port_unmask((unsigned)port);
    /* Masked: it is noted, and nothing is entered. */
    row("event_send", MEASURE(
                          {
                              *bench_pending_word = 0;
                              bench_vcpu_info->evtchn_pending_sel = 0;
                              bench_vcpu_info->evtchn_upcall_pending = 0;
                          },
                          event_op(EVTCHNOP_send, &send)));
    *bench_pending_word = 0;
    bench_vcpu_info->evtchn_pending_sel = 0;
    bench_vcpu_info->evtchn_upcall_pending = 0;
    callback(CALLBACKTYPE_event, bench_event_entry);
    event_unmask();
    row("event_upcall", MEASURE((void)0, event_op(EVTCHNOP_send, &send)));
    event_mask();
    trap_restore();
    event_close((unsigned)port);
}

TEST(mmu_update)
{
    char *p = page_alloc(), *w[33];
    struct mmu_update req[33];
    ulong_t one, many;

    for (unsigned i = 0; i < ARRAY_LEN(w); i++) {
        w[i] = page_alloc();
        req[i].ptr = pt_entry_maddr(w[i], 1);
    }
    /* An entry that maps a page goes from read-only to writable and back. */
#define FLIP(n)                              \
    for (unsigned f_i = 0; f_i < (n); f_i++) \
    req[f_i].val =                           \
        mem_maddr(w[f_i]) | (req[f_i].val & PTE_RW ? PTE_KERN_RO : PTE_KERN)
    one = MEASURE(FLIP(1),
                  hypercall(__HYPERVISOR_mmu_update, req, 1, NULL, DOMID_SELF));
    many = MEASURE(FLIP(33), hypercall(__HYPERVISOR_mmu_update, req, 33, NULL,
                                       DOMID_SELF));
    row("mmu_update", one);
    row("mmu_update_further", (many - one) / 32);
    for (unsigned i = 0; i < ARRAY_LEN(w); i++) {
        page_rw(w[i]);
        page_free(w[i]);
    }
    page_free(p);
}

static ulong_t pin_unpin(pte_t *t)
{
    struct mmuext_op op[2];

    memset(op, 0, sizeof(op));
    op[0].cmd = MMUEXT_PIN_L1_TABLE;
    op[1].cmd = MMUEXT_UNPIN_TABLE;
    op[0].arg1.mfn = op[1].arg1.mfn = mem_mfn(t);
    return MEASURE((void)0, {
        hypercall(__HYPERVISOR_mmuext_op, &op[0], 1, NULL, DOMID_SELF);
        hypercall(__HYPERVISOR_mmuext_op, &op[1], 1, NULL, DOMID_SELF);
    });
}

TEST(pin)
{
    pte_t *t = page_alloc();
    char *p = page_alloc();

    page_ro(t);
    row("pin_empty", pin_unpin(t));
    page_rw(t);
    for (unsigned i = 0; i < 512; i++)
        t[i] = mem_maddr(p) | PTE_KERN;
    page_ro(t);
    row("pin_full", pin_unpin(t));
    page_free(t);
    page_free(p);
}

TEST(page_table_write)
{
    char *p = page_alloc();
    volatile pte_t *pte = (volatile pte_t *)(ulong_t)pt_entry(NULL, p, 1);
    pte_t a = mem_maddr(p) | PTE_KERN, b = mem_maddr(p) | PTE_KERN_RO;
    bool flip = false;

    hypercall(__HYPERVISOR_vm_assist, VMASST_CMD_enable,
              VMASST_TYPE_writable_pagetables);
    row("pte_write", MEASURE(flip = !flip, *pte = flip ? b : a));
    page_rw(p);
    page_free(p);
}

TEST(multicall)
{
    static struct multicall_entry e[33];
    ulong_t one, many;

    memset(e, 0, sizeof(e));
    for (unsigned i = 0; i < ARRAY_LEN(e); i++)
        e[i].op = __HYPERVISOR_xen_version;
    one = MEASURE((void)0, hypercall(__HYPERVISOR_multicall, e, 1));
    many = MEASURE((void)0, hypercall(__HYPERVISOR_multicall, e, 33));
    row("multicall", one);
    row("multicall_further", (many - one) / 32);
}

TEST(update_va_mapping)
{
    char *w = window_alloc(), *p = page_alloc();
    uint64_t val = 0, map = mem_maddr(p) | PTE_KERN;

    /* In and out by turns, without a flush. */
    row("update_va_mapping",
        MEASURE(val = val ? 0 : map,
                hypercall(__HYPERVISOR_update_va_mapping, w, val, UVMF_NONE)));
    row("update_va_mapping_invlpg",
        MEASURE(val = val ? 0 : map, hypercall(__HYPERVISOR_update_va_mapping,
                                               w, val, UVMF_INVLPG)));
    window_free(w);
    page_free(p);
}

TEST(yield)
{
    row("yield", MEASURE((void)0, hypercall(__HYPERVISOR_sched_op,
                                            SCHEDOP_yield, NULL)));
}

/* ---- grants: to oneself, which costs as much as to another ---- */

#define GRANT_REF 8 /* the first that is not reserved */

static long grant_op(unsigned cmd, void *op)
{
    return hypercall(__HYPERVISOR_grant_table_op, cmd, op, 1);
}

static void grant_setup(void *window, const void *page)
{
    struct grant_entry_v1 *entry = (struct grant_entry_v1 *)window + GRANT_REF;
    struct gnttab_setup_table op = {.dom = DOMID_SELF, .nr_frames = 1};
    xen_pfn_t frame = 0;

    *(ulong_t *)&op.frame_list = (ulong_t)&frame;
    if (grant_op(GNTTABOP_setup_table, &op) || op.status != GNTST_okay ||
        window_map(window, frame, PTE_KERN))
        test_abort("grant table");
    entry->domid = 0;
    entry->frame = (uint32_t)mem_mfn(page);
    __atomic_store_n(&entry->flags, GTF_permit_access, __ATOMIC_RELEASE);
}

static void grant_map(const void *at)
{
    struct gnttab_map_grant_ref map = {
        .host_addr = (ulong_t)at, .flags = GNTMAP_host_map, .ref = GRANT_REF};
    struct gnttab_unmap_grant_ref unmap = {.host_addr = (ulong_t)at};

    if (grant_op(GNTTABOP_map_grant_ref, &map) == -XEN_ENOSYS) {
        row_not_offered("grant_map");
        return;
    }
    unmap.handle = map.handle;
    REQUIRE_EQ(map.status, GNTST_okay);
    REQUIRE_EQ(grant_op(GNTTABOP_unmap_grant_ref, &unmap), 0);
    row("grant_map", MEASURE((void)0, {
            grant_op(GNTTABOP_map_grant_ref, &map);
            unmap.handle = map.handle;
            grant_op(GNTTABOP_unmap_grant_ref, &unmap);
        }));
    CHECK_EQ(map.status, GNTST_okay);
    CHECK_EQ(unmap.status, GNTST_okay);
}

static void grant_copy(const void *to)
{
    struct gnttab_copy op = {.len = 8, .flags = GNTCOPY_source_gref};

    op.source.u.ref = GRANT_REF;
    op.dest.u.gmfn = mem_mfn(to);
    op.dest.domid = DOMID_SELF;
    if (grant_op(GNTTABOP_copy, &op) == -XEN_ENOSYS) {
        row_not_offered("grant_copy");
        return;
    }
    REQUIRE_EQ(op.status, GNTST_okay);
    row("grant_copy", MEASURE((void)0, grant_op(GNTTABOP_copy, &op)));
}

TEST(grant)
{
    char *table = window_alloc(), *at = window_alloc();
    char *page = page_alloc(), *to = page_alloc();

    grant_setup(table, page);
    grant_map(at);
    grant_copy(to);
}
