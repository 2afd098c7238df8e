/* SPDX-License-Identifier: MIT */
/*
 * Privileged and sensitive instructions, emulated: a closed list.
 *
 * Invariant: in guest-user mode nothing is emulated but int n, ports that the
 * guest kernel opened, and the dummy values of UMIP; all else is the guest's
 * #GP.
 */
#include "pv/emulate.h"

#include "cpu/features.h"
#include "cpu/insn.h"
#include "cpu/msr.h"
#include "lib/upcall.h"
#include "mm/guest_access.h"
#include "pv/debugreg.h"
#include "pv/policy.h"
#include "pv/ports.h"
#include "pv/pv.h"
#include "pv/root.h"

/* Elements of a string instruction before other vCPUs may run. */
#define STRING_BUDGET 256

unsigned emulate_fetch(const struct cpu_regs *regs, uint8_t *bytes)
{
    unsigned room = (unsigned)(PAGE_SIZE - (regs->rip & ~PAGE_MASK));
    const void __guest *ip = (const void __guest *)regs->rip;

    if (!guest_read(bytes, ip, INSN_MAX_BYTES))
        return INSN_MAX_BYTES;
    /* The next page may be absent: what lies before it may do. */
    if (room < INSN_MAX_BYTES && !guest_read(bytes, ip, room))
        return room;
    return 0;
}

uint64_t *emulate_reg(struct cpu_regs *regs, unsigned number)
{
    /* Offsets of registers 0-15 in instruction encoding. */
    static const uint8_t at[16] = {
        offsetof(struct cpu_regs, rax), offsetof(struct cpu_regs, rcx),
        offsetof(struct cpu_regs, rdx), offsetof(struct cpu_regs, rbx),
        offsetof(struct cpu_regs, rsp), offsetof(struct cpu_regs, rbp),
        offsetof(struct cpu_regs, rsi), offsetof(struct cpu_regs, rdi),
        offsetof(struct cpu_regs, r8),  offsetof(struct cpu_regs, r9),
        offsetof(struct cpu_regs, r10), offsetof(struct cpu_regs, r11),
        offsetof(struct cpu_regs, r12), offsetof(struct cpu_regs, r13),
        offsetof(struct cpu_regs, r14), offsetof(struct cpu_regs, r15),
    };

    return (uint64_t *)((char *)regs + at[number & 15]);
}

uint64_t emulate_address(struct cpu_regs *regs, const struct insn *in)
{
    uint64_t va = (uint64_t)in->displacement;

    if (in->rip_relative)
        va += regs->rip + in->length;
    if (in->base >= 0)
        va += *emulate_reg(regs, (unsigned)in->base);
    if (in->index >= 0)
        va += *emulate_reg(regs, (unsigned)in->index) * in->scale;
    if (in->address32)
        va = (uint32_t)va;
    if (in->segment == 4)
        va += rdmsr(MSR_FS_BASE);
    if (in->segment == 5)
        va += rdmsr(MSR_GS_BASE);
    return va;
}

/* Write a register as an instruction of that width does. */
static void set_reg(uint64_t *reg, unsigned width, uint64_t value)
{
    switch (width) {
    case 1:
        *reg = (*reg & ~0xffUL) | (value & 0xff);
        break;
    case 2:
        *reg = (*reg & ~0xffffUL) | (value & 0xffff);
        break;
    case 4:
        *reg = (uint32_t)value;
        break;
    default:
        *reg = value;
    }
}

uint64_t emulate_cr0(const struct vcpu *v)
{
    return CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | CR0_AM | CR0_PG |
           (v->pv.ts_set ? CR0_TS : 0);
}

static bool read_cr(struct vcpu *v, unsigned cr, uint64_t *value)
{
    switch (cr) {
    case 0:
        *value = emulate_cr0(v);
        return true;
    case 2:
        *value = v->event.info->arch.cr2;
        return true;
    case 3:
        *value = v->mm.kernel_root.v << PAGE_SHIFT;
        return true;
    case 4:
        *value = v->pv.ctrlreg4;
        return true;
    default:
        return false;
    }
}

static bool write_cr(struct vcpu *v, unsigned cr, uint64_t value)
{
    switch (cr) {
    case 0:
        if ((value ^ emulate_cr0(v)) & ~CR0_TS)
            return false;
        v->pv.ts_set = value & CR0_TS;
        pv_load_ts(v);
        return true;
    case 2:
        v->event.info->arch.cr2 = value;
        return true;
    case 3:
        return !root_set_kernel(v, MFN(value >> PAGE_SHIFT));
    case 4:
        v->pv.ctrlreg4 = policy_cr4(value);
        pv_load_cr4(v);
        return true;
    default:
        return false;
    }
}

static bool set_xcr0(struct vcpu *v, const struct cpu_regs *regs)
{
    uint64_t value = regs->rdx << 32 | (uint32_t)regs->rax;

    if (!cpu_features.xsave || (uint32_t)regs->rcx || !policy_xcr0_ok(value))
        return false;
    v->pv.xcr0 = value;
    cpu_xsetbv(0, value);
    return true;
}

static uint64_t ones(unsigned width)
{
    return width == 4 ? 0xffffffffUL : (1UL << (8 * width)) - 1;
}

static void port_access(struct vcpu *v, struct cpu_regs *regs,
                        const struct insn *in, uint16_t port)
{
    if (in->kind == INSN_IN)
        set_reg(&regs->rax, in->width, ports_read(v, port, in->width));
    else
        ports_write(v, port, in->width,
                    (uint32_t)(regs->rax & ones(in->width)));
}

/*
 * INS and OUTS: a budget of elements; RIP moves on only when the count is
 * used up, so the guest simply executes the rest again.
 */
static bool string_access(struct vcpu *v, struct cpu_regs *regs,
                          const struct insn *in)
{
    int64_t step = regs->rflags & FLAG_DF ? -(int64_t)in->width : in->width;
    uint64_t *at = in->kind == INSN_INS ? &regs->rdi : &regs->rsi;
    uint16_t port = (uint16_t)regs->rdx;
    unsigned budget = STRING_BUDGET;

    while (!in->rep || regs->rcx) {
        uint32_t value = 0;
        int rc;

        if (!budget--)
            return true;
        if (in->kind == INSN_INS) {
            value = ports_read(v, port, in->width);
            rc = guest_write((void __guest *)*at, &value, in->width);
        } else {
            rc = guest_read(&value, (const void __guest *)*at, in->width);
            if (!rc)
                ports_write(v, port, in->width, value);
        }
        if (rc) {
            pv_bounce_page_fault(v, regs, *at,
                                 in->kind == INSN_INS ? PFEC_WRITE : 0);
            return true;
        }
        *at += (uint64_t)step;
        if (!in->rep)
            break;
        regs->rcx--;
    }
    regs->rip += in->length;
    return true;
}

static bool is_string(const struct insn *in)
{
    return in->kind == INSN_INS || in->kind == INSN_OUTS;
}

static bool is_port(const struct insn *in)
{
    return in->kind == INSN_IN || in->kind == INSN_OUT || is_string(in);
}

static bool emulate_port(struct vcpu *v, struct cpu_regs *regs,
                         const struct insn *in)
{
    uint16_t port = (uint16_t)(in->dx_port ? regs->rdx : in->imm);

    if (!v->pv.in_kernel && !ports_user_may(v, port, in->width))
        return false;
    if (is_string(in))
        return string_access(v, regs, in);
    port_access(v, regs, in, port);
    regs->rip += in->length;
    pv_single_step(v, regs);
    return true;
}

static bool emulate_int(struct vcpu *v, struct cpu_regs *regs,
                        const struct insn *in)
{
    uint8_t vector = (uint8_t)in->imm;

    if (!pv_may_int(v, vector)) {
        pv_bounce(v, regs, TRAP_GP, vector * 8U + 2);
        return true;
    }
    regs->rip += in->length;
    pv_bounce(v, regs, vector, 0);
    return true;
}

/*
 * Where UMIP makes these fault, both modes get fixed values that tell nothing
 * about the machine: addresses at the top of the canonical space, limit 0.
 */
static bool emulate_umip(struct vcpu *v, struct cpu_regs *regs,
                         const struct insn *in)
{
    uint8_t table[10] = {0};
    uint64_t value = 0;
    uint64_t va = emulate_address(regs, in);
    unsigned bytes = in->width;
    const void *src = &value;

    if (in->kind == INSN_SGDT || in->kind == INSN_SIDT) {
        uint64_t base =
            in->kind == INSN_SGDT ? 0xfffffffffffe0000UL : 0xffffffffffff0000UL;

        for (unsigned i = 0; i < 8; i++)
            table[2 + i] = (uint8_t)(base >> (8 * i));
        src = table;
        bytes = sizeof(table);
    } else if (in->kind == INSN_SMSW) {
        value = emulate_cr0(v);
    }
    if (in->rm_is_mem) {
        if (guest_write((void __guest *)va, src, bytes)) {
            pv_bounce_page_fault(v, regs, va, PFEC_WRITE);
            return true;
        }
    } else {
        set_reg(emulate_reg(regs, in->rm_reg), in->width, value);
    }
    regs->rip += in->length;
    pv_single_step(v, regs);
    return true;
}

static bool emulate_msr(struct vcpu *v, struct cpu_regs *regs,
                        const struct insn *in)
{
    uint64_t value = regs->rdx << 32 | (uint32_t)regs->rax;

    if (in->kind == INSN_WRMSR)
        return policy_wrmsr(v, (uint32_t)regs->rcx, value);
    if (!policy_rdmsr(v, (uint32_t)regs->rcx, &value))
        return false;
    regs->rax = (uint32_t)value;
    regs->rdx = value >> 32;
    return true;
}

/* Instructions of guest-kernel mode that just move on afterwards. */
static bool emulate_kernel(struct vcpu *v, struct cpu_regs *regs,
                           const struct insn *in)
{
    switch (in->kind) {
    case INSN_CPUID: {
        struct cpuid_leaf r =
            policy_cpuid(v, (uint32_t)regs->rax, (uint32_t)regs->rcx);

        regs->rax = r.a;
        regs->rbx = r.b;
        regs->rcx = r.c;
        regs->rdx = r.d;
        return true;
    }
    case INSN_RDMSR:
    case INSN_WRMSR:
        return emulate_msr(v, regs, in);
    case INSN_CLI:
    case INSN_STI:
        /* The guest's interrupt flag is in its vcpu_info. */
        return true;
    case INSN_HLT:
        regs->rip += in->length;
        v->event.info->evtchn_upcall_mask = 0;
        vcpu_block(v);
        regs->rip -= in->length;
        return true;
    case INSN_CLTS:
        v->pv.ts_set = false;
        pv_load_ts(v);
        return true;
    case INSN_WBINVD:
        if (v->domain->mm.has_iomem)
            cpu_wbinvd();
        return true;
    case INSN_MOV_FROM_CR:
        return read_cr(v, in->reg, emulate_reg(regs, in->rm_reg));
    case INSN_MOV_TO_CR:
        return write_cr(v, in->reg, *emulate_reg(regs, in->rm_reg));
    case INSN_MOV_FROM_DR:
        return pv_get_debugreg(v, in->reg, emulate_reg(regs, in->rm_reg));
    case INSN_MOV_TO_DR:
        return !pv_set_debugreg(v, in->reg, *emulate_reg(regs, in->rm_reg));
    case INSN_LMSW:
        if (in->rm_is_mem)
            return false;
        return write_cr(v, 0,
                        (emulate_cr0(v) & ~0xeUL) |
                            (*emulate_reg(regs, in->rm_reg) & 0xe));
    case INSN_XSETBV:
        return set_xcr0(v, regs);
    case INSN_RDTSCP:
        regs->rcx = (uint32_t)v->pv.tsc_aux;
        /* fall through */
    case INSN_RDTSC: {
        /* CR4.TSD is the guest's wish for its user mode only. */
        uint64_t tsc = rdtsc();

        regs->rax = (uint32_t)tsc;
        regs->rdx = tsc >> 32;
        return true;
    }
    default:
        return false;
    }
}

static bool is_umip(const struct insn *in)
{
    return in->kind >= INSN_SGDT && in->kind <= INSN_STR;
}

bool emulate_gp(struct vcpu *v, struct cpu_regs *regs)
{
    uint8_t bytes[INSN_MAX_BYTES];
    unsigned count = emulate_fetch(regs, bytes);
    struct insn in;

    if (!count || !insn_decode(bytes, count, &in))
        return false;
    if (in.kind == INSN_INT)
        return emulate_int(v, regs, &in);
    if (is_port(&in))
        return emulate_port(v, regs, &in);
    if (is_umip(&in))
        return emulate_umip(v, regs, &in);
    if (!v->pv.in_kernel || !emulate_kernel(v, regs, &in))
        return false;
    regs->rip += in.length;
    pv_single_step(v, regs);
    return true;
}
