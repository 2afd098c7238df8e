/* SPDX-License-Identifier: MIT */
/*
 * What of a vCPU lives in the CPU while it runs, beside its registers: segment
 * selectors and bases, floating point, debug registers, GDT, LDT, root, stack
 * and ports.
 *
 * Invariant: an idle vCPU has none of it; after switching to one the CPU has
 * the hypervisor's own GDT and root, so nothing of the guest is in use.
 */
#include "cpu/features.h"
#include "cpu/fixup.h"
#include "cpu/fpu.h"
#include "cpu/gdt.h"
#include "cpu/insn.h"
#include "cpu/msr.h"
#include "cpu/percpu.h"
#include "cpu/tlb.h"
#include "lib/bits.h"
#include "lib/upcall.h"
#include "mm/map.h"
#include "pv/pv.h"
#include "pv/segments.h"

/* Load a data selector; false when it faulted (0 is loaded instead). */
#define LOAD_SELECTOR(reg, value)                          \
    ({                                                     \
        uint32_t ok_ = 1, sel_ = (value);                  \
        asm volatile("1: mov %1, %%" #reg "\n"             \
                     "2:\n"                                \
                     ".pushsection .text.fixup, \"ax\"\n"  \
                     "3: xor %0, %0; xor %1, %1; jmp 1b\n" \
                     ".popsection\n" FIXUP(1b, 3b)         \
                     : "+r"(ok_), "+r"(sel_)               \
                     :                                     \
                     : "memory");                          \
        ok_ != 0;                                          \
    })

bool pv_load_gs_selector(uint16_t sel)
{
    return LOAD_SELECTOR(gs, sel);
}

void pv_load_cr4(const struct vcpu *v)
{
    uint64_t now = read_cr4();
    uint64_t wanted = (now & ~CR4_TSD) | (v->pv.ctrlreg4 & CR4_TSD);

    if (wanted != now)
        write_cr4(wanted);
}

void pv_load_ts(const struct vcpu *v)
{
    if (v->pv.ts_set)
        write_cr0(read_cr0() | CR0_TS);
    else
        cpu_clts();
}

static bool debug_active(const struct vcpu *v)
{
    return v->pv.dr[7] & 0xff;
}

static void save_segments(struct vcpu *v)
{
    uint64_t now = rdmsr(MSR_GS_BASE), other = rdmsr(MSR_KERNEL_GS_BASE);

    v->pv.ds = read_ds();
    v->pv.es = read_es();
    v->pv.fs = read_fs();
    v->pv.gs = read_gs();
    v->pv.fs_base = rdmsr(MSR_FS_BASE);
    v->pv.gs_base_kernel = v->pv.in_kernel ? now : other;
    v->pv.gs_base_user = v->pv.in_kernel ? other : now;
}

static void load_segments(struct vcpu *v)
{
    bool ok = LOAD_SELECTOR(ds, v->pv.ds);

    ok &= LOAD_SELECTOR(es, v->pv.es);
    ok &= LOAD_SELECTOR(fs, v->pv.fs);
    ok &= LOAD_SELECTOR(gs, v->pv.gs);
    wrmsr(MSR_FS_BASE, v->pv.fs_base);
    wrmsr(MSR_GS_BASE,
          v->pv.in_kernel ? v->pv.gs_base_kernel : v->pv.gs_base_user);
    wrmsr(MSR_KERNEL_GS_BASE,
          v->pv.in_kernel ? v->pv.gs_base_user : v->pv.gs_base_kernel);
    if (!ok) {
        v->pv.failsafe_pending = true;
        vcpu_set_work(v, VCPU_WORK_TRAP);
    }
}

void upcall_switch_out(struct vcpu *v)
{
    if (v->sched.is_idle)
        return;
    save_segments(v);
    fpu_save(v->pv.fpu);
    if (debug_active(v))
        write_dr7(0);
}

/* The guest's DR6 is vcpu.pv.dr[6]: each #DB takes it from the CPU's. */
static void load_debug(struct vcpu *v)
{
    if (!debug_active(v))
        return;
    write_dr0(v->pv.dr[0]);
    write_dr1(v->pv.dr[1]);
    write_dr2(v->pv.dr[2]);
    write_dr3(v->pv.dr[3]);
    write_dr7(v->pv.dr[7]);
}

void upcall_switch_in(struct vcpu *v)
{
    unsigned cpu = cpu_id();

    if (v->sched.is_idle) {
        LOAD_SELECTOR(ds, 0);
        LOAD_SELECTOR(es, 0);
        LOAD_SELECTOR(fs, 0);
        LOAD_SELECTOR(gs, 0);
        gdt_load_own();
        gdt_load_ldt(cpu, 0, 0);
        tlb_load_root(virt_to_paddr(map_root));
        return;
    }
    atomic_or(&v->domain->mm.tlb_cpus.w[cpu / 64], 1UL << (cpu % 64));
    pv_load_root(v);
    gdt_set_stack(cpu, (uintptr_t)&v->top->regs + sizeof(v->top->regs), v);
    gdt_load_guest(pv_gdt_window(v));
    gdt_load_ldt(cpu, pv_ldt_window(v), v->pv.ldt_entries);
    gdt_allow_ports(cpu, v->pv.in_kernel && v->domain->ioport_bitmap);
    load_segments(v);
    load_debug(v);
    fpu_restore(v->pv.fpu, v->pv.xcr0);
    if (v->pv.ts_set)
        pv_load_ts(v);
    pv_load_cr4(v);
    if (cpu_features.rdtscp)
        wrmsr(MSR_TSC_AUX, v->pv.tsc_aux);
}
