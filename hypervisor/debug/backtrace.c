/* SPDX-License-Identifier: MIT */
/*
 * Prints registers, and the chain of calls by frame pointers.
 *
 * Invariant: reads only from the stack slot that the stack pointer lies in,
 * upwards from it, and only if that is a slot of ours: whatever the registers
 * hold, this does not fault.
 */
#include "debug/backtrace.h"

#include "cpu/insn.h"
#include "cpu/msr.h"
#include "debug/log.h"
#include "debug/symbols.h"
#include "lib/boot_info.h"

#define FRAMES_MAX  32
#define STACK_WORDS 16

/* What the compiler keeps at a frame pointer. */
struct frame {
    uint64_t caller_rbp;
    uint64_t return_rip;
};

static bool is_ours(const struct cpu_regs *regs)
{
    return !(regs->cs & 3);
}

void debug_dump_regs(const struct cpu_regs *regs)
{
    char where[SYMBOLS_TEXT_BYTES];

    symbols_format(where, regs->rip);
    log_always("CPU %u  vector %#x  error %#x  %s", cpu_id(), regs->vector,
               regs->error_code, is_ours(regs) ? "hypervisor" : "guest");
    log_always("rip %04x:%016lx  %s", (unsigned)(regs->cs & 0xffff), regs->rip,
               is_ours(regs) ? where : "");
    log_always("rsp %04x:%016lx  rflags %016lx", (unsigned)(regs->ss & 0xffff),
               regs->rsp, regs->rflags);
    log_always("rax %016lx  rbx %016lx  rcx %016lx", regs->rax, regs->rbx,
               regs->rcx);
    log_always("rdx %016lx  rsi %016lx  rdi %016lx", regs->rdx, regs->rsi,
               regs->rdi);
    log_always("rbp %016lx  r8  %016lx  r9  %016lx", regs->rbp, regs->r8,
               regs->r9);
    log_always("r10 %016lx  r11 %016lx  r12 %016lx", regs->r10, regs->r11,
               regs->r12);
    log_always("r13 %016lx  r14 %016lx  r15 %016lx", regs->r13, regs->r14,
               regs->r15);
    log_always("cr0 %016lx  cr2 %016lx  cr3 %016lx", read_cr0(), read_cr2(),
               read_cr3());
    log_always("cr4 %016lx  fsb %016lx  gsb %016lx", read_cr4(),
               rdmsr(MSR_FS_BASE), rdmsr(MSR_GS_BASE));
    log_always("ds %04x  es %04x  fs %04x  gs %04x", read_ds(), read_es(),
               read_fs(), read_gs());
}

/*
 * The lowest address from `sp` on that may be read as a stack, up to the end of
 * its slot; 0: this is no stack of a vCPU, a CPU or the boot.
 */
static uintptr_t readable_from(uintptr_t sp)
{
    bool is_image = sp >= (uintptr_t)image_start && sp < (uintptr_t)image_end;

    sp = ROUND_UP(sp, sizeof(uint64_t));
    if (is_image)
        return sp;
    if (sp < ENTRY_BASE || sp >= IMAGE_BASE)
        return 0;
    /* The slot's lowest page is the guard, where an overflow ends. */
    return MAX(sp, ROUND_DOWN(sp, STACK_BYTES) + PAGE_SIZE);
}

static uintptr_t slot_end(uintptr_t sp)
{
    return (sp | (STACK_BYTES - 1)) + 1;
}

static void print_stack(uintptr_t sp)
{
    const uint64_t *words = (const uint64_t *)sp;
    size_t count = (slot_end(sp) - sp) / sizeof(*words);

    count = MIN(count, STACK_WORDS);
    log_always("stack at %016lx:", (uint64_t)sp);
    for (size_t i = 0; i + 4 <= count; i += 4)
        log_always("  %016lx %016lx %016lx %016lx", words[i], words[i + 1],
                   words[i + 2], words[i + 3]);
}

static void print_call(uintptr_t rip)
{
    char where[SYMBOLS_TEXT_BYTES];

    symbols_format(where, rip);
    log_always("  %016lx  %s", (uint64_t)rip, where);
}

static void print_chain(uintptr_t sp, uintptr_t rbp)
{
    for (unsigned i = 0; i < FRAMES_MAX; i++) {
        const struct frame *frame = (const struct frame *)rbp;

        if (rbp < sp || rbp % sizeof(uint64_t) ||
            rbp > slot_end(sp) - sizeof(*frame))
            return;
        /* A return address is behind the call: name the call itself. */
        if (!frame->return_rip)
            return;
        print_call(frame->return_rip - 1);
        /* Callers lie higher up, so the walk ends. */
        sp = rbp + sizeof(*frame);
        if (sp % STACK_BYTES == 0)
            return;
        rbp = frame->caller_rbp;
    }
}

void debug_backtrace(const struct cpu_regs *regs)
{
    uintptr_t sp, rbp;

    if (regs && !is_ours(regs))
        return;
    sp = regs ? regs->rsp : (uintptr_t)__builtin_frame_address(0);
    rbp = regs ? regs->rbp : sp;
    log_always("calls:");
    if (regs)
        print_call(regs->rip);
    sp = readable_from(sp);
    if (!sp)
        return;
    print_chain(sp, rbp);
    if (regs)
        print_stack(sp);
}
