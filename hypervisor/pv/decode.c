/* SPDX-License-Identifier: MIT */
/*
 * Decoder for the closed list of emulated instructions, 64-bit mode (SDM vol.
 * 2, chapter 2 and appendix A).
 */
#include "pv/decode.h"

/* Those that exist: CR0, CR2, CR3, CR4 and CR8. */
#define CONTROL_REGISTERS 0x11dU

struct cursor {
    const uint8_t *bytes;
    unsigned count, at;
    bool overrun;
    bool opsize16, has_rex;
    uint8_t rex, modrm;
};

static uint8_t next(struct cursor *c)
{
    if (c->at >= c->count || c->at >= INSN_MAX_BYTES) {
        c->overrun = true;
        return 0;
    }
    return c->bytes[c->at++];
}

static int64_t next_signed(struct cursor *c, unsigned bytes)
{
    uint64_t v = 0;

    for (unsigned i = 0; i < bytes; i++)
        v |= (uint64_t)next(c) << (8 * i);
    return (int64_t)(v << (64 - 8 * bytes)) >> (64 - 8 * bytes);
}

/* Take a legacy prefix; false: it is none. */
static bool take_prefix(struct cursor *c, struct insn *in, uint8_t b)
{
    switch (b) {
    case 0x66:
        c->opsize16 = true;
        return true;
    case 0x67:
        in->address32 = true;
        return true;
    case 0xf0:
        in->lock = true;
        return true;
    case 0xf2:
    case 0xf3:
        in->rep = true;
        return true;
    case 0x64:
        in->segment = 4;
        return true;
    case 0x65:
        in->segment = 5;
        return true;
    case 0x26:
    case 0x2e:
    case 0x36:
    case 0x3e:
        return true;
    default:
        return false;
    }
}

static void read_prefixes(struct cursor *c, struct insn *in)
{
    for (;;) {
        uint8_t b = next(c);
        bool is_rex = (b & 0xf0) == 0x40;

        if (c->overrun)
            return;
        if (!is_rex && !take_prefix(c, in, b)) {
            c->at--;
            return;
        }
        /* Only a REX right before the opcode counts. */
        c->has_rex = is_rex;
        c->rex = is_rex ? b : 0;
    }
}

static void set_width(const struct cursor *c, struct insn *in, bool is_byte)
{
    if (is_byte)
        in->width = 1;
    else if (c->rex & 8)
        in->width = 8;
    else
        in->width = c->opsize16 ? 2 : 4;
}

static void read_memory(struct cursor *c, struct insn *in, uint8_t mod,
                        uint8_t rm)
{
    in->rm_is_mem = true;
    in->base = in->index = -1;
    in->scale = 1;
    if (rm == 4) {
        uint8_t sib = next(c);
        uint8_t index = (sib >> 3 & 7) | (c->rex & 2) << 2;

        in->base = (int8_t)((sib & 7) | (c->rex & 1) << 3);
        if (index != 4)
            in->index = (int8_t)index;
        in->scale = (uint8_t)(1 << (sib >> 6));
        if ((sib & 7) == 5 && mod == 0) {
            in->base = -1;
            in->displacement = next_signed(c, 4);
        }
    } else if (rm == 5 && mod == 0) {
        in->rip_relative = true;
        in->displacement = next_signed(c, 4);
    } else {
        in->base = (int8_t)(rm | (c->rex & 1) << 3);
    }
    if (mod == 1)
        in->displacement = next_signed(c, 1);
    else if (mod == 2)
        in->displacement = next_signed(c, 4);
}

static void read_modrm(struct cursor *c, struct insn *in)
{
    uint8_t b = next(c), mod = b >> 6, rm = b & 7;

    c->modrm = b;
    in->reg = (b >> 3 & 7) | (c->rex & 4) << 1;
    if (mod == 3)
        in->rm_reg = rm | (c->rex & 1) << 3;
    else
        read_memory(c, in, mod, rm);
}

static void use_reg_source(const struct cursor *c, struct insn *in)
{
    in->source = SOURCE_REG;
    if (in->width == 1 && !c->has_rex && in->reg >= 4) {
        in->reg -= 4;
        in->reg_high_byte = true;
    }
}

/* reg -> memory forms: the target must be memory. */
static void to_memory(struct cursor *c, struct insn *in, enum insn_kind kind,
                      bool is_byte)
{
    set_width(c, in, is_byte);
    read_modrm(c, in);
    if (in->rm_is_mem)
        in->kind = kind;
    use_reg_source(c, in);
}

static void immediate(struct cursor *c, struct insn *in, unsigned bytes)
{
    in->source = SOURCE_IMM;
    in->imm = (uint64_t)next_signed(c, bytes);
}

/* Opcodes 80, 81, 83: the operation is in ModRM reg. */
static void group1(struct cursor *c, struct insn *in, uint8_t op)
{
    static const enum insn_kind kinds[8] = {
        INSN_ADD, INSN_OR,  INSN_UNKNOWN, INSN_UNKNOWN,
        INSN_AND, INSN_SUB, INSN_XOR,     INSN_UNKNOWN};

    set_width(c, in, op == 0x80);
    read_modrm(c, in);
    immediate(c, in, op == 0x81 ? MIN(in->width, 4) : 1);
    if (in->rm_is_mem)
        in->kind = kinds[in->reg & 7];
}

static void group7(struct cursor *c, struct insn *in)
{
    read_modrm(c, in);
    if (!in->rm_is_mem) {
        set_width(c, in, false);
        if (c->modrm == 0xd1 && !c->opsize16 && !in->rep) {
            in->kind = INSN_XSETBV;
        } else if (c->modrm == 0xf9) {
            in->kind = INSN_RDTSCP;
        } else if ((in->reg & 7) == 4) {
            in->kind = INSN_SMSW;
        } else if ((in->reg & 7) == 6) {
            in->kind = INSN_LMSW;
            in->width = 2;
        }
        return;
    }
    switch (in->reg & 7) {
    case 0:
        in->kind = INSN_SGDT;
        break;
    case 1:
        in->kind = INSN_SIDT;
        break;
    case 4:
        in->kind = INSN_SMSW;
        in->width = 2;
        break;
    case 6:
        in->kind = INSN_LMSW;
        in->width = 2;
        break;
    default:
        break;
    }
}

/* 0F BA: bit operations with an immediate bit number. */
static void group8(struct cursor *c, struct insn *in)
{
    static const enum insn_kind kinds[8] = {
        INSN_UNKNOWN, INSN_UNKNOWN, INSN_UNKNOWN, INSN_UNKNOWN,
        INSN_UNKNOWN, INSN_BTS,     INSN_BTR,     INSN_BTC};

    set_width(c, in, false);
    read_modrm(c, in);
    in->source = SOURCE_IMM;
    in->imm = next(c);
    if (in->rm_is_mem)
        in->kind = kinds[in->reg & 7];
}

static void group6(struct cursor *c, struct insn *in)
{
    set_width(c, in, false);
    read_modrm(c, in);
    if (in->rm_is_mem)
        in->width = 2;
    if ((in->reg & 7) == 0)
        in->kind = INSN_SLDT;
    else if ((in->reg & 7) == 1)
        in->kind = INSN_STR;
}

/* The processor ignores ModRM's mod here: the operand is a register. */
static void control_move(struct cursor *c, struct insn *in, uint8_t op)
{
    uint8_t b = next(c);
    bool is_debug = op & 1, is_write = op & 2;

    in->reg = (b >> 3 & 7) | (c->rex & 4) << 1;
    in->rm_reg = (b & 7) | (c->rex & 1) << 3;
    in->width = 8;
    if (is_debug && in->reg < 8)
        in->kind = is_write ? INSN_MOV_TO_DR : INSN_MOV_FROM_DR;
    else if (!is_debug && (1U << in->reg & CONTROL_REGISTERS))
        in->kind = is_write ? INSN_MOV_TO_CR : INSN_MOV_FROM_CR;
}

static void two_byte(struct cursor *c, struct insn *in)
{
    uint8_t op = next(c);

    switch (op) {
    case 0x00:
        group6(c, in);
        break;
    case 0x01:
        group7(c, in);
        break;
    case 0x06:
        in->kind = INSN_CLTS;
        break;
    case 0x08:
    case 0x09:
        in->kind = INSN_WBINVD;
        break;
    case 0x20 ... 0x23:
        control_move(c, in, op);
        break;
    case 0x30:
        in->kind = INSN_WRMSR;
        break;
    case 0x31:
        in->kind = INSN_RDTSC;
        break;
    case 0x32:
        in->kind = INSN_RDMSR;
        break;
    case 0xa2:
        in->kind = INSN_CPUID;
        break;
    case 0xab:
        to_memory(c, in, INSN_BTS, false);
        break;
    case 0xb3:
        to_memory(c, in, INSN_BTR, false);
        break;
    case 0xbb:
        to_memory(c, in, INSN_BTC, false);
        break;
    case 0xba:
        group8(c, in);
        break;
    case 0xb0:
    case 0xb1:
        to_memory(c, in, INSN_CMPXCHG, op == 0xb0);
        break;
    case 0xc0:
    case 0xc1:
        to_memory(c, in, INSN_XADD, op == 0xc0);
        break;
    case 0xc3: /* MOVNTI */
        if (!c->opsize16 && !in->rep)
            to_memory(c, in, INSN_MOV_TO_MEM, false);
        break;
    default:
        break;
    }
}

/* Ports have at most 4 bytes: REX.W only cancels the 16-bit prefix. */
static void set_port_width(const struct cursor *c, struct insn *in, uint8_t op)
{
    set_width(c, in, !(op & 1));
    in->width = MIN(in->width, 4);
}

static void port_io(struct cursor *c, struct insn *in, uint8_t op)
{
    set_port_width(c, in, op);
    if (op >= 0xec) {
        in->dx_port = true;
    } else {
        in->imm = next(c);
    }
    in->kind = op & 2 ? INSN_OUT : INSN_IN;
}

static void one_byte(struct cursor *c, struct insn *in, uint8_t op)
{
    switch (op) {
    case 0x00:
    case 0x01:
        to_memory(c, in, INSN_ADD, op == 0x00);
        break;
    case 0x08:
    case 0x09:
        to_memory(c, in, INSN_OR, op == 0x08);
        break;
    case 0x20:
    case 0x21:
        to_memory(c, in, INSN_AND, op == 0x20);
        break;
    case 0x28:
    case 0x29:
        to_memory(c, in, INSN_SUB, op == 0x28);
        break;
    case 0x30:
    case 0x31:
        to_memory(c, in, INSN_XOR, op == 0x30);
        break;
    case 0x6c:
    case 0x6d:
    case 0x6e:
    case 0x6f:
        set_port_width(c, in, op);
        in->dx_port = true;
        in->kind = op < 0x6e ? INSN_INS : INSN_OUTS;
        break;
    case 0x80:
    case 0x81:
    case 0x83:
        group1(c, in, op);
        break;
    case 0x86:
    case 0x87:
        to_memory(c, in, INSN_XCHG, op == 0x86);
        break;
    case 0x88:
    case 0x89:
        to_memory(c, in, INSN_MOV_TO_MEM, op == 0x88);
        break;
    case 0xaa:
    case 0xab:
        set_width(c, in, op == 0xaa);
        in->kind = INSN_STOS;
        break;
    case 0xc6:
    case 0xc7:
        set_width(c, in, op == 0xc6);
        read_modrm(c, in);
        immediate(c, in, MIN(in->width, 4));
        if (in->rm_is_mem && !(in->reg & 7))
            in->kind = INSN_MOV_TO_MEM;
        break;
    case 0xcc:
        in->kind = INSN_INT;
        in->imm = 3;
        break;
    case 0xcd:
        in->kind = INSN_INT;
        in->imm = next(c);
        break;
    case 0xe4 ... 0xe7:
    case 0xec ... 0xef:
        port_io(c, in, op);
        break;
    case 0xf4:
        in->kind = INSN_HLT;
        break;
    case 0xfa:
        in->kind = INSN_CLI;
        break;
    case 0xfb:
        in->kind = INSN_STI;
        break;
    default:
        break;
    }
}

/* LOCK with anything else is an invalid opcode. */
static bool may_lock(const struct insn *in)
{
    return in->kind >= INSN_XCHG && in->kind <= INSN_BTC;
}

/*
 * Strings are emulated at RDI and RSI as they are, so not with 32-bit
 * addresses, nor OUTS from another segment.
 */
static bool is_odd_string(const struct insn *in)
{
    return ((in->kind == INSN_INS || in->kind == INSN_OUTS ||
             in->kind == INSN_STOS) &&
            in->address32) ||
           (in->kind == INSN_OUTS && in->segment);
}

bool insn_decode(const uint8_t *bytes, unsigned count, struct insn *out)
{
    struct cursor c = {.bytes = bytes, .count = count};
    uint8_t op;

    *out = (struct insn){
        .kind = INSN_UNKNOWN, .base = -1, .index = -1, .scale = 1};
    read_prefixes(&c, out);
    op = next(&c);
    if (op == 0x0f)
        two_byte(&c, out);
    else
        one_byte(&c, out, op);
    if (c.overrun || out->kind == INSN_UNKNOWN)
        return false;
    if ((out->lock && !may_lock(out)) || is_odd_string(out))
        return false;
    out->length = (uint8_t)c.at;
    return true;
}
