/* SPDX-License-Identifier: MIT */
/*
 * What isolation rests on, tried from one vCPU: rows of SAFETY.md that are
 * not a call's error. Two vCPUs: race.c. Cache attributes: cache.c.
 */
#include "guest.h"

#define HV_START 0xffff800000000000ul
#define HV_END   0xffff880000000000ul

/* A value that could be an address in the hypervisor (M2P excepted). */
static bool is_hv_address(uint64_t v)
{
    return v >= 0xffff804000000000ul && v < HV_END;
}

/* ---- memory that is not ours ---- */

/* The frames of our own grant table are ours to map. */
static xen_pfn_t grant_frames[64];

static bool is_grant_frame(uint64_t mfn)
{
    for (unsigned i = 0; i < ARRAY_LEN(grant_frames); i++)
        if (grant_frames[i] == mfn)
            return true;
    return false;
}

static void grant_frames_get(void)
{
    struct gnttab_query_size qs = {.dom = DOMID_SELF};
    struct gnttab_setup_table st = {.dom = DOMID_SELF};

    if (hypercall(__HYPERVISOR_grant_table_op, GNTTABOP_query_size, &qs, 1))
        return;
    st.nr_frames = qs.nr_frames < 64 ? qs.nr_frames : 64;
    set_xen_guest_handle(st.frame_list, grant_frames);
    hypercall(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table, &st, 1);
}

TEST(no_foreign_frame_maps)
{
    char *w = window_alloc();
    unsigned tried = 0;

    grant_frames_get();

    for (uint64_t mfn = mem_foreign_mfn(0); mfn; mfn = mem_foreign_mfn(mfn)) {
        if (++tried > 20000)
            break;
        if (is_grant_frame(mfn))
            continue;
        if (window_map(w, mfn, PTE_KERN) >= 0)
            test_fail(__FILE__, __LINE__, "frame %lx maps writable",
                      (ulong_t)mfn);
        /* Read-only, too: what is in there may be secret. */
        if (window_map(w, mfn, PTE_KERN_RO) >= 0) {
            test_fail(__FILE__, __LINE__, "frame %lx maps", (ulong_t)mfn);
            window_unmap(w);
        }
    }
    print("INFO %u frames tried\n", tried);
    window_free(w);
}

TEST(hypervisor_space_unreadable)
{
    unsigned readable = 0, step = 0;

    for (ulong_t va = 0xffff804000000000ul; va < HV_END;
         va += BIT(30), step++) {
        struct fault f = TRY((void)*(volatile char *)va);

        if (f.vector == TRAP_NONE) {
            readable++;
            print("INFO %lx is readable\n", va);
        } else if (f.vector != TRAP_PF) {
            test_fail(__FILE__, __LINE__, "%lx: %s", va, trap_name(f.vector));
        }
    }
    CHECK_EQ(readable, 0);
}

/* Where Xen, and so maybe others, keep text, stacks and the direct map. */
TEST(hypervisor_addresses_unreadable)
{
    static const ulong_t va[] = {
        0xffff82d040000000ul, 0xffff82d040200000ul, 0xffff82d040400000ul,
        0xffff82d0bfffe000ul, 0xffff82e000000000ul, 0xffff830000000000ul,
        0xffff830000100000ul, 0xffff83000f000000ul, 0xffff82c000000000ul,
        0xffff820000000000ul, 0xffff810000000000ul, 0xffff818000000000ul,
    };

    for (unsigned i = 0; i < ARRAY_LEN(va); i++) {
        CHECK_FAULT(TRAP_PF, (void)*(volatile char *)va[i]);
        CHECK_FAULT(TRAP_PF, *(volatile char *)va[i] = 0);
        CHECK_FAULT(TRAP_PF, ((void (*)(void))va[i])());
    }
}

TEST(m2p_readable_not_writable)
{
    volatile ulong_t *m2p = (volatile ulong_t *)MACH2PHYS_VIRT_START;
    uint64_t mfn = mem_p2m(0x200);
    struct fault f = TRY((void)m2p[mfn]);

    CHECK_VECTOR(f, TRAP_NONE);
    CHECK_EQ(m2p[mfn], 0x200);
    f = TRY(m2p[mfn] = 0);
    CHECK_VECTOR(f, TRAP_PF);
    CHECK_EQ(f.error, 3);
    CHECK_EQ(m2p[mfn], 0x200);
    CHECK_FAULT(TRAP_PF, ((void (*)(void))(ulong_t)m2p)());
}

/* ---- types of frames ---- */

TEST(root_in_use_stays_a_table_when_unpinned)
{
    const pte_t *boot = (const pte_t *)mem_start_info->pt_base;
    pte_t *root = page_alloc();

    memcpy(root, boot, PAGE_SIZE);
    CHECK_EQ(page_ro(root), 0);
    CHECK_EQ(pt_mmuext(MMUEXT_PIN_L4_TABLE, mem_mfn(root)), 0);
    CHECK_EQ(pt_mmuext(MMUEXT_NEW_BASEPTR, mem_mfn(root)), 0);
    CHECK_EQ(pt_mmuext(MMUEXT_UNPIN_TABLE, mem_mfn(root)), 0);
    CHECK_EQ(page_rw(root), -XEN_EBUSY);
    CHECK_FAULT(TRAP_PF, *(volatile pte_t *)root = 0);
    CHECK_EQ(pt_mmuext(MMUEXT_NEW_BASEPTR, mem_mfn(boot)), 0);
    CHECK_EQ(page_rw(root), 0);
    page_free(root);
}

/* One frame, one type: a descriptor page is no page table, and back. */
TEST(descriptor_page_is_no_page_table)
{
    char *p = page_alloc();
    xen_ulong_t mfn = mem_mfn(p);

    CHECK_EQ(page_ro(p), 0);
    CHECK_EQ(hypercall(__HYPERVISOR_set_gdt, &mfn, 512), 0);
    for (unsigned cmd = MMUEXT_PIN_L1_TABLE; cmd <= MMUEXT_PIN_L4_TABLE; cmd++)
        CHECK_CONFLICT(pt_mmuext(cmd, mfn));
    CHECK_EQ(page_rw(p), -XEN_EBUSY);
    CHECK_EQ(hypercall(__HYPERVISOR_set_gdt, NULL, 0), 0);
    CHECK_EQ(pt_mmuext(MMUEXT_PIN_L1_TABLE, mfn), 0);
    CHECK_CONFLICT(hypercall(__HYPERVISOR_set_gdt, &mfn, 512));
    CHECK_EQ(pt_mmuext(MMUEXT_UNPIN_TABLE, mfn), 0);
    CHECK_EQ(page_rw(p), 0);
    page_free(p);
}

/* A descriptor that is good as data but written while mapped: the LDT is
 * checked when it is used, and faults if it is bad. */
TEST(ldt_page_checked_when_used)
{
    uint64_t *ldt = page_alloc();
    struct mmuext_op op;
    struct fault f;

    ldt[1] = 0x00008b0000000067ull; /* a busy TSS, present, DPL 0 */
    CHECK_EQ(page_ro(ldt), 0);
    memset(&op, 0, sizeof(op));
    op.cmd = MMUEXT_SET_LDT;
    op.arg1.linear_addr = (ulong_t)ldt;
    op.arg2.nr_ents = 8;
    CHECK_EQ(hypercall(__HYPERVISOR_mmuext_op, &op, 1, NULL, DOMID_SELF), 0);
    f = TRY(__asm__ volatile("mov %0, %%fs" : : "r"(1 * 8 | 7)));
    CHECK(f.vector == TRAP_GP || f.vector == TRAP_PF || f.vector == TRAP_NP);
    op.arg2.nr_ents = 0;
    CHECK_EQ(hypercall(__HYPERVISOR_mmuext_op, &op, 1, NULL, DOMID_SELF), 0);
    page_free(ldt);
}

/* A table hung twice, taken down once: still a table. */
TEST(table_counted_twice)
{
    pte_t *l1 = page_alloc(), *l2 = page_alloc();

    l2[0] = mem_maddr(l1) | PTE_TABLE;
    l2[1] = mem_maddr(l1) | PTE_TABLE;
    CHECK_EQ(page_ro(l1), 0);
    CHECK_EQ(page_ro(l2), 0);
    CHECK_EQ(pt_mmuext(MMUEXT_PIN_L2_TABLE, mem_mfn(l2)), 0);
    CHECK_EQ(page_rw(l1), -XEN_EBUSY);
    CHECK_EQ(pt_set(l2, 0, 0), 0);
    CHECK_EQ(page_rw(l1), -XEN_EBUSY);
    CHECK_EQ(pt_set(l2, 1, 0), 0);
    CHECK_EQ(page_rw(l1), 0);
    CHECK_EQ(pt_mmuext(MMUEXT_UNPIN_TABLE, mem_mfn(l2)), 0);
    page_free(l1);
    page_free(l2);
}

/* The type count of one page: 512 writable mappings, each counted. */
TEST(writable_mappings_counted)
{
    pte_t *l1 = page_alloc();
    char *p = page_alloc();

    for (unsigned i = 0; i < 512; i++)
        l1[i] = mem_maddr(p) | PTE_KERN;
    CHECK_EQ(page_ro(l1), 0);
    CHECK_EQ(pt_mmuext(MMUEXT_PIN_L1_TABLE, mem_mfn(l1)), 0);
    CHECK_EQ(page_ro(p), 0);
    for (unsigned i = 0; i < 512; i++) {
        CHECK_CONFLICT(pt_mmuext(MMUEXT_PIN_L1_TABLE, mem_mfn(p)));
        CHECK_EQ(pt_set(l1, i, i & 1 ? 0 : mem_maddr(p) | PTE_KERN_RO), 0);
    }
    CHECK_EQ(pt_mmuext(MMUEXT_PIN_L1_TABLE, mem_mfn(p)), 0);
    CHECK_EQ(pt_mmuext(MMUEXT_UNPIN_TABLE, mem_mfn(p)), 0);
    CHECK_EQ(pt_mmuext(MMUEXT_UNPIN_TABLE, mem_mfn(l1)), 0);
    page_free(p);
    page_free(l1);
}

/* ---- only the flags of an entry change ---- */

TEST(flag_changes_are_checked)
{
    pte_t *l1 = page_alloc(), *l2 = page_alloc(), *t = page_alloc();
    uint64_t e = mem_maddr(t) | PTE_KERN_RO;

    /* t becomes a table; l1 maps it read-only. */
    CHECK_EQ(page_ro(t), 0);
    CHECK_EQ(pt_mmuext(MMUEXT_PIN_L1_TABLE, mem_mfn(t)), 0);
    l1[0] = e;
    CHECK_EQ(page_ro(l1), 0);
    l2[0] = mem_maddr(l1) | PTE_TABLE;
    CHECK_EQ(page_ro(l2), 0);
    CHECK_EQ(pt_mmuext(MMUEXT_PIN_L2_TABLE, mem_mfn(l2)), 0);
    CHECK_EQ(pt_set(l1, 0, e | PTE_RW), -XEN_EBUSY);
    CHECK_EQ(l1[0] & PTE_RW, 0);
    CHECK_EQ(pt_set(l1, 0, e | PTE_RW | PTE_D | PTE_AVAIL), -XEN_EBUSY);
    CHECK_EQ(l1[0] & PTE_RW, 0);
    CHECK_EQ(pt_set(l1, 0, e | PTE_AVAIL), 0);
    CHECK_EQ(pt_set(l1, 0, e | PTE_NX), 0);
    /* not present and back again */
    CHECK_EQ(pt_set(l1, 0, e & ~PTE_P), 0);
    CHECK_EQ(pt_set(l1, 0, (e | PTE_RW) & ~PTE_P), 0);
    CHECK_EQ(pt_set(l1, 0, e | PTE_RW), -XEN_EBUSY);
    /* L2 entries: read-only, superpage, no-execute */
    CHECK_EQ(pt_set(l2, 0, mem_maddr(l1) | PTE_P | PTE_US), 0);
    CHECK_EQ(pt_set(l2, 0, mem_maddr(l1) | PTE_P | PTE_US | PTE_PSE),
             -XEN_EINVAL);
    CHECK_EQ(pt_set(l2, 0, mem_maddr(l1) | PTE_TABLE | PTE_NX), 0);
    CHECK_EQ(pt_mmuext(MMUEXT_UNPIN_TABLE, mem_mfn(l2)), 0);
    CHECK_EQ(pt_mmuext(MMUEXT_UNPIN_TABLE, mem_mfn(t)), 0);
    page_free(l2);
    page_free(l1);
    page_free(t);
}

/* Every bit of an entry by itself, at each level: 0, or refused; and no
 * reserved bit ever gets into a live entry. */
TEST(each_bit_each_level)
{
    pte_t *t[4];

    for (unsigned i = 0; i < 4; i++) {
        t[i] = page_alloc();
        if (i)
            t[i][0] = mem_maddr(t[i - 1]) | PTE_TABLE;
        CHECK_EQ(page_ro(t[i]), 0);
    }
    CHECK_EQ(pt_mmuext(MMUEXT_PIN_L4_TABLE, mem_mfn(t[3])), 0);
    for (unsigned level = 1; level <= 4; level++) {
        uint64_t base = level == 1 ? mem_maddr(mem_start_info) | PTE_KERN_RO
                                   : mem_maddr(t[level - 2]) | PTE_TABLE;

        for (unsigned bit = 0; bit < 64; bit++) {
            long rc = pt_set(t[level - 1], 0, base ^ 1ull << bit);

            if (rc > 0)
                test_fail(__FILE__, __LINE__, "L%u bit %u: %ld", level, bit,
                          rc);
            pte_t now = *(volatile pte_t *)&t[level - 1][0];

            if ((now & PTE_P) && level > 1 && (now & PTE_PSE))
                test_fail(__FILE__, __LINE__, "L%u: superpage", level);
            if ((now & PTE_P) && (now >> 40 & 0xfff))
                test_fail(__FILE__, __LINE__, "L%u bit %u: reserved", level,
                          bit);
            if (pt_set(t[level - 1], 0, base))
                test_fail(__FILE__, __LINE__, "L%u after bit %u", level, bit);
        }
    }
    CHECK_EQ(pt_mmuext(MMUEXT_UNPIN_TABLE, mem_mfn(t[3])), 0);
    for (unsigned i = 4; i--;)
        page_free(t[i]);
}

/* ---- stale TLB entries ---- */

/* Unmapped without a flush; then the frame becomes a page table: by then no
 * TLB may still let it be written. QEMU keeps stale entries. */
TEST(stale_tlb_type_change)
{
    volatile uint64_t *w = window_alloc();
    uint64_t *p = page_alloc();
    uint64_t entry = pt_entry_maddr((void *)(ulong_t)w, 1);

    CHECK_EQ(page_ro(p), 0);
    CHECK_EQ(pt_mmu_update(entry, mem_maddr(p) | PTE_KERN), 0);
    *w = 0;
    CHECK_EQ(pt_mmu_update(entry, 0), 0);
    CHECK_EQ(pt_mmuext(MMUEXT_PIN_L1_TABLE, mem_mfn(p)), 0);
    struct fault f = TRY(*w = 0x000ff00000000000ul | PTE_KERN);

    CHECK_VECTOR(f, TRAP_PF);
    CHECK_EQ(p[0], 0);
    CHECK_EQ(pt_mmuext(MMUEXT_UNPIN_TABLE, mem_mfn(p)), 0);
    page_free(p);
    window_free((void *)(ulong_t)w);
}

/* The same with update_va_mapping and no flush asked for. */
TEST(stale_tlb_update_va_mapping)
{
    volatile uint64_t *w = window_alloc();
    uint64_t *p = page_alloc();

    CHECK_EQ(page_ro(p), 0);
    CHECK_EQ(window_map((void *)(ulong_t)w, mem_mfn(p), PTE_KERN), 0);
    *w = 0;
    CHECK_EQ(hypercall(__HYPERVISOR_update_va_mapping, w, 0, UVMF_NONE), 0);
    CHECK_EQ(pt_mmuext(MMUEXT_PIN_L1_TABLE, mem_mfn(p)), 0);
    CHECK_FAULT(TRAP_PF, *w = 1);
    CHECK_EQ(p[0], 0);
    CHECK_EQ(pt_mmuext(MMUEXT_UNPIN_TABLE, mem_mfn(p)), 0);
    page_free(p);
    window_free((void *)(ulong_t)w);
}

/*
 * Unmapped without a flush, then given back: whoever gets the frame next must
 * not have it written through the old TLB entry. Until then it is nobody's,
 * and its content is lost anyway.
 */
TEST(stale_tlb_freed_frame)
{
    volatile uint64_t *w = window_alloc();
    uint64_t pfn = pfn_alloc();
    static xen_pfn_t taken[256];
    xen_pfn_t frame = mem_p2m(pfn), old = frame;
    struct xen_memory_reservation r;
    unsigned count = 0;

    CHECK_EQ(window_map((void *)(ulong_t)w, frame, PTE_KERN), 0);
    *w = 1;
    CHECK_EQ(hypercall(__HYPERVISOR_update_va_mapping, w, 0, UVMF_NONE), 0);
    memset(&r, 0, sizeof(r));
    set_xen_guest_handle(r.extent_start, &frame);
    r.nr_extents = 1;
    r.domid = DOMID_SELF;
    CHECK_EQ(hypercall(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, &r),
             1);
    do {
        frame = pfn;
        if (hypercall(__HYPERVISOR_memory_op, XENMEM_populate_physmap, &r) != 1)
            break;
        taken[count++] = frame;
    } while (frame != old && count < ARRAY_LEN(taken));
    if (frame == old)
        CHECK_FAULT(TRAP_PF, *w = 2);
    set_xen_guest_handle(r.extent_start, taken);
    if (count > 1) {
        r.nr_extents = count - 1;
        CHECK_EQ(
            hypercall(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, &r),
            count - 1);
    }
    mem_p2m_set(pfn, frame);
    pfn_free(pfn);
    window_free((void *)(ulong_t)w);
    if (frame != old)
        SKIP("the frame was not given out again");
}

/* ---- flags ---- */

static long call_with_flags(ulong_t flags)
{
    long ret;

    __asm__ volatile("pushf\n"
                     "or %2, (%%rsp)\n"
                     "popf\n"
                     "syscall\n"
                     "pushf\n"
                     "andl $~0x44d00, (%%rsp)\n"
                     "popf\n"
                     : "=a"(ret)
                     : "0"((ulong_t)__HYPERVISOR_xen_version), "r"(flags),
                       "D"(0ul), "S"(0ul)
                     : "rcx", "rdx", "r8", "r10", "r11", "memory", "cc");
    return ret;
}

TEST(hypercall_with_odd_flags)
{
    CHECK_EQ(call_with_flags(0x4000), 4 << 16 | 17);   /* NT */
    CHECK_EQ(call_with_flags(0x400), 4 << 16 | 17);    /* DF */
    CHECK_EQ(call_with_flags(0x40000), 4 << 16 | 17);  /* AC */
    CHECK_EQ(call_with_flags(0x200000), 4 << 16 | 17); /* ID */
    CHECK_EQ(call_with_flags(0x44c00), 4 << 16 | 17);
}

/* Exceptions with DF, NT, AC set: the handler's own flags are its frame's
 * business; the hypervisor runs with its own. */
TEST(exceptions_with_odd_flags)
{
    static const ulong_t flags[] = {0x4000, 0x400, 0x40000, 0x44400};

    for (unsigned i = 0; i < ARRAY_LEN(flags); i++) {
        struct fault f = TRY(__asm__ volatile("pushf\n"
                                              "or %0, (%%rsp)\n"
                                              "popf\n"
                                              "ud2\n"
                                              :
                                              : "r"(flags[i])));

        CHECK_VECTOR(f, TRAP_UD);
        CHECK_EQ(f.regs.rflags & flags[i], flags[i]);
        f = TRY(__asm__ volatile("pushf\n"
                                 "or %0, (%%rsp)\n"
                                 "popf\n"
                                 "mov %%cr0, %%rax\n"
                                 "ud2\n"
                                 :
                                 : "r"(flags[i])
                                 : "rax"));
        CHECK_VECTOR(f, TRAP_UD);
    }
}

/* ---- what comes out ---- */

TEST(hypercall_scratch_registers)
{
    register ulong_t r10 __asm__("r10") = 4;
    register ulong_t r8 __asm__("r8") = 5;
    register ulong_t r9 __asm__("r9") = 6;
    ulong_t rdi = 1, rsi = 2, rdx = 3;
    long rax = __HYPERVISOR_sched_op;

    rdi = SCHEDOP_yield;
    __asm__ volatile("syscall"
                     : "+a"(rax), "+D"(rdi), "+S"(rsi), "+d"(rdx), "+r"(r10),
                       "+r"(r8), "+r"(r9)
                     :
                     : "rcx", "r11", "memory");
    CHECK(!is_hv_address(rdi));
    CHECK(!is_hv_address(rsi));
    CHECK(!is_hv_address(rdx));
    CHECK(!is_hv_address(r10));
    CHECK(!is_hv_address(r8));
    CHECK(!is_hv_address(r9));
}

/* No address of the hypervisor's in any output. */
static void scan_output(const char *what, const void *buf, size_t n)
{
    for (size_t i = 0; i + 8 <= n; i += 4) {
        uint64_t v;

        memcpy(&v, (const char *)buf + i, 8);
        if (is_hv_address(v))
            test_fail(__FILE__, __LINE__, "%s has %lx at %lu", what, (ulong_t)v,
                      i);
    }
}

TEST(outputs_have_no_addresses)
{
    static union {
        char bytes[4096];
        struct evtchn_status st;
        struct vcpu_runstate_info ri;
        struct xen_machphys_mapping mm;
    } u;
    long p = event_bind_ipi(0);

    memset(&u, 0, sizeof(u));
    u.st.dom = DOMID_SELF;
    u.st.port = (evtchn_port_t)p;
    event_op(EVTCHNOP_status, &u);
    scan_output("status", &u, sizeof(u));
    event_close((unsigned)p);
    for (unsigned cmd = 1; cmd <= 10; cmd++) {
        memset(&u, 0, sizeof(u));
        if (cmd == XENVER_platform_parameters)
            continue; /* says where the hole is */
        hypercall(__HYPERVISOR_xen_version, cmd, &u);
        scan_output("version", &u, sizeof(u));
    }
    memset(&u, 0, sizeof(u));
    smp_vcpu_op(VCPUOP_get_runstate_info, 0, &u);
    scan_output("runstate", &u, sizeof(u));
    scan_output("shared_info", mem_shared_info(), sizeof(struct shared_info));
}

/* ---- the FPU ---- */

TEST(fpu_kept_over_hypercalls)
{
    static const uint64_t pattern[2] = {0x1122334455667788, 0x99aabbccddeeff00};
    uint64_t out[2] = {0};

    __asm__ volatile("movdqu %0, %%xmm7" : : "m"(pattern));
    for (unsigned i = 0; i < 100; i++)
        smp_relax();
    hypercall(__HYPERVISOR_xen_version, 0, 0);
    __asm__ volatile("movdqu %%xmm7, %0" : "=m"(out));
    CHECK_EQ(out[0], pattern[0]);
    CHECK_EQ(out[1], pattern[1]);
}

static volatile uint64_t other_xmm[2];
static void read_xmm(void *arg)
{
    uint64_t v[2];

    (void)arg;
    __asm__ volatile("movdqu %%xmm7, %0" : "=m"(v));
    other_xmm[0] = v[0];
    other_xmm[1] = v[1];
}

/* A new vCPU starts with an FPU that nobody used. */
TEST(fpu_of_new_vcpu_is_clean)
{
    static const uint64_t pattern[2] = {0x5ec2e7, 0x5ec2e7};

    if (smp_count() < 2)
        SKIP("one vCPU");
    __asm__ volatile("movdqu %0, %%xmm7" : : "m"(pattern));
    REQUIRE_EQ(smp_start(1, read_xmm, NULL), 0);
    CHECK(smp_join(1));
    CHECK_EQ(other_xmm[0], 0);
    CHECK_EQ(other_xmm[1], 0);
}

/* ---- user mode is not the kernel ---- */

USER_CODE(u_iret_hypercall, "mov $23, %eax; syscall; nop");
USER_CODE(u_int82, "mov $17, %eax; xor %edi, %edi; int $0x82");

TEST(user_mode_has_no_hypercalls)
{
    struct fault f = user_try(u_iret_hypercall);

    CHECK_VECTOR(f, TRAP_SYSCALL);
    CHECK_EQ(f.regs.rax, 23);
    f = user_try(u_int82);
    CHECK(f.vector != TRAP_SYSCALL);
    CHECK(f.regs.rax == 17);
}

/* The kernel's registers do not reach user mode. */
USER_CODE(u_regs, "nop");
TEST(user_mode_starts_with_given_registers)
{
    struct fault f = user_try(u_regs);

    CHECK_EQ(f.regs.rbx, 0);
    CHECK_EQ(f.regs.rbp, 0);
    CHECK_EQ(f.regs.r8, 0);
    CHECK_EQ(f.regs.r9, 0);
    CHECK_EQ(f.regs.r10, 0);
    CHECK_EQ(f.regs.r12, 0);
    CHECK_EQ(f.regs.r15, 0);
    CHECK_EQ(f.regs.rdx, 0);
    CHECK_EQ(f.regs.rsi, 0);
    CHECK_EQ(f.regs.rdi, 0);
}

/* A user root with entries in the hypervisor's slots gets it nowhere. */
USER_CODE(u_read_slot, "mov (%rdi), %rax");
TEST(user_mode_hypervisor_slots)
{
    if (user_init() < 0)
        test_abort("user_init");
    for (unsigned slot = 257; slot < 272; slot++) {
        struct regs r = user_regs(u_read_slot);
        struct fault f;

        r.rdi = 0xffff000000000000ul | (ulong_t)slot << 39;
        f = user_run(&r);
        CHECK_VECTOR(f, TRAP_PF);
    }
}
