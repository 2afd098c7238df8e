/* SPDX-License-Identifier: MIT */
/*
 * The 32-bit guest's layouts, for a 64-bit build. Written by
 * tests/abi/make-compat from the other headers: change those, not this.
 *
 * struct compat_X is struct X as a 32-bit guest lays it out; what its members
 * mean is said there. A struct that is not here is the same in both widths.
 */
#pragma once
/* clang-format off */

#include "arch-x86.h"
#include "arch-x86_32.h"
#include "arch-x86_64.h"
#include "callback.h"
#include "cpuid.h"
#include "domctl.h"
#include "e820.h"
#include "elfnote.h"
#include "errno.h"
#include "event_channel.h"
#include "features.h"
#include "grant_table.h"
#include "io/console.h"
#include "io/xs_wire.h"
#include "memory.h"
#include "nmi.h"
#include "physdev.h"
#include "platform.h"
#include "sched.h"
#include "sysctl.h"
#include "types.h"
#include "vcpu.h"
#include "version.h"
#include "xen.h"

#if ABI_BITS == 64 && !defined(__ASSEMBLER__)

/* 8 bytes, aligned to 4 as on i386. */
typedef uint64_t compat_uint64_t __attribute__((aligned(4)));

struct compat_cpu_user_regs {
    uint32_t ebx;
    uint32_t ecx;
    uint32_t edx;
    uint32_t esi;
    uint32_t edi;
    uint32_t ebp;
    uint32_t eax;
    uint16_t error_code;
    uint16_t entry_vector;
    uint32_t eip;
    uint16_t cs;
    uint8_t saved_upcall_mask;
    uint8_t _pad0;
    uint32_t eflags;
    uint32_t esp;
    uint16_t ss;
    uint16_t _pad1;
    uint16_t es;
    uint16_t _pad2;
    uint16_t ds;
    uint16_t _pad3;
    uint16_t fs;
    uint16_t _pad4;
    uint16_t gs;
    uint16_t _pad5;
};
ABI_SIZE(struct compat_cpu_user_regs, 68, 68);

struct compat_arch_vcpu_info {
    uint32_t cr2;
    uint32_t pad[5];
};
ABI_SIZE(struct compat_arch_vcpu_info, 24, 24);

struct compat_xen_callback {
    uint32_t cs;
    uint32_t eip;
};
ABI_SIZE(struct compat_xen_callback, 8, 8);

struct compat_trap_info {
    uint8_t vector;
    uint8_t flags;
    uint16_t cs;
    uint32_t address;
};
ABI_SIZE(struct compat_trap_info, 8, 8);

struct compat_vcpu_guest_context {
    struct {
        char x[512];
    } fpu_ctxt;
    uint32_t flags;
    struct compat_cpu_user_regs user_regs;
    struct compat_trap_info trap_ctxt[256];
    uint32_t ldt_base;
    uint32_t ldt_ents;
    uint32_t gdt_frames[16];
    uint32_t gdt_ents;
    uint32_t kernel_ss;
    uint32_t kernel_sp;
    uint32_t ctrlreg[8];
    uint32_t debugreg[8];
    uint32_t event_callback_cs;
    uint32_t event_callback_eip;
    uint32_t failsafe_callback_cs;
    uint32_t failsafe_callback_eip;
    uint32_t vm_assist;
};
ABI_SIZE(struct compat_vcpu_guest_context, 2800, 2800);

struct compat_arch_shared_info {
    uint32_t max_pfn;
    uint32_t pfn_to_mfn_frame_list_list;
    uint32_t nmi_reason;
    uint32_t p2m_cr3;
    uint32_t p2m_vaddr;
    uint32_t p2m_generation;
    uint32_t wc_sec_hi;
};
ABI_SIZE(struct compat_arch_shared_info, 28, 28);

struct compat_mmuext_op {
    unsigned int cmd;
    union {
        uint32_t mfn;
        uint32_t linear_addr;
    } arg1;
    union {
        unsigned int nr_ents;
        uint32_t vcpumask;
        uint32_t src_mfn;
    } arg2;
};
ABI_SIZE(struct compat_mmuext_op, 12, 12);

struct compat_multicall_entry {
    uint32_t op;
    uint32_t result;
    uint32_t args[6];
};
ABI_SIZE(struct compat_multicall_entry, 32, 32);

struct compat_vcpu_info {
    uint8_t evtchn_upcall_pending;
    uint8_t evtchn_upcall_mask;
    uint32_t evtchn_pending_sel;
    struct compat_arch_vcpu_info arch;
    struct vcpu_time_info time __attribute__((packed, aligned(4)));
};
ABI_SIZE(struct compat_vcpu_info, 64, 64);

struct compat_shared_info {
    struct compat_vcpu_info vcpu_info[32];
    uint32_t evtchn_pending[32];
    uint32_t evtchn_mask[32];
    uint32_t wc_version;
    uint32_t wc_sec;
    uint32_t wc_nsec;
    struct compat_arch_shared_info arch;
};
ABI_SIZE(struct compat_shared_info, 2344, 2344);

struct compat_start_info {
    char magic[32];
    uint32_t nr_pages;
    uint32_t shared_info;
    uint32_t flags;
    uint32_t store_mfn;
    uint32_t store_evtchn;
    union {
        struct {
            uint32_t mfn;
            uint32_t evtchn;
        } domU;
        struct {
            uint32_t info_off;
            uint32_t info_size;
        } dom0;
    } console;
    uint32_t pt_base;
    uint32_t nr_pt_frames;
    uint32_t mfn_list;
    uint32_t mod_start;
    uint32_t mod_len;
    int8_t cmd_line[1024];
    uint32_t first_p2m_pfn;
    uint32_t nr_p2m_frames;
};
ABI_SIZE(struct compat_start_info, 1112, 1112);

struct compat_callback_register {
    uint16_t type;
    uint16_t flags;
    struct compat_xen_callback address;
};
ABI_SIZE(struct compat_callback_register, 12, 12);

struct compat_gnttab_setup_table {
    domid_t dom;
    uint32_t nr_frames;
    int16_t status;
    uint32_t frame_list;
};
ABI_SIZE(struct compat_gnttab_setup_table, 16, 16);

struct compat_gnttab_transfer {
    uint32_t mfn;
    domid_t domid;
    grant_ref_t ref;
    int16_t status;
};
ABI_SIZE(struct compat_gnttab_transfer, 16, 16);

struct compat_gnttab_copy {
    struct compat_gnttab_copy_ptr {
        union {
            grant_ref_t ref;
            uint32_t gmfn;
        } u;
        domid_t domid;
        uint16_t offset;
    } source, dest;
    uint16_t len;
    uint16_t flags;
    int16_t status;
};
ABI_SIZE(struct compat_gnttab_copy, 24, 24);

struct compat_gnttab_get_status_frames {
    uint32_t nr_frames;
    domid_t dom;
    int16_t status;
    uint32_t frame_list;
};
ABI_SIZE(struct compat_gnttab_get_status_frames, 12, 12);

struct compat_physdev_pirq_eoi_gmfn {
    uint32_t gmfn;
};
ABI_SIZE(struct compat_physdev_pirq_eoi_gmfn, 4, 4);

struct compat_physdev_set_iobitmap {
    uint32_t bitmap;
    uint32_t nr_ports;
};
ABI_SIZE(struct compat_physdev_set_iobitmap, 8, 8);

struct compat_physdev_apic {
    uint32_t apic_physbase;
    uint32_t reg;
    uint32_t value;
};
ABI_SIZE(struct compat_physdev_apic, 12, 12);

struct compat_physdev_map_pirq {
    domid_t domid;
    int type;
    int index;
    int pirq;
    int bus;
    int devfn;
    int entry_nr;
    compat_uint64_t table_base;
};
ABI_SIZE(struct compat_physdev_map_pirq, 36, 36);

struct compat_xen_memory_reservation {
    uint32_t extent_start;
    uint32_t nr_extents;
    unsigned int extent_order;
    unsigned int mem_flags;
    domid_t domid;
};
ABI_SIZE(struct compat_xen_memory_reservation, 20, 20);

struct compat_xen_memory_exchange {
    struct compat_xen_memory_reservation in;
    struct compat_xen_memory_reservation out;
    uint32_t nr_exchanged;
};
ABI_SIZE(struct compat_xen_memory_exchange, 44, 44);

struct compat_xen_machphys_mfn_list {
    unsigned int max_extents;
    uint32_t extent_start;
    unsigned int nr_extents;
};
ABI_SIZE(struct compat_xen_machphys_mfn_list, 12, 12);

struct compat_xen_machphys_mapping {
    uint32_t v_start;
    uint32_t v_end;
    uint32_t max_mfn;
};
ABI_SIZE(struct compat_xen_machphys_mapping, 12, 12);

struct compat_xen_add_to_physmap {
    domid_t domid;
    uint16_t size;
    unsigned int space;
    uint32_t idx;
    uint32_t gpfn;
};
ABI_SIZE(struct compat_xen_add_to_physmap, 16, 16);

struct compat_xen_add_to_physmap_batch {
    domid_t domid;
    uint16_t space;
    uint16_t size;
    union compat_xen_add_to_physmap_batch_extra {
        domid_t foreign_domid;
        uint16_t res0;
    } u;
    uint32_t idxs;
    uint32_t gpfns;
    uint32_t errs;
};
ABI_SIZE(struct compat_xen_add_to_physmap_batch, 20, 20);

struct compat_xen_remove_from_physmap {
    domid_t domid;
    uint32_t gpfn;
};
ABI_SIZE(struct compat_xen_remove_from_physmap, 8, 8);

struct compat_xen_memory_map {
    unsigned int nr_entries;
    uint32_t buffer;
};
ABI_SIZE(struct compat_xen_memory_map, 8, 8);

struct compat_xen_foreign_memory_map {
    domid_t domid;
    struct compat_xen_memory_map map;
};
ABI_SIZE(struct compat_xen_foreign_memory_map, 12, 12);

struct compat_xen_pod_target {
    compat_uint64_t target_pages;
    compat_uint64_t tot_pages;
    compat_uint64_t pod_cache_pages;
    compat_uint64_t pod_entries;
    domid_t domid;
};
ABI_SIZE(struct compat_xen_pod_target, 36, 36);

struct compat_xen_reserved_device_memory {
    uint32_t start_pfn;
    uint32_t nr_pages;
};
ABI_SIZE(struct compat_xen_reserved_device_memory, 8, 8);

struct compat_xen_reserved_device_memory_map {
    uint32_t flags;
    unsigned int nr_entries;
    uint32_t buffer;
    union {
        struct physdev_pci_device pci;
    } dev;
};
ABI_SIZE(struct compat_xen_reserved_device_memory_map, 16, 16);

struct compat_xen_mem_acquire_resource {
    domid_t domid;
    uint16_t type;
    uint32_t id;
    uint32_t nr_frames;
    uint32_t pad;
    compat_uint64_t frame;
    uint32_t frame_list;
};
ABI_SIZE(struct compat_xen_mem_acquire_resource, 28, 28);

struct compat_xen_vnuma_topology_info {
    domid_t domid;
    uint16_t pad;
    unsigned int nr_vnodes;
    unsigned int nr_vcpus;
    unsigned int nr_vmemranges;
    union {
        uint32_t h;
        compat_uint64_t pad;
    } vdistance;
    union {
        uint32_t h;
        compat_uint64_t pad;
    } vcpu_to_vnode;
    union {
        uint32_t h;
        compat_uint64_t pad;
    } vmemrange;
};
ABI_SIZE(struct compat_xen_vnuma_topology_info, 40, 40);

struct compat_xennmi_callback {
    uint32_t handler_address;
    uint32_t pad;
};
ABI_SIZE(struct compat_xennmi_callback, 8, 8);

struct compat_xenpf_microcode_update {
    uint32_t data;
    uint32_t length;
};
ABI_SIZE(struct compat_xenpf_microcode_update, 8, 8);

struct compat_xenpf_efi_runtime_call {
    uint32_t function;
    uint32_t misc;
    uint32_t status;
    union {
        struct {
            struct xenpf_efi_time time;
            uint32_t resolution;
            uint32_t accuracy;
        } get_time;
        struct xenpf_efi_time set_time;
        struct xenpf_efi_time get_wakeup_time;
        struct xenpf_efi_time set_wakeup_time;
        struct {
            uint32_t name;
            uint32_t size;
            uint32_t data;
            struct xenpf_efi_guid vendor_guid;
        } get_variable, set_variable;
        struct {
            uint32_t size;
            uint32_t name;
            struct xenpf_efi_guid vendor_guid;
        } get_next_variable_name;
        struct {
            uint32_t attr;
            compat_uint64_t max_store_size;
            compat_uint64_t remain_store_size;
            compat_uint64_t max_size;
        } query_variable_info;
        struct {
            uint32_t capsule_header_array;
            uint32_t capsule_count;
            compat_uint64_t max_capsule_size;
            uint32_t reset_type;
        } query_capsule_capabilities;
        struct {
            uint32_t capsule_header_array;
            uint32_t capsule_count;
            compat_uint64_t sg_list;
        } update_capsule;
    } u;
};
ABI_SIZE(struct compat_xenpf_efi_runtime_call, 40, 40);

struct compat_xenpf_firmware_info {
    uint32_t type;
    uint32_t index;
    union {
        struct {
            uint8_t device;
            uint8_t version;
            uint16_t interface_support;
            uint16_t legacy_max_cylinder;
            uint8_t legacy_max_head;
            uint8_t legacy_sectors_per_track;
            uint32_t edd_params;
        } disk_info;
        struct {
            uint8_t device;
            uint32_t mbr_signature;
        } disk_mbr_signature;
        struct {
            uint8_t capabilities;
            uint8_t edid_transfer_time;
            uint32_t edid;
        } vbeddc_info;
        union compat_xenpf_efi_info {
            uint32_t version;
            struct {
                compat_uint64_t addr;
                uint32_t nent;
            } cfg;
            struct {
                uint32_t revision;
                uint32_t bufsz;
                uint32_t name;
            } vendor;
            struct {
                compat_uint64_t addr;
                compat_uint64_t size;
                compat_uint64_t attr;
                uint32_t type;
            } mem;
            struct {
                uint16_t segment;
                uint8_t bus;
                uint8_t devfn;
                uint16_t vendor;
                uint16_t devid;
                compat_uint64_t address;
                uint32_t size;
            } pci_rom;
            struct {
                compat_uint64_t address;
                uint32_t size;
            } apple_properties;
        } efi_info;
        uint8_t kbd_shift_flags;
    } u;
};
ABI_SIZE(struct compat_xenpf_firmware_info, 36, 36);

struct compat_xenpf_getidletime {
    uint32_t cpumap_bitmap;
    uint32_t cpumap_nr_cpus;
    uint32_t idletime;
    compat_uint64_t now;
};
ABI_SIZE(struct compat_xenpf_getidletime, 20, 20);

struct compat_xen_processor_cx {
    struct xen_power_register reg __attribute__((packed, aligned(4)));
    uint8_t type;
    uint32_t latency;
    uint32_t power;
    uint32_t dpcnt;
    uint32_t dp;
};
ABI_SIZE(struct compat_xen_processor_cx, 44, 44);

struct compat_xen_processor_power {
    uint32_t count;
    struct xen_processor_flags flags;
    uint32_t states;
};
ABI_SIZE(struct compat_xen_processor_power, 12, 12);

struct compat_xen_processor_performance {
    uint32_t flags;
    uint32_t platform_limit;
    struct xen_pct_register control_register
        __attribute__((packed, aligned(4)));
    struct xen_pct_register status_register __attribute__((packed, aligned(4)));
    uint32_t state_count;
    uint32_t states;
    struct xen_psd_package domain_info __attribute__((packed, aligned(4)));
    uint32_t shared_type;
};
ABI_SIZE(struct compat_xen_processor_performance, 92, 92);

struct compat_xenpf_set_processor_pminfo {
    uint32_t id;
    uint32_t type;
    union {
        struct compat_xen_processor_power power;
        struct compat_xen_processor_performance perf;
        uint32_t pdc;
    } u;
};
ABI_SIZE(struct compat_xenpf_set_processor_pminfo, 100, 100);

struct compat_xenpf_symdata {
    uint32_t namelen;
    uint32_t symnum;
    uint32_t name;
    compat_uint64_t address;
    char type;
};
ABI_SIZE(struct compat_xenpf_symdata, 24, 24);

struct compat_xen_platform_op {
    uint32_t cmd;
    uint32_t interface_version;
    union {
        struct xenpf_settime64 settime __attribute__((packed, aligned(4)));
        struct xenpf_settime32 settime32 __attribute__((packed, aligned(4)));
        struct xenpf_settime64 settime64 __attribute__((packed, aligned(4)));
        struct compat_xenpf_microcode_update microcode;
        struct compat_xenpf_efi_runtime_call efi_runtime_call;
        struct compat_xenpf_firmware_info firmware_info;
        struct xenpf_enter_acpi_sleep enter_acpi_sleep;
        struct compat_xenpf_getidletime getidletime;
        struct compat_xenpf_set_processor_pminfo set_pminfo;
        struct xenpf_pcpuinfo pcpu_info;
        struct xenpf_pcpu_version pcpu_version;
        struct xenpf_cpu_ol cpu_ol;
        struct compat_xenpf_symdata symdata;
        uint8_t pad[128];
    } u;
};
ABI_SIZE(struct compat_xen_platform_op, 136, 136);

struct compat_sched_poll {
    uint32_t ports;
    unsigned int nr_ports;
    compat_uint64_t timeout;
};
ABI_SIZE(struct compat_sched_poll, 16, 16);

struct compat_vcpu_runstate_info {
    int state;
    compat_uint64_t state_entry_time;
    compat_uint64_t time[4];
};
ABI_SIZE(struct compat_vcpu_runstate_info, 44, 44);

struct compat_vcpu_register_runstate_memory_area {
    union {
        uint32_t h;
        uint32_t v;
        compat_uint64_t p;
    } addr;
};
ABI_SIZE(struct compat_vcpu_register_runstate_memory_area, 8, 8);

struct compat_vcpu_set_singleshot_timer {
    compat_uint64_t timeout_abs_ns;
    uint32_t flags;
};
ABI_SIZE(struct compat_vcpu_set_singleshot_timer, 12, 12);

struct compat_vcpu_register_time_memory_area {
    union {
        uint32_t h;
        uint32_t v;
        compat_uint64_t p;
    } addr;
};
ABI_SIZE(struct compat_vcpu_register_time_memory_area, 8, 8);

struct compat_xen_platform_parameters {
    uint32_t virt_start;
};
ABI_SIZE(struct compat_xen_platform_parameters, 4, 4);

#endif /* ABI_BITS == 64 && !__ASSEMBLER__ */
