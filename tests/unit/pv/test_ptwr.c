/* SPDX-License-Identifier: MIT */
/*
 * pv/ptwr.c against the processor: every instruction that it emulates, in
 * random forms with random values, changes memory, registers and flags as the
 * same bytes do when they are executed here on ordinary memory. Then its
 * limits: other addresses, entries that change under it, refused entries.
 *
 * guest_pt and guest memory are fakes: a page of this program. The operand's
 * address, too, is computed by the hypervisor's own code (pv/emulate.c, whose
 * privileged rest is not called).
 * SEED in the environment chooses other random values.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "cpu/msr.h"
#include "lib/errno.h"
#include "mm/guest_access.h"
#include "mm/guest_pt.h"
#include "pv/emulate.h"
#include "pv/native.h"
#include "pv/ptwr.h"
#include "pv/pv.h"

#define TRIES      400000
#define PAGE_WORDS (PAGE_SIZE / sizeof(uint64_t))

/* Below 4 GiB and together, so that all addressing forms reach the page. */
static uint8_t *code;
static uint64_t *page;

static uint64_t rng;
/* What the fake guest_pt does. */
static unsigned changes_under, reads, writes;
static unsigned steps_done; /* instructions and iterations finished */
static int write_error;
static struct vcpu vcpu;

static uint64_t next_random(void)
{
    rng ^= rng << 13;
    rng ^= rng >> 7;
    rng ^= rng << 17;
    return rng;
}

/* Numbers near the edges of every width, and any. */
static uint64_t next_value(void)
{
    static const uint64_t edges[] = {
        0,          1,          0x0f,        0x10,          0x7f,
        0x80,       0xff,       0x7fff,      0x8000,        0xffff,
        0x7fffffff, 0x80000000, 0xffffffffU, INT64_MAX,     1UL << 63,
        ~0UL,       0xaa55,     0x12345678,  ~0x7fffffffUL, ~0x7fUL};
    uint64_t r = next_random();

    return r & 0x300 ? next_random() : edges[r % ARRAY_COUNT(edges)];
}

static bool is_in_page(uint64_t va)
{
    return va >= (uint64_t)page && va < (uint64_t)page + PAGE_SIZE;
}

bool guest_pt_read_entry(const struct vcpu_mm *vm, uint64_t va, uint64_t *entry)
{
    assert_ptr_equal(vm, &vcpu.mm);
    assert_int_equal(va % sizeof(uint64_t), 0);
    reads++;
    if (!is_in_page(va))
        return false;
    *entry = *(const uint64_t *)va;
    return true;
}

int guest_pt_write_entry(struct vcpu_mm *vm, uint64_t va, uint64_t old,
                         uint64_t new)
{
    uint64_t *at = (uint64_t *)va;

    assert_ptr_equal(vm, &vcpu.mm);
    assert_true(is_in_page(va));
    if (changes_under) {
        changes_under--;
        *at += 0x0101010101010101UL;
    }
    if (*at != old)
        return -EAGAIN;
    if (write_error)
        return write_error;
    *at = new;
    writes++;
    return 0;
}

void pv_single_step(struct vcpu *v, struct cpu_regs *regs)
{
    assert_ptr_equal(v, &vcpu);
    assert_true(regs->rip != (uint64_t)code || regs->rcx);
    steps_done++;
}

int guest_read(void *dst, const void __guest *src, size_t bytes)
{
    uint64_t at = (uint64_t)src, first = (uint64_t)code;

    if (at < first || at + bytes > first + PAGE_SIZE)
        return -EFAULT;
    memcpy(dst, (const void *)at, bytes);
    return 0;
}

/* ---- Instructions ---- */

struct form {
    const char *name;
    uint8_t opcode[2];
    uint8_t opcode_bytes;
    uint8_t group; /* ModRM reg of an opcode group, or any */
    uint8_t imm;   /* bytes of immediate; 4: 2 with a 66 prefix */
    bool is_byte;
    bool may_lock;
    uint64_t undefined; /* flags */
};

#define ANY   8
#define LOGIC NATIVE_AF
#define BITS  (NATIVE_OF | NATIVE_SF | NATIVE_AF | NATIVE_PF)

static const struct form forms[] = {
    {"add r8", {0x00}, 1, ANY, 0, true, true, 0},
    {"add r", {0x01}, 1, ANY, 0, false, true, 0},
    {"or r8", {0x08}, 1, ANY, 0, true, true, LOGIC},
    {"or r", {0x09}, 1, ANY, 0, false, true, LOGIC},
    {"and r8", {0x20}, 1, ANY, 0, true, true, LOGIC},
    {"and r", {0x21}, 1, ANY, 0, false, true, LOGIC},
    {"sub r8", {0x28}, 1, ANY, 0, true, true, 0},
    {"sub r", {0x29}, 1, ANY, 0, false, true, 0},
    {"xor r8", {0x30}, 1, ANY, 0, true, true, LOGIC},
    {"xor r", {0x31}, 1, ANY, 0, false, true, LOGIC},
    {"add i8", {0x80}, 1, 0, 1, true, true, 0},
    {"or i8", {0x80}, 1, 1, 1, true, true, LOGIC},
    {"and i8", {0x80}, 1, 4, 1, true, true, LOGIC},
    {"sub i8", {0x80}, 1, 5, 1, true, true, 0},
    {"xor i8", {0x80}, 1, 6, 1, true, true, LOGIC},
    {"add i", {0x81}, 1, 0, 4, false, true, 0},
    {"or i", {0x81}, 1, 1, 4, false, true, LOGIC},
    {"and i", {0x81}, 1, 4, 4, false, true, LOGIC},
    {"sub i", {0x81}, 1, 5, 4, false, true, 0},
    {"xor i", {0x81}, 1, 6, 4, false, true, LOGIC},
    {"add si8", {0x83}, 1, 0, 1, false, true, 0},
    {"or si8", {0x83}, 1, 1, 1, false, true, LOGIC},
    {"and si8", {0x83}, 1, 4, 1, false, true, LOGIC},
    {"sub si8", {0x83}, 1, 5, 1, false, true, 0},
    {"xor si8", {0x83}, 1, 6, 1, false, true, LOGIC},
    {"xchg r8", {0x86}, 1, ANY, 0, true, true, 0},
    {"xchg r", {0x87}, 1, ANY, 0, false, true, 0},
    {"mov r8", {0x88}, 1, ANY, 0, true, false, 0},
    {"mov r", {0x89}, 1, ANY, 0, false, false, 0},
    {"mov i8", {0xc6}, 1, 0, 1, true, false, 0},
    {"mov i", {0xc7}, 1, 0, 4, false, false, 0},
    {"movnti", {0x0f, 0xc3}, 2, ANY, 0, false, false, 0},
    {"cmpxchg r8", {0x0f, 0xb0}, 2, ANY, 0, true, true, 0},
    {"cmpxchg r", {0x0f, 0xb1}, 2, ANY, 0, false, true, 0},
    {"xadd r8", {0x0f, 0xc0}, 2, ANY, 0, true, true, 0},
    {"xadd r", {0x0f, 0xc1}, 2, ANY, 0, false, true, 0},
    {"bts r", {0x0f, 0xab}, 2, ANY, 0, false, true, BITS},
    {"btr r", {0x0f, 0xb3}, 2, ANY, 0, false, true, BITS},
    {"btc r", {0x0f, 0xbb}, 2, ANY, 0, false, true, BITS},
    {"bts i8", {0x0f, 0xba}, 2, 5, 1, false, true, BITS},
    {"btr i8", {0x0f, 0xba}, 2, 6, 1, false, true, BITS},
    {"btc i8", {0x0f, 0xba}, 2, 7, 1, false, true, BITS},
};

struct trial {
    const struct form *form;
    uint8_t bytes[INSN_MAX_BYTES];
    struct insn insn;
    struct native_state before;
    uint64_t va; /* of the operand */
};

/* Put random bytes of the form together; they are decoded afterwards. */
static void assemble(struct trial *t)
{
    const struct form *f = t->form;
    uint64_t r = next_random(), filling[2] = {next_random(), next_random()};
    uint8_t *p = t->bytes, *end = p + sizeof(t->bytes);

    if (f->may_lock && r & 1)
        *p++ = 0xf0;
    if ((r & 6) == 6 && f->opcode[1] != 0xc3)
        *p++ = 0x66;
    if ((r & 0x38) == 0x38)
        *p++ = 0x67;
    if (r & 0x40)
        *p++ = 0x40 | (r >> 8 & 15);
    memcpy(p, f->opcode, f->opcode_bytes);
    p += f->opcode_bytes;
    memcpy(p, filling, MIN((size_t)(end - p), sizeof(filling)));
    if (*p >= 0xc0)
        *p -= 0x40;
    if (f->group != ANY)
        *p = (uint8_t)((*p & 0xc7) | f->group << 3);
}

/* How far a bit instruction's register reaches from its address. */
static int64_t bit_offset(const struct trial *t)
{
    const struct insn *in = &t->insn;
    uint64_t n = t->before.r[in->reg];

    if (in->source != SOURCE_REG || in->kind < INSN_BTS || in->kind > INSN_BTC)
        return 0;
    if (in->width == 2)
        return ((int16_t)n >> 4) * 2L;
    if (in->width == 4)
        return ((int32_t)n >> 5) * 4L;
    return ((int64_t)n >> 6) * 8;
}

/* Set a displacement at the end of what is before the immediate. */
static void set_displacement(struct trial *t, int64_t value)
{
    unsigned imm = t->form->imm == 4 ? MIN(t->insn.width, 4) : t->form->imm;
    int32_t v = (int32_t)value;

    memcpy(t->bytes + t->insn.length - imm - 4, &v, 4);
}

/*
 * Choose registers so that the operand is at t->va. False: this form's
 * registers can't say that.
 */
static bool aim(struct trial *t)
{
    struct insn *in = &t->insn;
    int64_t offset = bit_offset(t);
    uint64_t want = t->va - (uint64_t)offset;

    if (in->base == 4 ||
        (in->source == SOURCE_REG && in->reg == 4 && !in->reg_high_byte))
        return false; /* RSP is the test's own */
    if (in->base < 0) {
        if (in->index >= 0)
            want -= t->before.r[in->index] * in->scale;
        if (in->rip_relative)
            want -= (uint64_t)code + in->length;
        /* 32-bit addresses wrap, others must be within reach. */
        if (!in->address32 && (int64_t)want != (int32_t)want)
            return false;
        set_displacement(t, (int64_t)want);
        return insn_decode(t->bytes, sizeof(t->bytes), in);
    }
    if (in->base == in->index)
        return false;
    want -= (uint64_t)in->displacement;
    if (in->index >= 0)
        want -= t->before.r[in->index] * in->scale;
    if (in->address32)
        want = (uint32_t)want | next_random() << 32;
    t->before.r[in->base] = want;
    /* It may have been the bit's number, which then is another one now. */
    return bit_offset(t) == offset;
}

static bool prepare(struct trial *t)
{
    t->form = &forms[next_random() % ARRAY_COUNT(forms)];
    assemble(t);
    if (!insn_decode(t->bytes, sizeof(t->bytes), &t->insn))
        fail_msg("%s is not decoded", t->form->name);
    for (unsigned i = 0; i < 16; i++)
        t->before.r[i] = next_value();
    t->before.flags = next_random() & (NATIVE_ARITH | NATIVE_DF);
    for (unsigned i = 0; i < PAGE_WORDS; i++)
        page[i] = 0;
    t->va = (uint64_t)(page + PAGE_WORDS / 2) +
            (next_random() & (uint64_t)(8 - t->insn.width));
    if (t->insn.kind >= INSN_BTS && t->insn.source == SOURCE_REG) {
        /* Its reach is in the page; what is beyond its width is noise. */
        t->before.r[t->insn.reg] = (uint64_t)(next_random() % 4096) - 2048;
        /* An operand wider than an address wraps elsewhere. */
        if (t->insn.address32)
            return false;
    }
    if (!aim(t))
        return false;
    memset(page, 0x5a, PAGE_SIZE);
    for (unsigned i = 0; i < 8; i += t->insn.width) {
        uint64_t v = next_value();

        memcpy((uint8_t *)(t->va & ~7UL) + i, &v, t->insn.width);
    }
    /* Half of all comparisons succeed. */
    if (t->insn.kind == INSN_CMPXCHG && next_random() & 1 &&
        t->insn.base != 0 && t->insn.index != 0)
        memcpy((void *)t->va, &t->before.r[0], t->insn.width);
    return true;
}

static void set_regs(struct cpu_regs *regs, const struct native_state *s)
{
    memset(regs, 0, sizeof(*regs));
    for (unsigned i = 0; i < 16; i++)
        *emulate_reg(regs, i) = s->r[i];
    regs->rflags = s->flags | FLAG_FIXED | FLAG_IF | FLAG_IOPL;
    regs->rip = (uint64_t)code;
}

static void describe(const struct trial *t, const char *what)
{
    print_message("%s:", t->form->name);
    for (unsigned i = 0; i < t->insn.length; i++)
        print_message(" %02x", t->bytes[i]);
    fail_msg("%s differs", what);
}

/* Execute and emulate it: the same memory, registers and flags. */
static void compare(const struct trial *t)
{
    static uint64_t initial[PAGE_WORDS], executed[PAGE_WORDS];
    struct native_state after = t->before;
    uint64_t defined = (NATIVE_ARITH | NATIVE_DF) & ~t->form->undefined;
    struct cpu_regs regs;

    memcpy(initial, page, PAGE_SIZE);
    native_run(&after, code, t->bytes, t->insn.length);
    memcpy(executed, page, PAGE_SIZE);
    memcpy(page, initial, PAGE_SIZE);
    memcpy(code, t->bytes, sizeof(t->bytes));
    set_regs(&regs, &t->before);
    steps_done = 0;
    if (!ptwr_emulate(&vcpu, &regs, t->va))
        describe(t, "emulated or not");
    if (memcmp(page, executed, PAGE_SIZE))
        describe(t, "memory");
    for (unsigned i = 0; i < 16; i++)
        if (*emulate_reg(&regs, i) != after.r[i])
            describe(t, "a register");
    if ((regs.rflags ^ after.flags) & defined) {
        print_message("flags %#lx, the processor's %#lx\n",
                      regs.rflags & defined, after.flags & defined);
        describe(t, "a flag");
    }
    if (regs.rflags & ~(NATIVE_ARITH | NATIVE_DF) &
        ~(FLAG_FIXED | FLAG_IF | FLAG_IOPL))
        describe(t, "another flag");
    assert_int_equal(regs.rip, (uint64_t)code + t->insn.length);
    assert_int_equal(steps_done, 1);
}

static void test_same_as_processor(void **unused)
{
    unsigned long done[ARRAY_COUNT(forms)][4] = {{0}};
    unsigned long compared = 0;

    (void)unused;
    for (unsigned i = 0; i < TRIES; i++) {
        struct trial t;

        if (!prepare(&t))
            continue;
        compare(&t);
        compared++;
        done[t.form - forms][__builtin_ctz(t.insn.width)]++;
    }
    for (unsigned i = 0; i < ARRAY_COUNT(forms); i++)
        for (unsigned w = forms[i].is_byte ? 0 : 1; w < 4; w++) {
            bool exists = forms[i].is_byte             ? w == 0
                          : forms[i].opcode[1] == 0xc3 ? w > 1
                                                       : true;

            if (exists && done[i][w] < 100)
                fail_msg("%s, width %u: only %lu times", forms[i].name, 1U << w,
                         done[i][w]);
        }
    print_message("%lu instructions compared\n", compared);
}

/* STOS with and without a count, forward and backward. */
static void test_stos(void **unused)
{
    static const struct {
        uint8_t bytes[4], count, width;
    } stos[] = {
        {{0xaa}, 1, 1},
        {{0x66, 0xab}, 2, 2},
        {{0xab}, 1, 4},
        {{0x48, 0xab}, 2, 8},
        {{0xf3, 0xaa}, 2, 1},
        {{0xf3, 0x66, 0xab}, 3, 2},
        {{0xf3, 0xab}, 2, 4},
        {{0xf3, 0x48, 0xab}, 3, 8},
        {{0xf2, 0x48, 0xab}, 3, 8},
    };

    (void)unused;
    for (unsigned i = 0; i < ARRAY_COUNT(stos) * 16; i++) {
        static uint64_t executed[PAGE_WORDS];
        struct native_state s = {.flags = 0};
        uint64_t start = (uint64_t)(page + PAGE_WORDS / 2);
        unsigned k = i / 16, steps = 0;
        bool is_rep = stos[k].bytes[0] >= 0xf2;
        struct native_state before;
        struct cpu_regs regs;

        s.r[0] = next_value();
        s.r[1] = is_rep ? 1 + i % 8 : next_value();
        s.r[7] = start;
        s.flags = i & 8 ? NATIVE_DF : 0;
        before = s;
        memset(page, 0x5a, PAGE_SIZE);
        native_run(&s, code, stos[k].bytes, stos[k].count);
        memcpy(executed, page, PAGE_SIZE);
        memset(page, 0x5a, PAGE_SIZE);
        set_regs(&regs, &before);
        memset(code, 0x90, INSN_MAX_BYTES);
        memcpy(code, stos[k].bytes, stos[k].count);
        steps_done = 0;
        while (regs.rip == (uint64_t)code) {
            assert_true(ptwr_emulate(&vcpu, &regs, regs.rdi));
            assert_true(++steps <= 8);
        }
        assert_int_equal(steps, is_rep ? 1 + i % 8 : 1);
        assert_int_equal(steps_done, steps);
        assert_int_equal(regs.rip, (uint64_t)code + stos[k].count);
        assert_memory_equal(page, executed, PAGE_SIZE);
        assert_int_equal(regs.rdi, s.r[7]);
        assert_int_equal(regs.rcx, s.r[1]);
        assert_int_equal(regs.rax, s.r[0]);
    }
}

/* ---- Limits ---- */

static const uint8_t mov_rdi_rax[] = {0x48, 0x89, 0x07};

static void set_code(const uint8_t *bytes, unsigned count,
                     struct cpu_regs *regs)
{
    struct native_state s = {.flags = 0};

    memset(code, 0xcc, PAGE_SIZE);
    memcpy(code, bytes, count);
    memset(page, 0, PAGE_SIZE);
    s.r[0] = 0x1122334455667788;
    s.r[7] = (uint64_t)page;
    s.flags = NATIVE_ARITH;
    set_regs(regs, &s);
    reads = writes = steps_done = 0;
}

/* Not done: nothing read of the table is written, no register changes. */
static void refused(struct cpu_regs *regs, uint64_t va)
{
    struct cpu_regs before = *regs;

    assert_false(ptwr_emulate(&vcpu, regs, va));
    assert_memory_equal(regs, &before, sizeof(before));
    assert_int_equal(writes, 0);
    assert_int_equal(steps_done, 0);
}

static void test_rsp_as_source(void **unused)
{
    static const uint8_t mov_rdi_rsp[] = {0x48, 0x89, 0x27};
    struct cpu_regs regs;

    (void)unused;
    set_code(mov_rdi_rsp, sizeof(mov_rdi_rsp), &regs);
    regs.rsp = 0xfeedfacecafe;
    assert_true(ptwr_emulate(&vcpu, &regs, regs.rdi));
    assert_int_equal(page[0], 0xfeedfacecafe);
}

static void test_other_address(void **unused)
{
    struct cpu_regs regs;

    (void)unused;
    set_code(mov_rdi_rax, sizeof(mov_rdi_rax), &regs);
    refused(&regs, regs.rdi + 8);
    refused(&regs, (uint64_t)page + PAGE_SIZE);
    assert_int_equal(reads, 0);
}

static void test_across_entries(void **unused)
{
    struct cpu_regs regs;

    (void)unused;
    for (unsigned i = 1; i < 8; i++) {
        set_code(mov_rdi_rax, sizeof(mov_rdi_rax), &regs);
        regs.rdi += i;
        refused(&regs, regs.rdi);
        assert_int_equal(reads, 0);
    }
}

static void test_not_a_table(void **unused)
{
    struct cpu_regs regs;

    (void)unused;
    set_code(mov_rdi_rax, sizeof(mov_rdi_rax), &regs);
    regs.rdi += PAGE_SIZE;
    refused(&regs, regs.rdi);
    assert_int_equal(reads, 1);
}

static void test_refused_entry(void **unused)
{
    struct cpu_regs regs;

    (void)unused;
    set_code(mov_rdi_rax, sizeof(mov_rdi_rax), &regs);
    write_error = -EPERM;
    refused(&regs, regs.rdi);
    write_error = -EINVAL;
    refused(&regs, regs.rdi);
    write_error = 0;
    assert_int_equal(page[0], 0);
}

static void test_no_code(void **unused)
{
    struct cpu_regs regs;

    (void)unused;
    set_code(mov_rdi_rax, sizeof(mov_rdi_rax), &regs);
    regs.rip = (uint64_t)code + PAGE_SIZE;
    refused(&regs, regs.rdi);
    /* The last bytes of a page, with nothing behind it. */
    set_code(mov_rdi_rax, sizeof(mov_rdi_rax), &regs);
    regs.rip = (uint64_t)code + PAGE_SIZE - 3;
    memcpy(code + PAGE_SIZE - 3, mov_rdi_rax, 3);
    assert_true(ptwr_emulate(&vcpu, &regs, regs.rdi));
    assert_int_equal(page[0], 0x1122334455667788);
    /* It goes on behind the page. */
    set_code(mov_rdi_rax, sizeof(mov_rdi_rax), &regs);
    regs.rip = (uint64_t)code + PAGE_SIZE - 2;
    memcpy(code + PAGE_SIZE - 2, mov_rdi_rax, 2);
    refused(&regs, regs.rdi);
}

static void test_other_instructions(void **unused)
{
    static const uint8_t others[][3] = {
        {0x0f, 0xa2},       /* cpuid: emulated elsewhere */
        {0x48, 0x8b, 0x07}, /* mov rax, [rdi] */
        {0x48, 0x39, 0x07}, /* cmp [rdi], rax */
        {0xf3, 0x48, 0xab}, /* rep stos without a count */
        {0xcc, 0xcc, 0xcc},
    };
    struct cpu_regs regs;

    (void)unused;
    for (unsigned i = 0; i < ARRAY_COUNT(others); i++) {
        set_code(others[i], sizeof(others[i]), &regs);
        refused(&regs, regs.rdi);
        assert_int_equal(reads, 0);
    }
}

/* Another CPU changes the entry between reading and writing it. */
static void test_changes_under(void **unused)
{
    static const uint8_t lock_add[] = {0xf0, 0x48, 0x83, 0x07, 0x01};
    struct cpu_regs regs, before;

    (void)unused;
    set_code(lock_add, sizeof(lock_add), &regs);
    changes_under = 3;
    assert_true(ptwr_emulate(&vcpu, &regs, regs.rdi));
    assert_int_equal(page[0], 3 * 0x0101010101010101UL + 1);
    assert_int_equal(regs.rip, (uint64_t)code + sizeof(lock_add));
    assert_int_equal(writes, 1);

    /* Without end: the guest executes it again, and nothing has changed. */
    set_code(lock_add, sizeof(lock_add), &regs);
    before = regs;
    changes_under = 1000;
    assert_true(ptwr_emulate(&vcpu, &regs, regs.rdi));
    assert_true(changes_under > 900);
    changes_under = 0;
    assert_memory_equal(&regs, &before, sizeof(regs));
    assert_int_equal(writes, 0);
}

/* ---- Regressions ---- */

/*
 * Mistake: flags were computed on values shifted to the top of 64 bits, which
 * leaves no bits below for the half carry. Effect: AF was always clear after
 * ADD, SUB, XADD and CMPXCHG of less than 8 bytes. Check: 0x0f + 1 sets it.
 */
static void test_half_carry(void **unused)
{
    static const uint8_t add1[] = {0x80, 0x07, 0x01};
    static const uint8_t add2[] = {0x66, 0x83, 0x07, 0x01};
    static const uint8_t add4[] = {0x83, 0x07, 0x01};
    static const uint8_t add8[] = {0x48, 0x83, 0x07, 0x01};
    static const struct {
        const uint8_t *bytes;
        unsigned count;
    } adds[] = {{add1, 3}, {add2, 4}, {add4, 3}, {add8, 4}};

    (void)unused;
    for (unsigned i = 0; i < ARRAY_COUNT(adds); i++) {
        struct cpu_regs regs;

        set_code(adds[i].bytes, adds[i].count, &regs);
        page[0] = 0x0f;
        assert_true(ptwr_emulate(&vcpu, &regs, regs.rdi));
        assert_int_equal(page[0], 0x10);
        assert_int_equal(regs.rflags & NATIVE_ARITH, NATIVE_AF);
    }
}

/*
 * Mistake: the parity of the new memory operand was taken where CMPXCHG has
 * that of the difference RAX - operand. Effect: a wrong PF after CMPXCHG of
 * less than 8 bytes. Check: equal values differ by 0, whose parity is even,
 * whatever is stored.
 */
static void test_compare_parity(void **unused)
{
    static const uint8_t cmpxchg[] = {0x0f, 0xb1, 0x0f}; /* [rdi], ecx */
    struct cpu_regs regs;

    (void)unused;
    set_code(cmpxchg, sizeof(cmpxchg), &regs);
    page[0] = 7;
    regs.rax = 7;
    regs.rcx = 1;
    regs.rflags = FLAG_FIXED;
    assert_true(ptwr_emulate(&vcpu, &regs, regs.rdi));
    assert_int_equal(page[0], 1);
    assert_int_equal(regs.rflags & NATIVE_ARITH, NATIVE_PF | NATIVE_ZF);
}

static int set_up(void **unused)
{
    const char *seed = getenv("SEED");
    uint8_t *p = mmap(NULL, 4 * PAGE_SIZE, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

    (void)unused;
    rng = (seed ? strtoull(seed, NULL, 0) : 0x5eed) * 2 + 1;
    if (p == MAP_FAILED)
        return -1;
    code = p;
    page = (uint64_t *)(p + 2 * PAGE_SIZE);
    return mprotect(code, PAGE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC) ||
           mprotect(page, PAGE_SIZE, PROT_READ | PROT_WRITE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_as_processor),
        cmocka_unit_test(test_stos),
        cmocka_unit_test(test_rsp_as_source),
        cmocka_unit_test(test_other_address),
        cmocka_unit_test(test_across_entries),
        cmocka_unit_test(test_not_a_table),
        cmocka_unit_test(test_refused_entry),
        cmocka_unit_test(test_no_code),
        cmocka_unit_test(test_other_instructions),
        cmocka_unit_test(test_changes_under),
        cmocka_unit_test(test_half_carry),
        cmocka_unit_test(test_compare_parity),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
