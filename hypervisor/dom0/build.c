/* SPDX-License-Identifier: MIT */
/*
 * Building the first domain from the boot loader's modules.
 *
 * Its page tables are written raw, and then go through the same checks as any
 * guest's; a failure there is our bug.
 */
#include "dom0/build.h"

#include "abi/xen.h"
#include "cpu/gdt.h"
#include "cpu/percpu.h"
#include "debug/log.h"
#include "dom0/elf.h"
#include "dom0/layout.h"
#include "dom0/memory.h"
#include "dom0/tables.h"
#include "domain/vcpu.h"
#include "lib/assert.h"
#include "lib/boot_info.h"
#include "lib/format.h"
#include "lib/params.h"
#include "lib/string.h"
#include "mm/boot.h"
#include "mm/guest_pt.h"
#include "mm/heap.h"
#include "mm/m2p.h"
#include "mm/map.h"
#include "platform/acpi.h"
#include "platform/mmio.h"
#include "platform/screen.h"
#include "pv/policy.h"
#include "pv/pv.h"
#include "pv/root.h"
#include "sched/sched.h"

#define PAGE_MB_SHIFT (20 - PAGE_SHIFT)

struct build {
    struct elf_kernel kernel;
    struct dom0_layout layout;
    struct dom0_memory memory;
    const struct boot_module *kernel_module, *initrd_module; /* 2nd: or NULL */
    uint64_t initrd_bytes;
    uint64_t wanted; /* frames for dom0 */
    struct domain *d;
};

static const void *module_bytes(const struct boot_module *m)
{
    return paddr_to_virt(PADDR(m->start));
}

static void read_modules(struct build *b)
{
    const char *error;

    b->kernel_module = &boot_info.modules[0];
    if (boot_info.module_count > 1) {
        b->initrd_module = &boot_info.modules[1];
        b->initrd_bytes = b->initrd_module->end - b->initrd_module->start;
    }
    error = elf_read_kernel(module_bytes(b->kernel_module),
                            b->kernel_module->end - b->kernel_module->start,
                            &b->kernel);
    if (error)
        boot_fail("%s", error);
}

static void create_domain(struct build *b)
{
    uint64_t high = params_amount(boot_params.dom0_mem_max,
                                  boot_params.dom0_mem_max_is_less,
                                  heap_total_count() << PAGE_SHIFT) >>
                    PAGE_SHIFT;
    struct domain_config config = {
        .id = 0,
        .is_privileged = true,
        .max_vcpus =
            boot_params.dom0_max_vcpus ? boot_params.dom0_max_vcpus : cpu_count,
        .max_page_count = high ? high : ~0UL >> 1,
    };

    config.max_vcpus = MIN(config.max_vcpus, (unsigned)DOMAIN_VCPUS_MAX);
    if (domain_create(&config, &b->d))
        boot_fail("no memory for dom0's records: give the machine more");
    b->d->mm.has_iomem = true;
    b->d->ioport_bitmap = gdt_ioport_bitmap;
    platform_build_ioport_bitmap(gdt_ioport_bitmap);
    for (unsigned i = 0; i < config.max_vcpus; i++)
        if (!vcpu_create(b->d, i))
            boot_fail("no memory for dom0's %u vCPUs: lower dom0_max_vcpus",
                      config.max_vcpus);
}

/* Frames left to the hypervisor while the modules still hold theirs. */
#define SPARE_PAGES 1024

static uint64_t module_pages(const struct build *b)
{
    uint64_t kernel = b->kernel_module->end - b->kernel_module->start;

    return (kernel + b->initrd_bytes) >> PAGE_SHIFT;
}

/*
 * All that there is now; what the modules hold follows when they have been
 * copied (get_rest).
 */
static void get_memory(struct build *b)
{
    uint64_t free = heap_free_count();
    uint64_t most = free + module_pages(b);
    uint64_t got;

    b->wanted = dom0_memory_wanted(most, heap_total_count());
    b->memory.d = b->d;
    b->memory.stretches =
        heap_alloc(DOM0_STRETCHES_MAX * sizeof(struct dom0_stretch));
    if (!b->memory.stretches)
        boot_fail("no memory to build dom0: give the machine more");
    if (b->wanted > most)
        boot_fail("dom0_mem asks for %lu MiB, %lu MiB are free: lower it",
                  b->wanted >> PAGE_MB_SHIFT, most >> PAGE_MB_SHIFT);
    got = free > SPARE_PAGES ? MIN(b->wanted, free - SPARE_PAGES) : 0;
    got = dom0_memory_fill(&b->memory, got);
    if (layout_compute(&b->kernel, b->initrd_bytes, b->wanted, &b->layout) &&
        b->layout.end_pfn <= got)
        return;
    if (b->layout.end_pfn)
        boot_fail("dom0's kernel and initrd need %lu MiB, and dom0 has %lu "
                  "MiB: raise dom0_mem or give the machine more memory",
                  (b->layout.end_pfn >> PAGE_MB_SHIFT) + 1,
                  got >> PAGE_MB_SHIFT);
    boot_fail("dom0's kernel wants to be mapped at %#lx and its p2m at %#lx, "
              "where they can't be: is it a PV kernel?",
              b->kernel.virt_base, b->kernel.init_p2m_va);
}

static void free_module(const struct boot_module *m)
{
    mm_free_boot_memory(m->start, m->end);
}

/* The modules were copied: their memory too. */
static void get_rest(struct build *b)
{
    free_module(b->kernel_module);
    if (b->initrd_module)
        free_module(b->initrd_module);
    dom0_memory_fill(&b->memory, b->wanted);
}

static void load_kernel(const struct build *b)
{
    const char *image = module_bytes(b->kernel_module);

    for (unsigned i = 0; i < b->kernel.segment_count; i++) {
        const struct elf_segment *s = &b->kernel.segments[i];

        dom0_memory_copy(&b->memory, s->paddr, image + s->offset,
                         s->file_bytes);
        dom0_memory_clear(&b->memory, s->paddr + s->file_bytes,
                          s->mem_bytes - s->file_bytes);
    }
    if (b->kernel.has_hypercall_page) {
        uint64_t at = b->kernel.hypercall_page_va - b->kernel.virt_base;

        policy_fill_hypercall_page(
            dom0_memory_page(&b->memory, at >> PAGE_SHIFT));
    }
}

static void load_initrd(const struct build *b)
{
    if (b->initrd_module)
        dom0_memory_copy(&b->memory, b->layout.initrd_pfn << PAGE_SHIFT,
                         module_bytes(b->initrd_module), b->initrd_bytes);
}

/* The p2m and, at the same time, the M2P. */
static void write_p2m(const struct build *b)
{
    const struct dom0_memory *m = &b->memory;
    uint64_t *page = NULL;

    for (unsigned i = 0; i < m->stretch_count; i++) {
        const struct dom0_stretch *s = &m->stretches[i];

        for (uint64_t j = 0; j < s->count; j++) {
            uint64_t pfn = s->pfn + j;

            if (!page || pfn % 512 == 0)
                page = dom0_memory_page(m, b->layout.p2m_pfn + pfn / 512);
            page[pfn % 512] = s->mfn + j;
            m2p_set(MFN(s->mfn + j), PFN(pfn));
        }
    }
}

static uint64_t va_of(const struct build *b, uint64_t pfn)
{
    return b->kernel.virt_base + (pfn << PAGE_SHIFT);
}

static void write_cmdline(const struct build *b, struct start_info *si)
{
    char *line = (char *)si->cmd_line;

    strlcpy(line, b->kernel_module->cmdline, MAX_GUEST_CMDLINE);
    if (strlen(b->kernel_module->cmdline) >= MAX_GUEST_CMDLINE)
        log_warning("dom0's command line is cut at %u bytes",
                    MAX_GUEST_CMDLINE - 1);
    if (boot_info.is_uefi && acpi_rsdp()) {
        /* Without EFI services the kernel can't find the tables itself. */
        size_t n = strlen(line);

        format_snprintf(line + n, MAX_GUEST_CMDLINE - n, " acpi_rsdp=%#lx",
                        acpi_rsdp());
    }
}

static void write_start_info(const struct build *b)
{
    const struct dom0_layout *l = &b->layout;
    struct start_info *si = dom0_memory_page(&b->memory, l->start_info_pfn);
    struct dom0_vga_console_info *vga = (void *)(si + 1);

    memset(si, 0, PAGE_SIZE);
    strlcpy(si->magic, "xen-3.0-x86_64", sizeof(si->magic));
    si->nr_pages = b->memory.page_count;
    si->shared_info = mfn_to_paddr(b->d->shared_info_mfn).v;
    si->flags = SIF_PRIVILEGED | SIF_INITDOMAIN;
    si->pt_base = va_of(b, l->tables_pfn);
    si->nr_pt_frames = l->tables;
    si->mfn_list =
        b->kernel.has_init_p2m ? b->kernel.init_p2m_va : va_of(b, l->p2m_pfn);
    if (b->kernel.has_init_p2m) {
        si->first_p2m_pfn = l->p2m_pfn;
        si->nr_p2m_frames = l->p2m_pages + l->p2m_tables;
    }
    if (b->initrd_module) {
        si->mod_start =
            b->kernel.mod_start_pfn ? l->initrd_pfn : va_of(b, l->initrd_pfn);
        si->mod_len = b->initrd_bytes;
        si->flags |= b->kernel.mod_start_pfn ? SIF_MOD_START_PFN : 0;
    }
    if (screen_release_to_dom0(vga)) {
        si->console.dom0.info_off = sizeof(*si);
        si->console.dom0.info_size = sizeof(*vga);
    }
    write_cmdline(b, si);
}

static void set_first_vcpu(const struct build *b, mfn_t root)
{
    struct vcpu *v = b->d->vcpus[0];
    struct cpu_regs *r = &v->top->regs;

    /* The root comes pinned: the kernel unpins it once it has its own. */
    if (guest_pt_pin(&v->mm, &b->d->mm, root, 4) ||
        root_init(v, root, INVALID_MFN))
        boot_fail("dom0's kernel wants to be mapped at %#lx, where no guest "
                  "can be: is it a PV kernel?",
                  b->kernel.virt_base);
    memset(r, 0, sizeof(*r));
    r->rip = b->kernel.entry_va;
    r->cs = SEL_GUEST_CS64;
    r->ss = SEL_GUEST_DS;
    r->rsp = va_of(b, b->layout.stack_pfn + 1);
    r->rsi = va_of(b, b->layout.start_info_pfn);
    r->rflags = pv_clean_flags(0);
    v->pv.in_kernel = true;
    v->pv.kernel_sp = r->rsp;
    v->is_initialised = true;
    for (unsigned i = 0; i < XEN_LEGACY_MAX_VCPUS; i++)
        b->d->shared_info->vcpu_info[i].evtchn_upcall_mask = 1;
}

void dom0_build(void)
{
    static struct build b;
    mfn_t root;

    read_modules(&b);
    create_domain(&b);
    get_memory(&b);
    load_kernel(&b);
    load_initrd(&b);
    get_rest(&b);
    write_p2m(&b);
    root = tables_write(&b.kernel, &b.layout, &b.memory);
    write_start_info(&b);
    set_first_vcpu(&b, root);
    log_info("dom0: %s, %lu MiB, %u vCPUs, entry %#lx",
             b.kernel.guest_os[0] ? b.kernel.guest_os : "kernel",
             b.memory.page_count >> PAGE_MB_SHIFT, b.d->max_vcpus,
             b.kernel.entry_va);
    heap_free(b.memory.stretches);
    if (domain_start(b.d))
        panic("dom0 cannot be started");
    sched_set_down(b.d->vcpus[0], false);
}
