/* SPDX-License-Identifier: MIT */
/*
 * A second vCPU. See smp.h.
 */
#include "smp.h"

#include "hypercall.h"
#include "mem.h"
#include "print.h"
#include "test.h"

#define STACK_BYTES 16384

extern char smp_entry[];

static char stack[CPUS_MAX][STACK_BYTES] ALIGNED(4096);
static char trap_stacks[CPUS_MAX][STACK_BYTES] ALIGNED(4096);
static struct vcpu_guest_context context;
static struct {
    void (*fn)(void *);
    void *arg;
    bool initialised;
    volatile bool done;
} job[CPUS_MAX];

unsigned smp_cpu_of_stack(const void *p)
{
    const char *c = p;

    for (unsigned i = 1; i < CPUS_MAX; i++) {
        if ((c >= stack[i] && c < stack[i] + STACK_BYTES) ||
            (c >= trap_stacks[i] && c < trap_stacks[i] + STACK_BYTES))
            return i;
    }
    return 0;
}

long smp_vcpu_op(unsigned cmd, unsigned vcpu, void *arg)
{
    return hypercall(__HYPERVISOR_vcpu_op, cmd, vcpu, arg);
}

unsigned smp_count(void)
{
    unsigned n = 0;

    while (n < XEN_LEGACY_MAX_VCPUS && smp_vcpu_op(VCPUOP_is_up, n, NULL) >= 0)
        n++;
    return n;
}

void smp_relax(void)
{
    hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, NULL);
}

struct vcpu_guest_context *smp_context_buffer(void)
{
    return &context;
}

void smp_context(struct vcpu_guest_context *ctx, unsigned vcpu)
{
    unsigned n = 0;

    memset(ctx, 0, sizeof(*ctx));
    ctx->flags = VGCF_in_kernel;
    ctx->user_regs.rip = (ulong_t)smp_entry;
    ctx->user_regs.cs = FLAT_KERNEL_CS;
    ctx->user_regs.ss = FLAT_KERNEL_SS;
    ctx->user_regs.rflags = 0x202;
    ctx->user_regs.rsp = (ulong_t)stack[vcpu] + STACK_BYTES;
    ctx->user_regs.rdi = vcpu;
    for (unsigned v = 0; v < 20; v++) {
        ctx->trap_ctxt[n].vector = (uint8_t)v;
        ctx->trap_ctxt[n].cs = FLAT_KERNEL_CS;
        ctx->trap_ctxt[n++].address = trap_stub(v);
    }
    ctx->kernel_ss = FLAT_KERNEL_SS;
    ctx->kernel_sp = (ulong_t)trap_stacks[vcpu] + STACK_BYTES;
    ctx->event_callback_eip = (ulong_t)trap_event_entry;
    ctx->failsafe_callback_eip = (ulong_t)trap_failsafe_entry;
    ctx->syscall_callback_eip = (ulong_t)trap_syscall_entry;
    ctx->ctrlreg[3] =
        xen_pfn_to_cr3(mem_mfn((const void *)mem_start_info->pt_base));
}

long smp_start(unsigned vcpu, void (*fn)(void *), void *arg)
{
    long rc;

    job[vcpu].fn = fn;
    job[vcpu].arg = arg;
    job[vcpu].done = false;
    /* The vCPU comes up with the mask that the context's rflags.IF says;
     * the vcpu_info's own is set before, for a hypervisor that keeps it. */
    mem_vcpu_info(vcpu)->evtchn_upcall_mask = 1;
    smp_context(&context, vcpu);
    rc = smp_vcpu_op(VCPUOP_initialise, vcpu, &context);
    /* A vCPU is initialised once; after that, up continues after down. */
    if (rc == -XEN_EEXIST)
        rc = 0;
    return rc ? rc : smp_vcpu_op(VCPUOP_up, vcpu, NULL);
}

bool smp_running(unsigned vcpu)
{
    return smp_vcpu_op(VCPUOP_is_up, vcpu, NULL) == 1;
}

bool smp_join(unsigned vcpu)
{
    for (unsigned long i = 0; i < 2000000; i++) {
        if (job[vcpu].done && !smp_running(vcpu))
            return true;
        smp_relax();
    }
    return false;
}

void smp_main(unsigned vcpu)
{
    for (;;) {
        mem_vcpu_info(vcpu)->evtchn_upcall_mask = 1;
        job[vcpu].fn(job[vcpu].arg);
        job[vcpu].done = true;
        smp_vcpu_op(VCPUOP_down, vcpu, NULL);
        /* Up again: there is a new job. */
    }
}
