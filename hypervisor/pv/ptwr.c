/* SPDX-License-Identifier: MIT */
/*
 * Plain writes to page tables, made into checked updates.
 *
 * The instruction is decoded, its old entry read once, the new entry computed
 * and exchanged only if the old one is still there: so LOCK prefixes hold
 * their promise, and without one the result is one that some order of the
 * vCPUs could have given.
 */
#include "pv/ptwr.h"

#include "cpu/msr.h"
#include "lib/errno.h"
#include "mm/guest_pt.h"
#include "pv/emulate.h"
#include "pv/pv.h"

/* Attempts before the guest simply executes the instruction again. */
#define RETRIES 8

struct access {
    struct cpu_regs *regs;
    const struct insn *in;
    unsigned shift; /* bits into the entry at which the operand lies */
    uint64_t mask;  /* of the operand's width */
};

static uint64_t operand(const struct access *a)
{
    uint64_t v;

    if (a->in->source == SOURCE_IMM)
        return a->in->imm & a->mask;
    v = *emulate_reg(a->regs, a->in->reg);
    if (a->in->reg_high_byte)
        v >>= 8;
    return v & a->mask;
}

/* The operand's new value; false: the instruction writes nothing. */
static bool compute(const struct access *a, uint64_t old, uint64_t *result)
{
    uint64_t src = operand(a);
    unsigned bits = a->in->width * 8U;
    uint64_t bit = 1UL << (src & (bits - 1));

    switch (a->in->kind) {
    case INSN_MOV_TO_MEM:
    case INSN_XCHG:
        *result = src;
        break;
    case INSN_STOS:
        *result = a->regs->rax;
        break;
    case INSN_CMPXCHG:
        *result = ((old ^ a->regs->rax) & a->mask) ? old : src;
        break;
    case INSN_XADD:
    case INSN_ADD:
        *result = old + src;
        break;
    case INSN_SUB:
        *result = old - src;
        break;
    case INSN_AND:
        *result = old & src;
        break;
    case INSN_OR:
        *result = old | src;
        break;
    case INSN_XOR:
        *result = old ^ src;
        break;
    case INSN_BTS:
        *result = old | bit;
        break;
    case INSN_BTR:
        *result = old & ~bit;
        break;
    case INSN_BTC:
        *result = old ^ bit;
        break;
    default:
        return false;
    }
    *result &= a->mask;
    return true;
}

#define FLAGS_TOP  0x8c1UL /* CF ZF SF OF: of the whole operand */
#define FLAGS_BYTE 0x014UL /* PF AF: of its lowest byte */

/* EFLAGS of `x op y`, executed on 64 bits. */
#define NATIVE_FLAGS(insn, x, y)           \
    ({                                     \
        uint64_t x_ = (x), f_;             \
        asm(insn " %2, %0; pushfq; pop %1" \
            : "+r"(x_), "=&r"(f_)          \
            : "r"(y)                       \
            : "cc");                       \
        f_;                                \
    })

/* Of a narrower operand: it lies `up` bits below the top of 64. */
#define WIDTH_FLAGS(insn, x, y, up)                               \
    ((NATIVE_FLAGS(insn, (x) << (up), (y) << (up)) & FLAGS_TOP) | \
     (NATIVE_FLAGS(insn, x, y) & FLAGS_BYTE))

static void set_flags(const struct access *a, uint64_t old, uint64_t result)
{
    unsigned up = 64 - a->in->width * 8U;
    uint64_t src = operand(a), flags, changed = FLAGS_TOP | FLAGS_BYTE;

    switch (a->in->kind) {
    case INSN_CMPXCHG:
        flags = WIDTH_FLAGS("sub", a->regs->rax, old, up);
        break;
    case INSN_ADD:
    case INSN_XADD:
        flags = WIDTH_FLAGS("add", old, src, up);
        break;
    case INSN_SUB:
        flags = WIDTH_FLAGS("sub", old, src, up);
        break;
    case INSN_AND:
    case INSN_OR:
    case INSN_XOR:
        flags = WIDTH_FLAGS("or", result, result, up);
        break;
    case INSN_BTS:
    case INSN_BTR:
    case INSN_BTC:
        changed = FLAG_CF;
        flags = old >> (src & (a->in->width * 8U - 1)) & 1;
        break;
    default:
        return;
    }
    a->regs->rflags = (a->regs->rflags & ~changed) | (flags & changed);
}

static void set_reg_part(const struct access *a, uint64_t *reg, uint64_t value)
{
    if (a->in->width == 4)
        *reg = (uint32_t)value;
    else if (a->in->reg_high_byte)
        *reg = (*reg & ~0xff00UL) | (value & 0xff) << 8;
    else
        *reg = (*reg & ~a->mask) | (value & a->mask);
}

static void retire(const struct access *a, uint64_t old, uint64_t result)
{
    struct cpu_regs *regs = a->regs;

    set_flags(a, old, result);
    switch (a->in->kind) {
    case INSN_XCHG:
    case INSN_XADD:
        set_reg_part(a, emulate_reg(regs, a->in->reg), old);
        break;
    case INSN_CMPXCHG:
        if ((old ^ regs->rax) & a->mask)
            regs->rax = a->in->width == 4 ? (uint32_t)old
                                          : (regs->rax & ~a->mask) | old;
        break;
    case INSN_STOS:
        regs->rdi +=
            regs->rflags & FLAG_DF ? -(uint64_t)a->in->width : a->in->width;
        if (a->in->rep && --regs->rcx)
            return;
        break;
    default:
        break;
    }
    regs->rip += a->in->length;
}

/* Bit instructions with a register operand reach beyond the operand. */
static uint64_t target_address(struct cpu_regs *regs, const struct insn *in)
{
    uint64_t va;
    bool is_bit =
        in->kind == INSN_BTS || in->kind == INSN_BTR || in->kind == INSN_BTC;

    if (in->kind == INSN_STOS)
        return regs->rdi;
    va = emulate_address(regs, in);
    if (is_bit && in->source == SOURCE_REG) {
        int64_t n = (int64_t)*emulate_reg(regs, in->reg);

        if (in->width == 4)
            n = (int32_t)n;
        else if (in->width == 2)
            n = (int16_t)n;
        va += (uint64_t)(n >> (in->width == 8   ? 6
                               : in->width == 4 ? 5
                                                : 4)) *
              in->width;
    }
    return va;
}

bool ptwr_emulate(struct vcpu *v, struct cpu_regs *regs, uint64_t va)
{
    uint8_t bytes[INSN_MAX_BYTES];
    unsigned count = emulate_fetch(regs, bytes);
    struct access a;
    struct insn in;

    if (!count || !insn_decode(bytes, count, &in) || in.kind < INSN_MOV_TO_MEM)
        return false;
    if (in.kind == INSN_STOS && in.rep && !regs->rcx)
        return false;
    if (target_address(regs, &in) != va ||
        (va & 7) + in.width > sizeof(uint64_t))
        return false;
    a = (struct access){
        .regs = regs,
        .in = &in,
        .shift = (unsigned)(va & 7) * 8,
        .mask = in.width == 8 ? ~0UL : (1UL << (in.width * 8U)) - 1,
    };
    for (unsigned i = 0; i < RETRIES; i++) {
        uint64_t entry, old, result, wanted;
        int rc;

        if (!guest_pt_read_entry(&v->mm, va & ~7UL, &entry))
            return false;
        old = entry >> a.shift & a.mask;
        if (!compute(&a, old, &result))
            return false;
        wanted = (entry & ~(a.mask << a.shift)) | result << a.shift;
        rc = guest_pt_write_entry(&v->mm, va & ~7UL, entry, wanted);
        if (!rc) {
            retire(&a, old, result);
            pv_single_step(v, regs);
            return true;
        }
        if (rc != -EAGAIN)
            return false;
    }
    /* Others keep changing it: let the guest try again. */
    return true;
}
