/* SPDX-License-Identifier: MIT */
/*
 * RDMSR and WRMSR in guest kernel mode: what is offered, that all else is
 * #GP, and that no index does any harm.
 */
#include "guest.h"

static struct fault rdmsr(uint32_t msr, uint64_t *val)
{
    uint32_t lo = 0, hi = 0;
    struct fault f = TRY(__asm__ volatile("rdmsr"
                                          : "=a"(lo), "=d"(hi)
                                          : "c"(msr)));

    *val = (uint64_t)hi << 32 | lo;
    return f;
}

static struct fault wrmsr(uint32_t msr, uint64_t val)
{
    return TRY(__asm__ volatile("wrmsr"
                                :
                                : "c"(msr), "a"((uint32_t)val),
                                  "d"((uint32_t)(val >> 32))
                                : "memory"));
}

TEST(msr_pat_is_abi)
{
    uint64_t v;
    struct fault f = rdmsr(0x277, &v);

    CHECK_VECTOR(f, TRAP_NONE);
    CHECK_EQ(v, 0x050100070406ul);
}

TEST(msr_fs_gs_base)
{
    uint64_t v;

    CHECK_VECTOR(wrmsr(0xc0000100, 0x123456789000), TRAP_NONE);
    CHECK_VECTOR(rdmsr(0xc0000100, &v), TRAP_NONE);
    CHECK_EQ(v, 0x123456789000);
    CHECK_VECTOR(wrmsr(0xc0000100, 0), TRAP_NONE);
    CHECK_VECTOR(wrmsr(0xc0000101, 0xffffffff81234000), TRAP_NONE);
    CHECK_VECTOR(rdmsr(0xc0000101, &v), TRAP_NONE);
    CHECK_EQ(v, 0xffffffff81234000);
    CHECK_VECTOR(wrmsr(0xc0000101, 0), TRAP_NONE);
    CHECK_VECTOR(wrmsr(0xc0000102, 0x7654321000), TRAP_NONE);
    CHECK_VECTOR(rdmsr(0xc0000102, &v), TRAP_NONE);
    CHECK_EQ(v, 0x7654321000);
    CHECK_VECTOR(wrmsr(0xc0000102, 0), TRAP_NONE);
}

TEST(msr_base_noncanonical_is_gp)
{
    uint64_t v;

    for (uint32_t msr = 0xc0000100; msr <= 0xc0000102; msr++) {
        CHECK_VECTOR(wrmsr(msr, 0x8000000000000000ul), TRAP_GP);
        CHECK_VECTOR(wrmsr(msr, 0x0000800000000000ul), TRAP_GP);
        CHECK_VECTOR(rdmsr(msr, &v), TRAP_NONE);
        CHECK_EQ(v, 0);
    }
}

TEST(msr_tsc_readable)
{
    uint64_t v;
    struct fault f = rdmsr(0x10, &v);

    CHECK(f.vector == TRAP_NONE || f.vector == TRAP_GP);
}

TEST(msr_gp_frame)
{
    uint64_t v;
    struct fault f = rdmsr(0x0000feed, &v);

    CHECK_VECTOR(f, TRAP_GP);
    CHECK_EQ(f.error, 0);
    f = wrmsr(0x0000feed, 0);
    CHECK_VECTOR(f, TRAP_GP);
    CHECK_EQ(f.error, 0);
}

/* The syscall machinery is the hypervisor's own. */
TEST(msr_entry_points_not_writable)
{
    static const uint32_t msrs[] = {
        0xc0000081, 0xc0000082, 0xc0000083, 0xc0000084, /* STAR LSTAR.. */
        0x174,      0x175,      0x176,                  /* SYSENTER_* */
        0x1d9,      0x2ff,      0x38f,      0x3f1,      0x600,      0xd90,
        0xda0,      0x480,      0x3a,       0xc0010114, 0xc0010117, /* VMX, SVM */
        0x48,       0x49,       0x10b,      0x122,      0x800,      0x802,
        0x830,                                     /* x2APIC */
        0x6a0,      0x6a2,      0x6a4,      0x6a8, /* CET */
    };

    for (unsigned i = 0; i < ARRAY_LEN(msrs); i++) {
        struct fault f = wrmsr(msrs[i], 0x5a5a5a5a5a5aul);

        if (f.vector != TRAP_GP)
            test_fail(__FILE__, __LINE__, "wrmsr %x was not refused", msrs[i]);
    }
    /* and syscall still arrives here */
    CHECK_EQ(hypercall(__HYPERVISOR_xen_version, 0, 0), 4 << 16 | 17);
}

static const struct {
    uint32_t from, to;
} scan_ranges[] = {
    {0, 0x2000},
    {0x40000000, 0x40000100},
    {0xc0000000, 0xc0000200},
    {0xc0010000, 0xc0011100},
    {0xfffffff0, 0xffffffff},
};

/* Runs of accepted indices, as the log shows them. */
struct run {
    const char *what;
    uint32_t from, to;
    unsigned count;
};

static void run_end(struct run *r)
{
    if (r->to > r->from)
        print("INFO %s %x-%x\n", r->what, r->from, r->to - 1);
    r->from = r->to = 0;
}

static void run_add(struct run *r, uint32_t msr)
{
    if (r->to != msr) {
        run_end(r);
        r->from = msr;
    }
    r->to = msr + 1;
    r->count++;
}

static void scan(struct run *run, struct fault (*access)(uint32_t))
{
    for (unsigned i = 0; i < ARRAY_LEN(scan_ranges); i++) {
        for (uint32_t m = scan_ranges[i].from; m < scan_ranges[i].to; m++) {
            struct fault f = access(m);

            if (f.vector == TRAP_NONE)
                run_add(run, m);
            else if (f.vector != TRAP_GP)
                test_fail(__FILE__, __LINE__, "%s %x: %s", run->what, m,
                          trap_name(f.vector));
        }
    }
    run_end(run);
}

static struct fault scan_read(uint32_t msr)
{
    uint64_t v;

    return rdmsr(msr, &v);
}

static struct fault scan_write(uint32_t msr)
{
    if (msr >= 0xc0000100 && msr <= 0xc0000102)
        return (struct fault){.vector = TRAP_GP};
    return wrmsr(msr, 0x0123456789abcdeful);
}

/*
 * The runs in the log are the allow-list; no index does any harm. Xen lets
 * dom0 see the machine-check banks and more; Parvis offers little.
 */
TEST(msr_read_scan)
{
    struct run run = {.what = "rdmsr"};

    scan(&run, scan_read);
    CHECK(run.count < (test_on_xen() ? 400 : 64));
}

TEST(msr_write_scan)
{
    struct run run = {.what = "wrmsr"};

    scan(&run, scan_write);
    CHECK(run.count < (test_on_xen() ? 400 : 16));
    CHECK_EQ(hypercall(__HYPERVISOR_xen_version, 0, 0), 4 << 16 | 17);
}
