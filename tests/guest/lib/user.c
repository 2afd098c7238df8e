/* SPDX-License-Identifier: MIT */
/*
 * User mode. See user.h.
 *
 * The user root has one chain of tables, in the slots of the image; each
 * L1 entry for a .user page is a copy of the kernel's with the user bit.
 */
#include "user.h"

#include "event.h"
#include "hypercall.h"
#include "mem.h"
#include "print.h"
#include "test.h"

extern char user_text_start[], user_text_end[];
extern char user_data_start[], user_data_end[];
extern ulong_t resume_flags;
void trap_resume(struct regs *r) NORETURN;

USER_DATA static char user_stack[8192] ALIGNED(4096) = {1};
static pte_t *root;
static uint64_t root_mfn;

uint64_t user_root_mfn(void)
{
    return root_mfn;
}

static void map_range(pte_t *l1, const char *from, const char *to,
                      uint64_t flags)
{
    for (; from < to; from += PAGE_SIZE)
        l1[pt_index(from, 1)] = mem_mfn(from) * PAGE_SIZE | flags;
}

/* All of .user.* lies under one L1 table: the image is small. */
static long user_build(void)
{
    pte_t *table[4];

    if (pt_index(user_text_start, 2) != pt_index(user_stack, 2))
        test_abort("image crosses 2 MiB between the .user sections");
    for (unsigned i = 0; i < 4; i++)
        table[i] = page_alloc();
    map_range(table[0], user_text_start, user_text_end, PTE_KERN_RO);
    map_range(table[0], user_data_start, user_data_end, PTE_KERN);
    for (unsigned l = 2; l <= 4; l++)
        table[l - 1][pt_index(user_text_start, l)] =
            mem_mfn(table[l - 2]) * PAGE_SIZE | PTE_TABLE;
    for (unsigned i = 0; i < 4; i++) {
        long rc = page_ro(table[i]);

        if (rc < 0)
            return rc;
    }
    root = table[3];
    long rc = pt_mmuext(MMUEXT_PIN_L4_TABLE, mem_mfn(root));

    if (rc < 0)
        return rc;
    root_mfn = mem_mfn(root);
    return 0;
}

long user_init(void)
{
    if (!root_mfn) {
        long rc = user_build();

        if (rc < 0)
            return rc;
    }
    return pt_mmuext(MMUEXT_NEW_USER_BASEPTR, root_mfn);
}

struct regs user_regs(const void *code)
{
    struct regs r;

    memset(&r, 0, sizeof(r));
    r.rip = (ulong_t)code;
    r.cs = FLAT_USER_CS;
    r.rflags = 0x202;
    r.rsp = (ulong_t)user_stack + sizeof(user_stack) - 64;
    r.ss = FLAT_USER_SS;
    return r;
}

struct fault user_run(const struct regs *in)
{
    struct cpu *c = trap_cpu();
    struct regs r = *in;

    c->fault.vector = TRAP_NONE;
    if (jump_set(&c->user_jump) == 0) {
        c->user_armed = true;
        /* IF clear in rflags keeps upcalls masked, where it is obeyed. */
        trap_resume(&r);
    }
    c->user_armed = false;
    event_mask();
    return c->fault;
}

struct fault user_try(const void *code)
{
    struct regs r;
    long rc = user_init();

    if (rc < 0)
        test_abort("user_init failed");
    r = user_regs(code);
    return user_run(&r);
}
