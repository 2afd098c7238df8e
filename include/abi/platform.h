/* SPDX-License-Identifier: MIT */
/*
 * platform_op(op): what dom0 asks about and of the machine. In brackets the
 * member of xen_platform_op.u. A wrong interface_version gets -EACCES.
 */
#pragma once

#include "xen.h"

#define XENPF_INTERFACE_VERSION    0x03000001

#define XENPF_settime32            17 /* [settime32] */
#define XENPF_add_memtype          31
#define XENPF_del_memtype          32
#define XENPF_read_memtype         33
#define XENPF_microcode_update     35 /* [microcode] */
#define XENPF_platform_quirk       39
#define XENPF_get_cpu_version      48 /* [pcpu_version] */
#define XENPF_efi_runtime_call     49 /* [efi_runtime_call] */
#define XENPF_firmware_info        50 /* [firmware_info] */
#define XENPF_enter_acpi_sleep     51 /* [enter_acpi_sleep] */
#define XENPF_change_freq          52
#define XENPF_getidletime          53 /* [getidletime] */
#define XENPF_set_processor_pminfo 54 /* [set_pminfo] */
#define XENPF_get_cpuinfo          55 /* [pcpu_info] */
#define XENPF_cpu_online           56 /* [cpu_ol] */
#define XENPF_cpu_offline          57 /* [cpu_ol] */
#define XENPF_cpu_hotadd           58
#define XENPF_mem_hotadd           59
#define XENPF_core_parking         60
#define XENPF_resource_op          61
#define XENPF_settime64            62 /* [settime64] */
#define XENPF_get_symbol           63 /* [symdata] */
#define XENPF_settime              XENPF_settime64

/* xenpf_firmware_info.type */
#define XEN_FW_DISK_INFO            1 /* EDD of BIOS disk number index */
#define XEN_FW_DISK_MBR_SIGNATURE   2
#define XEN_FW_VBEDDC_INFO          3 /* EDID */
#define XEN_FW_EFI_INFO             4 /* index: XEN_FW_EFI_* */
#define XEN_FW_KBD_SHIFT_FLAGS      5

#define XEN_FW_EFI_VERSION          0
#define XEN_FW_EFI_CONFIG_TABLE     1
#define XEN_FW_EFI_VENDOR           2
#define XEN_FW_EFI_MEM_INFO         3
#define XEN_FW_EFI_RT_VERSION       4
#define XEN_FW_EFI_PCI_ROM          5
#define XEN_FW_EFI_APPLE_PROPERTIES 6

/* xenpf_enter_acpi_sleep.flags: val_a and val_b are sleep type values. */
#define XENPF_ACPI_SLEEP_EXTENDED 0x00000001

/* xenpf_efi_runtime_call.function */
#define XEN_EFI_get_time                      1
#define XEN_EFI_set_time                      2
#define XEN_EFI_get_wakeup_time               3
#define XEN_EFI_set_wakeup_time               4
#define XEN_EFI_get_next_high_monotonic_count 5
#define XEN_EFI_get_variable                  6
#define XEN_EFI_set_variable                  7
#define XEN_EFI_get_next_variable_name        8
#define XEN_EFI_query_variable_info           9
#define XEN_EFI_query_capsule_capabilities    10
#define XEN_EFI_update_capsule                11

/* xenpf_efi_runtime_call.misc, by function */
#define XEN_EFI_GET_TIME_SET_CLEARS_NS      0x00000001
#define XEN_EFI_GET_WAKEUP_TIME_ENABLED     0x00000001
#define XEN_EFI_GET_WAKEUP_TIME_PENDING     0x00000002
#define XEN_EFI_SET_WAKEUP_TIME_ENABLE      0x00000001
#define XEN_EFI_SET_WAKEUP_TIME_ENABLE_ONLY 0x00000002
#define XEN_EFI_VARIABLE_NON_VOLATILE       0x00000001
#define XEN_EFI_VARIABLE_BOOTSERVICE_ACCESS 0x00000002
#define XEN_EFI_VARIABLE_RUNTIME_ACCESS     0x00000004
#define XEN_EFI_VARINFO_BOOT_SNAPSHOT       0x00000001

/* xenpf_set_processor_pminfo.type */
#define XEN_PM_CX  0 /* idle states */
#define XEN_PM_PX  1 /* performance states */
#define XEN_PM_TX  2 /* throttling states */
#define XEN_PM_PDC 3 /* ACPI _PDC capabilities */

/* What start_info.flags offers under SIF_PM_MASK. */
#define XEN_PROCESSOR_PM_CX 1
#define XEN_PROCESSOR_PM_PX 2
#define XEN_PROCESSOR_PM_TX 4

/* xen_processor_performance.flags: which parts are set. */
#define XEN_PX_PCT 1
#define XEN_PX_PSS 2
#define XEN_PX_PPC 4
#define XEN_PX_PSD 8

/* xen_processor_performance.shared_type */
#define XEN_CPUPERF_SHARED_TYPE_HW  1
#define XEN_CPUPERF_SHARED_TYPE_ALL 2
#define XEN_CPUPERF_SHARED_TYPE_ANY 3

/* xenpf_pcpuinfo.flags */
#define XEN_PCPU_FLAGS_ONLINE  1
#define XEN_PCPU_FLAGS_INVALID 2 /* no such CPU */

#ifndef __ASSEMBLER__

/* The wall clock read secs.nsecs (Unix time) at system_time. */
struct xenpf_settime32 {
    uint32_t secs;
    uint32_t nsecs;
    uint64_t system_time; /* ns */
};
ABI_SIZE(struct xenpf_settime32, 16, 16);

struct xenpf_settime64 {
    uint64_t secs;
    uint32_t nsecs;
    uint32_t mbz;         /* 0 */
    uint64_t system_time; /* ns */
};
ABI_SIZE(struct xenpf_settime64, 24, 24);
#define xenpf_settime xenpf_settime64

struct xenpf_microcode_update {
    XEN_GUEST_HANDLE(const void) data;
    uint32_t length; /* bytes */
};
ABI_SIZE(struct xenpf_microcode_update, 16, 8);

struct xenpf_efi_time {
    uint16_t year;
    uint8_t month; /* 1-12 */
    uint8_t day;   /* 1-31 */
    uint8_t hour;
    uint8_t min;
    uint8_t sec;
    uint32_t ns;
    int16_t tz; /* minutes, 2047: none */
    uint8_t daylight;
};
ABI_SIZE(struct xenpf_efi_time, 16, 16);

struct xenpf_efi_guid {
    uint32_t data1;
    uint16_t data2;
    uint16_t data3;
    uint8_t data4[8];
};
ABI_SIZE(struct xenpf_efi_guid, 16, 16);

struct xenpf_efi_runtime_call {
    uint32_t function;  /* XEN_EFI_* */
    uint32_t misc;      /* flags, or the counter's value */
    xen_ulong_t status; /* out: EFI_STATUS */
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
            XEN_GUEST_HANDLE(void) name; /* UTF-16 */
            xen_ulong_t size;            /* of data, bytes */
            XEN_GUEST_HANDLE(void) data;
            struct xenpf_efi_guid vendor_guid;
        } get_variable, set_variable;
        struct {
            xen_ulong_t size;            /* of name, bytes */
            XEN_GUEST_HANDLE(void) name; /* UTF-16 */
            struct xenpf_efi_guid vendor_guid;
        } get_next_variable_name;
        struct {
            uint32_t attr;
            uint64_t max_store_size; /* bytes, all three */
            uint64_t remain_store_size;
            uint64_t max_size;
        } query_variable_info;
        struct {
            XEN_GUEST_HANDLE(void) capsule_header_array;
            xen_ulong_t capsule_count;
            uint64_t max_capsule_size; /* bytes */
            uint32_t reset_type;
        } query_capsule_capabilities;
        struct {
            XEN_GUEST_HANDLE(void) capsule_header_array;
            xen_ulong_t capsule_count;
            uint64_t sg_list; /* machine address */
        } update_capsule;
    } u;
};
ABI_SIZE(struct xenpf_efi_runtime_call, 56, 40);

struct xenpf_firmware_info {
    uint32_t type; /* XEN_FW_* */
    uint32_t index;
    union { /* out */
        struct {
            uint8_t device; /* BIOS number */
            uint8_t version;
            uint16_t interface_support;
            uint16_t legacy_max_cylinder;
            uint8_t legacy_max_head;
            uint8_t legacy_sectors_per_track;
            XEN_GUEST_HANDLE(void) edd_params; /* int 13h AH=48h */
        } disk_info;
        struct {
            uint8_t device; /* BIOS number */
            uint32_t mbr_signature;
        } disk_mbr_signature;
        struct {
            uint8_t capabilities;
            uint8_t edid_transfer_time;     /* seconds */
            XEN_GUEST_HANDLE(uint8_t) edid; /* 128 bytes */
        } vbeddc_info;
        union xenpf_efi_info {
            uint32_t version;
            struct {
                uint64_t addr; /* of the configuration tables */
                uint32_t nent;
            } cfg;
            struct {
                uint32_t revision;
                uint32_t bufsz;              /* in: bytes in name */
                XEN_GUEST_HANDLE(void) name; /* UTF-16 */
            } vendor;
            struct {
                uint64_t addr; /* in; out: start of the region */
                uint64_t size; /* bytes */
                uint64_t attr;
                uint32_t type;
            } mem;
            struct {
                uint16_t segment; /* in, up to devid */
                uint8_t bus;
                uint8_t devfn;
                uint16_t vendor;
                uint16_t devid;
                uint64_t address;
                xen_ulong_t size; /* bytes */
            } pci_rom;
            struct {
                uint64_t address;
                xen_ulong_t size; /* bytes */
            } apple_properties;
        } efi_info;
        uint8_t kbd_shift_flags; /* int 16h AH=02h */
    } u;
};
ABI_SIZE(struct xenpf_firmware_info, 40, 36);

struct xenpf_enter_acpi_sleep {
    uint16_t val_a;       /* PM1a control, or a sleep type */
    uint16_t val_b;       /* PM1b control, or a sleep type */
    uint32_t sleep_state; /* n of Sn */
    uint32_t flags;       /* XENPF_ACPI_SLEEP_* */
};
ABI_SIZE(struct xenpf_enter_acpi_sleep, 12, 12);

struct xenpf_getidletime {
    XEN_GUEST_HANDLE(uint8_t) cpumap_bitmap; /* in and out */
    uint32_t cpumap_nr_cpus;
    XEN_GUEST_HANDLE(uint64_t) idletime; /* out: ns, by CPU */
    uint64_t now;                        /* out: system time, ns */
};
ABI_SIZE(struct xenpf_getidletime, 32, 20);

/* ACPI generic address. */
struct xen_power_register {
    uint32_t space_id;
    uint32_t bit_width;
    uint32_t bit_offset;
    uint32_t access_size;
    uint64_t address;
};
ABI_SIZE(struct xen_power_register, 24, 24);

struct xen_processor_csd {
    uint32_t domain;
    uint32_t coord_type;
    uint32_t num; /* CPUs in the domain */
};
ABI_SIZE(struct xen_processor_csd, 12, 12);

struct xen_processor_cx {
    struct xen_power_register reg;
    uint8_t type;     /* n of Cn */
    uint32_t latency; /* us, worst case */
    uint32_t power;   /* mW */
    uint32_t dpcnt;
    XEN_GUEST_HANDLE(struct xen_processor_csd) dp;
};
ABI_SIZE(struct xen_processor_cx, 48, 44);

struct xen_processor_flags {
    uint32_t bm_control : 1;
    uint32_t bm_check : 1;
    uint32_t has_cst : 1;
    uint32_t power_setup_done : 1;
    uint32_t bm_rld_set : 1;
};
ABI_SIZE(struct xen_processor_flags, 4, 4);

struct xen_processor_power {
    uint32_t count; /* entries in states */
    struct xen_processor_flags flags;
    XEN_GUEST_HANDLE(struct xen_processor_cx) states;
};
ABI_SIZE(struct xen_processor_power, 16, 12);

struct xen_pct_register {
    uint8_t descriptor;
    uint16_t length;
    uint8_t space_id;
    uint8_t bit_width;
    uint8_t bit_offset;
    uint8_t reserved;
    uint64_t address;
};
ABI_SIZE(struct xen_pct_register, 16, 16);

struct xen_processor_px {
    uint64_t core_frequency;     /* MHz */
    uint64_t power;              /* mW */
    uint64_t transition_latency; /* us */
    uint64_t bus_master_latency; /* us */
    uint64_t control;
    uint64_t status;
};
ABI_SIZE(struct xen_processor_px, 48, 48);

struct xen_psd_package {
    uint64_t num_entries;
    uint64_t revision;
    uint64_t domain;
    uint64_t coord_type;
    uint64_t num_processors;
};
ABI_SIZE(struct xen_psd_package, 40, 40);

struct xen_processor_performance {
    uint32_t flags; /* XEN_PX_* */
    uint32_t platform_limit;
    struct xen_pct_register control_register;
    struct xen_pct_register status_register;
    uint32_t state_count; /* entries in states */
    XEN_GUEST_HANDLE(struct xen_processor_px) states;
    struct xen_psd_package domain_info;
    uint32_t shared_type; /* XEN_CPUPERF_SHARED_TYPE_* */
};
ABI_SIZE(struct xen_processor_performance, 104, 92);

struct xenpf_set_processor_pminfo {
    uint32_t id;   /* ACPI id of the CPU */
    uint32_t type; /* XEN_PM_* */
    union {
        struct xen_processor_power power;
        struct xen_processor_performance perf;
        XEN_GUEST_HANDLE(uint32_t) pdc;
    } u;
};
ABI_SIZE(struct xenpf_set_processor_pminfo, 112, 100);

struct xenpf_pcpuinfo {
    uint32_t xen_cpuid;   /* in: CPU number */
    uint32_t max_present; /* out: highest CPU number */
    uint32_t flags;       /* XEN_PCPU_FLAGS_* */
    uint32_t apic_id;
    uint32_t acpi_id;
};
ABI_SIZE(struct xenpf_pcpuinfo, 20, 20);

struct xenpf_pcpu_version {
    uint32_t xen_cpuid;   /* in: CPU number */
    uint32_t max_present; /* out: highest CPU number */
    char vendor_id[12];   /* no NUL */
    uint32_t family;
    uint32_t model;
    uint32_t stepping;
};
ABI_SIZE(struct xenpf_pcpu_version, 32, 32);

struct xenpf_cpu_ol {
    uint32_t cpuid; /* CPU number */
};
ABI_SIZE(struct xenpf_cpu_ol, 4, 4);

struct xenpf_symdata {
    uint32_t namelen; /* in: room; out: length */
    uint32_t symnum;  /* in: which; out: the next one */
    XEN_GUEST_HANDLE(char) name;
    uint64_t address;
    char type; /* as nm prints it */
};
ABI_SIZE(struct xenpf_symdata, 32, 24);

struct xen_platform_op {
    uint32_t cmd;               /* XENPF_* */
    uint32_t interface_version; /* XENPF_INTERFACE_VERSION */
    union {
        struct xenpf_settime settime;
        struct xenpf_settime32 settime32;
        struct xenpf_settime64 settime64;
        struct xenpf_microcode_update microcode;
        struct xenpf_efi_runtime_call efi_runtime_call;
        struct xenpf_firmware_info firmware_info;
        struct xenpf_enter_acpi_sleep enter_acpi_sleep;
        struct xenpf_getidletime getidletime;
        struct xenpf_set_processor_pminfo set_pminfo;
        struct xenpf_pcpuinfo pcpu_info;
        struct xenpf_pcpu_version pcpu_version;
        struct xenpf_cpu_ol cpu_ol;
        struct xenpf_symdata symdata;
        uint8_t pad[128];
    } u;
};
ABI_SIZE(struct xen_platform_op, 136, 136);

#endif /* !__ASSEMBLER__ */
