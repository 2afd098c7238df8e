/* SPDX-License-Identifier: MIT */
/*
 * Zydis as a judge of the hypervisor's decoder.
 *
 * Listed forms that are left out on purpose, and so refused here: string
 * instructions with an address-size prefix, OUTS with an FS or GS prefix, and
 * MOV to an absolute 64-bit address (opcodes A2, A3).
 */
#include "pv/oracle.h"

#include <Zydis/Zydis.h>
#include <stdio.h>
#include <string.h>

struct op {
    ZydisDecodedInstruction insn;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
};

/* Instructions without operands that matter. */
static const struct {
    ZydisMnemonic mnemonic;
    enum insn_kind kind;
} plain[] = {
    {ZYDIS_MNEMONIC_CPUID, INSN_CPUID}, {ZYDIS_MNEMONIC_RDMSR, INSN_RDMSR},
    {ZYDIS_MNEMONIC_WRMSR, INSN_WRMSR}, {ZYDIS_MNEMONIC_CLI, INSN_CLI},
    {ZYDIS_MNEMONIC_STI, INSN_STI},     {ZYDIS_MNEMONIC_HLT, INSN_HLT},
    {ZYDIS_MNEMONIC_CLTS, INSN_CLTS},   {ZYDIS_MNEMONIC_WBINVD, INSN_WBINVD},
    {ZYDIS_MNEMONIC_INVD, INSN_WBINVD}, {ZYDIS_MNEMONIC_XSETBV, INSN_XSETBV},
    {ZYDIS_MNEMONIC_RDTSC, INSN_RDTSC}, {ZYDIS_MNEMONIC_RDTSCP, INSN_RDTSCP},
};

/* Instructions on a memory or register operand, its table or its width. */
static const struct {
    ZydisMnemonic mnemonic;
    enum insn_kind kind;
} systems[] = {
    {ZYDIS_MNEMONIC_SGDT, INSN_SGDT}, {ZYDIS_MNEMONIC_SIDT, INSN_SIDT},
    {ZYDIS_MNEMONIC_SLDT, INSN_SLDT}, {ZYDIS_MNEMONIC_STR, INSN_STR},
    {ZYDIS_MNEMONIC_SMSW, INSN_SMSW}, {ZYDIS_MNEMONIC_LMSW, INSN_LMSW},
};

static const struct {
    ZydisMnemonic mnemonic;
    enum insn_kind kind;
    uint8_t width;
} strings[] = {
    {ZYDIS_MNEMONIC_INSB, INSN_INS, 1},   {ZYDIS_MNEMONIC_INSW, INSN_INS, 2},
    {ZYDIS_MNEMONIC_INSD, INSN_INS, 4},   {ZYDIS_MNEMONIC_OUTSB, INSN_OUTS, 1},
    {ZYDIS_MNEMONIC_OUTSW, INSN_OUTS, 2}, {ZYDIS_MNEMONIC_OUTSD, INSN_OUTS, 4},
    {ZYDIS_MNEMONIC_STOSB, INSN_STOS, 1}, {ZYDIS_MNEMONIC_STOSW, INSN_STOS, 2},
    {ZYDIS_MNEMONIC_STOSD, INSN_STOS, 4}, {ZYDIS_MNEMONIC_STOSQ, INSN_STOS, 8},
};

static const struct {
    ZydisMnemonic mnemonic;
    enum insn_kind kind;
} writes[] = {
    {ZYDIS_MNEMONIC_MOV, INSN_MOV_TO_MEM},
    {ZYDIS_MNEMONIC_MOVNTI, INSN_MOV_TO_MEM},
    {ZYDIS_MNEMONIC_XCHG, INSN_XCHG},
    {ZYDIS_MNEMONIC_CMPXCHG, INSN_CMPXCHG},
    {ZYDIS_MNEMONIC_XADD, INSN_XADD},
    {ZYDIS_MNEMONIC_AND, INSN_AND},
    {ZYDIS_MNEMONIC_OR, INSN_OR},
    {ZYDIS_MNEMONIC_XOR, INSN_XOR},
    {ZYDIS_MNEMONIC_ADD, INSN_ADD},
    {ZYDIS_MNEMONIC_SUB, INSN_SUB},
    {ZYDIS_MNEMONIC_BTS, INSN_BTS},
    {ZYDIS_MNEMONIC_BTR, INSN_BTR},
    {ZYDIS_MNEMONIC_BTC, INSN_BTC},
};

static bool decode(const uint8_t *bytes, unsigned count, struct op *o)
{
    static ZydisDecoder decoder;
    static bool is_ready;

    if (!is_ready)
        ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64,
                         ZYDIS_STACK_WIDTH_64);
    is_ready = true;
    return ZYAN_SUCCESS(
        ZydisDecoderDecodeFull(&decoder, bytes, count, &o->insn, o->operands));
}

const char *oracle_text(const uint8_t *bytes, unsigned count)
{
    static char text[128];
    ZydisFormatter formatter;
    struct op o;

    if (!decode(bytes, count, &o))
        return "(no instruction)";
    ZydisFormatterInit(&formatter, ZYDIS_FORMATTER_STYLE_INTEL);
    ZydisFormatterFormatInstruction(&formatter, &o.insn, o.operands,
                                    o.insn.operand_count_visible, text,
                                    sizeof(text), 0, NULL);
    return text;
}

/* Number of a general register of 32 or 64 bits; -1: none. */
static int8_t address_register(ZydisRegister r)
{
    if (r == ZYDIS_REGISTER_NONE || r == ZYDIS_REGISTER_RIP ||
        r == ZYDIS_REGISTER_EIP)
        return -1;
    return (int8_t)ZydisRegisterGetId(r);
}

static bool is_general(ZydisRegister r)
{
    return r >= ZYDIS_REGISTER_AL && r <= ZYDIS_REGISTER_R15;
}

/* 0-15, and whether it is AH, CH, DH or BH. */
static uint8_t general_register(ZydisRegister r, bool *is_high)
{
    *is_high = r >= ZYDIS_REGISTER_AH && r <= ZYDIS_REGISTER_BH;
    if (*is_high)
        return (uint8_t)(r - ZYDIS_REGISTER_AH);
    if (r >= ZYDIS_REGISTER_SPL && r <= ZYDIS_REGISTER_R15B)
        return (uint8_t)(r - ZYDIS_REGISTER_SPL + 4);
    return (uint8_t)ZydisRegisterGetId(r);
}

static void take_memory(const struct op *o, const ZydisDecodedOperand *m,
                        struct insn *out)
{
    out->rm_is_mem = true;
    out->base = address_register(m->mem.base);
    out->index = address_register(m->mem.index);
    if (m->mem.scale)
        out->scale = m->mem.scale;
    out->rip_relative =
        m->mem.base == ZYDIS_REGISTER_RIP || m->mem.base == ZYDIS_REGISTER_EIP;
    out->displacement = m->mem.disp.value;
    /*
     * Zydis 4.0.0 errs for 32-bit addresses without a base when REX.B is set
     * and gives r13d; binutils and the processor (test_ptwr) don't.
     */
    if (o->insn.raw.modrm.mod == 0 && o->insn.raw.modrm.rm == 4 &&
        o->insn.raw.sib.base == 5) {
        out->base = -1;
        out->displacement = o->insn.raw.disp.value;
    }
    out->address32 = o->insn.address_width == 32;
    out->segment = m->mem.segment == ZYDIS_REGISTER_FS   ? 4
                   : m->mem.segment == ZYDIS_REGISTER_GS ? 5
                                                         : 0;
}

static void take_source(const ZydisDecodedOperand *s, struct insn *out)
{
    if (s->type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
        out->source = SOURCE_IMM;
        out->imm = s->imm.value.u;
    } else {
        out->source = SOURCE_REG;
        out->reg = general_register(s->reg.value, &out->reg_high_byte);
    }
}

static bool is_string(enum insn_kind kind)
{
    return kind == INSN_INS || kind == INSN_OUTS || kind == INSN_STOS;
}

static bool from_string(const struct op *o, struct insn *out)
{
    bool moves_segment = o->insn.attributes & (ZYDIS_ATTRIB_HAS_SEGMENT_FS |
                                               ZYDIS_ATTRIB_HAS_SEGMENT_GS);

    for (unsigned i = 0; i < ARRAY_COUNT(strings); i++) {
        if (strings[i].mnemonic != o->insn.mnemonic)
            continue;
        out->kind = strings[i].kind;
        out->width = strings[i].width;
        out->dx_port = out->kind != INSN_STOS;
        for (unsigned p = 0; p < o->insn.raw.prefix_count; p++)
            out->rep |= o->insn.raw.prefixes[p].value == 0xf2 ||
                        o->insn.raw.prefixes[p].value == 0xf3;
        return o->insn.address_width == 64 &&
               !(out->kind == INSN_OUTS && moves_segment);
    }
    return false;
}

static bool from_port(const struct op *o, struct insn *out)
{
    bool is_in = o->insn.mnemonic == ZYDIS_MNEMONIC_IN;
    const ZydisDecodedOperand *port = &o->operands[is_in];

    if (!is_in && o->insn.mnemonic != ZYDIS_MNEMONIC_OUT)
        return false;
    out->kind = is_in ? INSN_IN : INSN_OUT;
    out->width = (uint8_t)(o->operands[!is_in].size / 8);
    out->dx_port = port->type == ZYDIS_OPERAND_TYPE_REGISTER;
    if (!out->dx_port)
        out->imm = port->imm.value.u;
    return true;
}

/* MOV to and from control and debug registers. */
static bool from_special_move(const struct op *o, struct insn *out)
{
    if (o->insn.mnemonic != ZYDIS_MNEMONIC_MOV ||
        o->operands[0].type != ZYDIS_OPERAND_TYPE_REGISTER ||
        o->operands[1].type != ZYDIS_OPERAND_TYPE_REGISTER)
        return false;
    for (unsigned i = 0; i < 2; i++) {
        ZydisRegister special = o->operands[i].reg.value;
        ZydisRegisterClass class = ZydisRegisterGetClass(special);
        bool high;

        if (class == ZYDIS_REGCLASS_CONTROL)
            out->kind = i ? INSN_MOV_FROM_CR : INSN_MOV_TO_CR;
        else if (class == ZYDIS_REGCLASS_DEBUG)
            out->kind = i ? INSN_MOV_FROM_DR : INSN_MOV_TO_DR;
        else
            continue;
        out->reg = (uint8_t)ZydisRegisterGetId(special);
        out->rm_reg = general_register(o->operands[!i].reg.value, &high);
        out->width = 8;
        return true;
    }
    return false;
}

static bool from_write(const struct op *o, struct insn *out)
{
    /* XCHG has the operands in either order. */
    unsigned at = o->operands[0].type != ZYDIS_OPERAND_TYPE_MEMORY &&
                  o->insn.mnemonic == ZYDIS_MNEMONIC_XCHG;
    const ZydisDecodedOperand *m = &o->operands[at], *s = &o->operands[!at];

    if (o->insn.operand_count < 2 || m->type != ZYDIS_OPERAND_TYPE_MEMORY)
        return false;
    if (s->type != ZYDIS_OPERAND_TYPE_IMMEDIATE && !is_general(s->reg.value))
        return false;
    if (o->insn.opcode_map == ZYDIS_OPCODE_MAP_DEFAULT &&
        (o->insn.opcode & 0xfe) == 0xa2)
        return false;
    for (unsigned i = 0; i < ARRAY_COUNT(writes); i++) {
        if (writes[i].mnemonic != o->insn.mnemonic)
            continue;
        out->kind = writes[i].kind;
        out->width = (uint8_t)(m->size / 8);
        take_memory(o, m, out);
        take_source(s, out);
        return true;
    }
    return false;
}

static bool from_system(const struct op *o, struct insn *out)
{
    const ZydisDecodedOperand *m = &o->operands[0];
    bool high;

    for (unsigned i = 0; i < ARRAY_COUNT(systems); i++) {
        if (systems[i].mnemonic != o->insn.mnemonic)
            continue;
        out->kind = systems[i].kind;
        out->width = (uint8_t)(m->size / 8);
        if (m->type == ZYDIS_OPERAND_TYPE_MEMORY)
            take_memory(o, m, out);
        else
            out->rm_reg = general_register(m->reg.value, &high);
        return true;
    }
    return false;
}

static bool from_plain(const struct op *o, struct insn *out)
{
    for (unsigned i = 0; i < ARRAY_COUNT(plain); i++) {
        if (plain[i].mnemonic != o->insn.mnemonic)
            continue;
        out->kind = plain[i].kind;
        return true;
    }
    if (o->insn.mnemonic != ZYDIS_MNEMONIC_INT &&
        o->insn.mnemonic != ZYDIS_MNEMONIC_INT3)
        return false;
    out->kind = INSN_INT;
    out->imm = o->insn.mnemonic == ZYDIS_MNEMONIC_INT3
                   ? 3
                   : o->operands[0].imm.value.u;
    return true;
}

bool oracle_decode(const uint8_t *bytes, unsigned count, struct insn *out)
{
    struct op o;

    *out = (struct insn){.base = -1, .index = -1, .scale = 1};
    if (!decode(bytes, count, &o))
        return false;
    out->length = o.insn.length;
    out->lock = o.insn.attributes & ZYDIS_ATTRIB_HAS_LOCK;
    return from_plain(&o, out) || from_string(&o, out) || from_port(&o, out) ||
           from_special_move(&o, out) || from_system(&o, out) ||
           from_write(&o, out);
}

const char *oracle_compare(const struct insn *a, const struct insn *b)
{
    bool is_table = a->kind == INSN_SGDT || a->kind == INSN_SIDT;
    bool has_width = a->kind >= INSN_MOV_TO_MEM ||
                     (a->kind >= INSN_IN && a->kind <= INSN_OUTS) ||
                     (a->kind >= INSN_MOV_FROM_CR && a->kind <= INSN_LMSW) ||
                     (a->kind >= INSN_SLDT && a->kind <= INSN_STR);
    bool has_reg = a->source == SOURCE_REG ||
                   (a->kind >= INSN_MOV_FROM_CR && a->kind <= INSN_MOV_TO_DR);
    bool has_imm = a->source == SOURCE_IMM || a->kind == INSN_INT ||
                   ((a->kind == INSN_IN || a->kind == INSN_OUT) && !a->dx_port);
    bool has_rm = has_width && !is_table && a->source == SOURCE_NONE &&
                  !is_string(a->kind) && a->kind >= INSN_MOV_FROM_CR;
    uint64_t mask = a->kind == INSN_INT || a->width == 0 || a->width == 8
                        ? ~0UL
                        : (1UL << 8 * a->width) - 1;

    if (a->kind != b->kind)
        return "kind";
    if (a->length != b->length)
        return "length";
    if (a->lock != b->lock)
        return "lock";
    if (has_width && a->width != b->width)
        return "width";
    if (is_string(a->kind) && a->rep != b->rep)
        return "rep";
    if (a->dx_port != b->dx_port)
        return "dx_port";
    if (a->source != b->source)
        return "source";
    if (has_reg && (a->reg != b->reg || a->reg_high_byte != b->reg_high_byte))
        return "reg";
    if (has_imm && ((a->imm ^ b->imm) & mask))
        return "imm";
    if (a->rm_is_mem != b->rm_is_mem)
        return "rm_is_mem";
    if (has_rm && !a->rm_is_mem && a->rm_reg != b->rm_reg)
        return "rm_reg";
    if (!a->rm_is_mem)
        return NULL;
    if (a->base != b->base || a->rip_relative != b->rip_relative)
        return "base";
    if (a->index != b->index)
        return "index";
    if (a->index >= 0 && a->scale != b->scale)
        return "scale";
    if (a->displacement != b->displacement)
        return "displacement";
    if (a->address32 != b->address32)
        return "address32";
    return a->segment != b->segment ? "segment" : NULL;
}
