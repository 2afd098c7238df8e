/* SPDX-License-Identifier: MIT */
/*
 * Descriptor tables and the per-CPU entry area.
 *
 * Invariant: reserved GDT page 14 holds the flat segments, page 15 one slot a
 * CPU, used once for its TSS (LTR keeps a copy) and then for its LDT. All
 * flat segments are marked accessed, so the hardware never writes to them.
 * Invariant: the I/O bitmap is one domain's (dom0's); a CPU's TSS reaches it
 * only while that domain's kernel runs (gdt_allow_ports).
 */
#include "cpu/gdt.h"

#include "cpu/direct.h"
#include "cpu/features.h"
#include "cpu/insn.h"
#include "cpu/msr.h"
#include "cpu/percpu.h"

struct tss {
    uint32_t reserved0;
    uint64_t rsp[3];
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t iobitmap;
} __attribute__((packed));
_Static_assert(sizeof(struct tss) == 104, "SDM vol. 3A 8.7");

struct idt_gate {
    uint16_t offset_low, selector;
    uint8_t ist, type;
    uint16_t offset_mid;
    uint32_t offset_high, reserved;
};
_Static_assert(sizeof(struct idt_gate) == 16, "SDM vol. 3A 6.14.1");

/* Page 1 of the entry area, up to the TSS. */
struct stub_data {
    uint64_t scratch, syscall_target, syscall32_target;
};

#define IOBITMAP_OFFSET (CPU_AREA_IOBITMAP_OFFSET - CPU_AREA_TSS_OFFSET)
#define TSS_LIMIT       (IOBITMAP_OFFSET + 8192)
#define IOBITMAP_NONE   0xffff

static uint64_t gdt_pages[2][512] PAGE_ALIGNED = {
    {
        [1] = 0x00af9b000000ffffUL, /* hypervisor code, 64-bit */
        [2] = 0x00cf93000000ffffUL, /* hypervisor data */
        [4] = 0x00cffb000000ffffUL, /* guest code, 32-bit */
        [5] = 0x00cff3000000ffffUL, /* guest data */
        [6] = 0x00affb000000ffffUL, /* guest code, 64-bit */
    },
};
static struct idt_gate idt[256] PAGE_ALIGNED;
uint8_t gdt_ioport_bitmap[3 * 4096] PAGE_ALIGNED;

extern char entry_vectors[], entry_db[], entry_nmi[], entry_df[], entry_mc[],
    entry_syscall[], entry_syscall32[], entry_sysenter[], stub_page[];
extern char stub_syscall[], stub_syscall32[];

mfn_t gdt_reserved_mfn(unsigned i)
{
    return virt_to_mfn(gdt_pages[i]);
}

static uintptr_t area(unsigned cpu)
{
    return CPU_AREA_BASE + cpu * CPU_AREA_BYTES;
}

static struct tss *tss_of(unsigned cpu)
{
    return (struct tss *)(area(cpu) + CPU_AREA_TSS_OFFSET);
}

static void set_gate(unsigned vector, const char *entry, unsigned ist,
                     unsigned dpl)
{
    uintptr_t va = (uintptr_t)entry;

    idt[vector] = (struct idt_gate){
        .offset_low = (uint16_t)va,
        .selector = SEL_HV_CS,
        .ist = (uint8_t)ist,
        .type = (uint8_t)(0x8e | dpl << 5), /* present interrupt gate */
        .offset_mid = (uint16_t)(va >> 16),
        .offset_high = (uint32_t)(va >> 32),
    };
}

static void set_gates(bool with_ist)
{
    for (unsigned v = 0; v < 256; v++) {
        bool is_open = v == TRAP_BP || v == TRAP_OF || v == 0x80;

        set_gate(v, entry_vectors + v * 16, 0, is_open ? 3 : 0);
    }
    if (with_ist) {
        set_gate(TRAP_DB, entry_db, 1, 0);
        set_gate(TRAP_NMI, entry_nmi, 2, 0);
        set_gate(TRAP_DF, entry_df, 3, 0);
        set_gate(TRAP_MC, entry_mc, 4, 0);
    }
}

void gdt_load_own(void)
{
    struct table_ptr gdt = {0xffff, (uintptr_t)gdt_pages -
                                        GDT_RESERVED_PAGE * PAGE_SIZE};

    cpu_lgdt(&gdt);
}

void gdt_load_guest(uintptr_t window)
{
    struct table_ptr gdt = {0xffff, window};

    cpu_lgdt(&gdt);
}

static void load_own_segments(void)
{
    asm volatile("pushq %0; lea 1f(%%rip), %%rax; pushq %%rax; lretq\n"
                 "1: mov %1, %%ss\n"
                 "xor %%eax, %%eax; mov %%eax, %%ds; mov %%eax, %%es\n"
                 "mov %%eax, %%fs; mov %%eax, %%gs\n"
                 :
                 : "i"(SEL_HV_CS), "r"(SEL_HV_DS)
                 : "rax", "memory");
}

void gdt_init_early(void)
{
    struct table_ptr p = {sizeof(idt) - 1, (uintptr_t)idt};

    gdt_load_own();
    load_own_segments();
    set_gates(false);
    cpu_lidt(&p);
}

mfn_t gdt_prepare_idt(void)
{
    set_gates(true);
    return virt_to_mfn(idt);
}

mfn_t gdt_stub_mfn(void)
{
    return virt_to_mfn(stub_page);
}

void gdt_fill_area(unsigned cpu)
{
    uintptr_t base = area(cpu);
    struct stub_data *data = (struct stub_data *)(base + PAGE_SIZE);
    struct tss *tss = tss_of(cpu);

    data->syscall_target = (uintptr_t)entry_syscall;
    data->syscall32_target = (uintptr_t)entry_syscall32;
    tss->iobitmap = IOBITMAP_NONE;
    for (unsigned i = 0; i < IST_COUNT; i++) {
        uintptr_t end = base + CPU_AREA_IST_OFFSET + (i + 1) * STACK_BYTES;
        struct stack_top *top = (struct stack_top *)end - 1;

        top->cpu = cpu;
        top->ist = 1;
        tss->ist[i] = end - STACK_TOP_BYTES - 8;
    }
}

/* A 16-byte system descriptor: type 9 is an available TSS, 2 an LDT. */
static void set_system_descriptor(unsigned cpu, uintptr_t base, uint32_t limit,
                                  unsigned type)
{
    uint64_t *d = &gdt_pages[1][cpu * 2];

    d[0] = (limit & 0xffff) | (base & 0xffffff) << 16 |
           (uint64_t)(0x80 | type) << 40 | (uint64_t)(limit >> 16) << 48 |
           (base >> 24 & 0xff) << 56;
    d[1] = base >> 32;
}

void gdt_load(unsigned cpu)
{
    struct table_ptr p = {sizeof(idt) - 1, IDT_BASE};

    gdt_load_own();
    load_own_segments();
    cpu_lidt(&p);
    set_system_descriptor(cpu, (uintptr_t)tss_of(cpu), TSS_LIMIT, 9);
    cpu_ltr((uint16_t)SEL_TSS(cpu));
    cpu_lldt(0);
    /* SYSRET's CS is this field plus 16, SYSCALL's SS the lower one plus 8. */
    wrmsr(MSR_STAR, (uint64_t)SEL_GUEST_CS32 << 48 | (uint64_t)SEL_HV_CS << 32);
    wrmsr(MSR_LSTAR, area(cpu) + (uintptr_t)(stub_syscall - stub_page));
    wrmsr(MSR_CSTAR, area(cpu) + (uintptr_t)(stub_syscall32 - stub_page));
    wrmsr(MSR_FMASK, FLAG_TF | FLAG_IF | FLAG_DF | FLAG_IOPL | FLAG_NT |
                         FLAG_RF | FLAG_VM | FLAG_AC | FLAG_ID);
    if (cpu_features.sysenter) {
        wrmsr(MSR_SYSENTER_CS, SEL_HV_CS);
        wrmsr(MSR_SYSENTER_EIP, (uintptr_t)entry_sysenter);
    }
}

void gdt_set_stack(unsigned cpu, uintptr_t rsp0, struct vcpu *v)
{
    tss_of(cpu)->rsp[0] = rsp0;
    if (cpu_features.sysenter)
        wrmsr(MSR_SYSENTER_ESP, rsp0);
    for (unsigned i = 0; i < IST_COUNT; i++) {
        struct stack_top *top =
            (struct stack_top *)(area(cpu) + CPU_AREA_IST_OFFSET +
                                 (i + 1) * STACK_BYTES) -
            1;

        top->ist_rsp0 = rsp0;
        top->vcpu = v;
    }
}

void gdt_load_ldt(unsigned cpu, uintptr_t base, unsigned entries)
{
    if (!entries) {
        cpu_lldt(0);
        return;
    }
    set_system_descriptor(cpu, base, entries * 8 - 1, 2);
    cpu_lldt((uint16_t)SEL_TSS(cpu));
}

void gdt_allow_ports(unsigned cpu, bool allow)
{
    tss_of(cpu)->iobitmap = allow ? IOBITMAP_OFFSET : IOBITMAP_NONE;
}
