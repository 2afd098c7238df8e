# SPDX-License-Identifier: MIT
#
# Builds Parvis, the images that start it, and its tests: `make help` lists
# what there is. Nothing is written outside $(O). Every source under
# hypervisor/ROOM/ belongs to the hypervisor; host tools and tests bring their
# own fragments, tools/*/build.mk and tests/*/build.mk.

MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all
SHELL := /bin/bash

O ?= build
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-8s%s\n' $(1) $(2))

# TOOLCHAIN=gcc or clang, or CC=any compiler that takes gcc's options.
TOOLCHAIN ?= gcc
ifneq ($(filter default undefined,$(origin CC)),)
CC := $(TOOLCHAIN)
endif
LD := ld
NM := nm
SIZE := size
PYTHON ?= /usr/bin/python3
CLANG_FORMAT ?= clang-format-14
PACKAGES := tools/image/packages.sh

ROOMS := lib cpu mm domain sched event grant pv hypercall dom0 time platform \
         debug boot

all: $(O)/parvis.elf ## the hypervisor (the default)

# ---- Configuration --------------------------------------------------------

KCONFIG := KCONFIG_CONFIG=$(O)/.config kconfig-conf
NO_CONFIG := help clean distclean defconfig menuconfig format check-format \
             check-rooms packages
autoconf := $(O)/include/generated/autoconf.h

ifneq ($(filter-out $(NO_CONFIG),$(or $(MAKECMDGOALS),all)),)
include $(O)/.config
endif

# SET="DEBUG=y NR_CPUS=4" changes these options from their defaults.
define write_defconfig
	@mkdir -p $(O)
	@printf 'CONFIG_%s\n' $(SET) | sed '/^CONFIG_$$/d' >$(O)/.config.set
	@KCONFIG_ALLCONFIG=$(O)/.config.set $(KCONFIG) --alldefconfig \
	    Kconfig >/dev/null
	@for s in $(SET); do grep -qx "CONFIG_$$s" $(O)/.config || \
	    { [ "$${s#*=}" = n ] && ! grep -q "^CONFIG_$${s%=*}=" \
	        $(O)/.config; } || \
	    { echo "SET: Kconfig does not take $$s" >&2; \
	      rm $(O)/.config; exit 1; }; done
endef

$(O)/.config: | $(O)/.packages-build
	$(write_defconfig)

$(O)/.packages-%: tools/image/packages.txt
	@mkdir -p $(@D)
	@$(PACKAGES) $*
	@touch $@

.PHONY: defconfig menuconfig packages
defconfig: $(O)/.packages-build ## every option at its default (SET="DEBUG=y" changes some)
	$(write_defconfig)
menuconfig: $(O)/.packages-build ## choose options in a menu
	@mkdir -p $(O)
	@KCONFIG_CONFIG=$(O)/.config kconfig-mconf Kconfig
packages: ## install what building, running and testing need
	@$(PACKAGES) build image run check

# Kconfig is read again when it changed; options keep their values.
$(autoconf): $(O)/.config Kconfig
	$(call say,CONFIG,$@)
	@mkdir -p $(@D)
	@$(KCONFIG) --olddefconfig Kconfig >/dev/null
	@sed -n -e 's/^\(CONFIG_[A-Z0-9_]*\)=y$$/#define \1 1/p' \
	    -e 's/^\(CONFIG_[A-Z0-9_]*\)=\([0-9"].*\)$$/#define \1 \2/p' \
	    $(O)/.config >$@.tmp
	@cmp -s $@.tmp $@ && rm $@.tmp || mv $@.tmp $@
	@touch $@

# ---- Hypervisor -----------------------------------------------------------

srcs := $(filter-out %.lds.S,$(sort $(foreach r,$(ROOMS),\
          $(wildcard hypervisor/$(r)/*.c hypervisor/$(r)/*.S))))
offsets_src := $(filter %/asm_offsets.c,$(srcs))
objs := $(patsubst %,$(O)/%.o,$(filter-out $(offsets_src),$(srcs)))

WARNINGS := -Wall -Wextra -Wshadow -Wundef -Wstrict-prototypes \
            -Wmissing-prototypes -Wcast-qual -Wvla -Werror

HV_CPPFLAGS := -nostdinc -isystem $(shell $(CC) -print-file-name=include) \
    -Ihypervisor -Iinclude -I$(O)/include -include $(autoconf)
HV_CFLAGS := -std=gnu11 -O2 -g $(WARNINGS) \
    -ffreestanding -fpie -fvisibility=hidden -mno-red-zone \
    -include hypervisor/lib/visibility.h \
    -mgeneral-regs-only -mno-mmx -mno-sse -fcf-protection=none \
    -fno-stack-protector -fno-strict-aliasing -fno-common \
    -fno-asynchronous-unwind-tables -fno-omit-frame-pointer \
    -ffile-prefix-map=$(CURDIR)=. -ffile-prefix-map=$(O)=build
HV_AFLAGS := -D__ASSEMBLY__ -g -Werror -ffile-prefix-map=$(CURDIR)=. \
    -ffile-prefix-map=$(O)=build
HV_LDFLAGS := -m elf_x86_64 -nostdlib -static --build-id=none \
    -z max-page-size=4096 -z noexecstack --no-warn-rwx-segments
lds := $(O)/hypervisor/boot/parvis.lds
offsets := $(if $(offsets_src),$(O)/include/generated/asm_offsets.h)

# Everything is built again when the compiler or its options change.
flags := $(O)/.flags
$(flags): FORCE
	@mkdir -p $(@D)
	@echo '$(shell $(CC) --version | head -n 1) $(CC) $(HV_CPPFLAGS)' \
	    '$(HV_CFLAGS) $(HV_LDFLAGS)' >$@.tmp
	@cmp -s $@.tmp $@ && rm $@.tmp || mv $@.tmp $@

$(O)/hypervisor/%.c.o: hypervisor/%.c $(autoconf) $(flags) $(offsets)
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HV_CPPFLAGS) $(HV_CFLAGS) -MMD -MP -c -o $@ $<

$(O)/hypervisor/%.S.o: hypervisor/%.S $(autoconf) $(flags) $(offsets)
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HV_CPPFLAGS) $(HV_AFLAGS) -MMD -MP -c -o $@ $<

# Constants for assembly: asm_offsets.c leaves lines "->NAME value" in its
# assembly.
$(O)/include/generated/asm_offsets.h: $(offsets_src) $(autoconf) $(flags)
	$(call say,OFFSETS,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HV_CPPFLAGS) $(HV_CFLAGS) -MMD -MP -MT $@ \
	    -MF $@.d -S -o $@.s $(firstword $(offsets_src))
	@sed -n 's/^[^>"]*[">]*->\([A-Za-z0-9_]*\) \$$*\(-*[0-9]*\).*/#define \1 \2/p' \
	    $@.s >$@

$(lds): hypervisor/boot/parvis.lds.S $(autoconf) $(flags) $(offsets)
	$(call say,LDS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HV_CPPFLAGS) -D__ASSEMBLY__ -MMD -MP -MT $@ -MF $@.d \
	    -E -P -x assembler-with-cpp -o $@ $<

# Linked three times, for the table of functions' names that back-traces use:
# without it, with the table of that (which moves the code behind it), and with
# the table of this. The last one's own table must be the same again.
LINK = $(LD) $(HV_LDFLAGS) -T $(lds)

$(O)/symbols0.S: tools/image/symbols.awk
	@mkdir -p $(@D)
	@awk -f $< </dev/null >$@
$(O)/symbols1.S: $(O)/parvis-syms.0
	@$(NM) -n $< | awk -f tools/image/symbols.awk >$@
$(O)/symbols2.S: $(O)/parvis-syms.1
	@$(NM) -n $< | awk -f tools/image/symbols.awk >$@
$(foreach i,0 1 2,$(O)/symbols$(i).o): %.o: %.S $(flags)
	@$(CC) -Wa,--fatal-warnings -c -o $@ $<

$(O)/parvis-syms.0: $(objs) $(O)/symbols0.o $(lds)
	$(call say,LD,$(O)/parvis-syms)
	$(Q)$(LINK) -o $@ $(objs) $(O)/symbols0.o
$(O)/parvis-syms.1: $(O)/parvis-syms.0 $(O)/symbols1.o
	$(Q)$(LINK) -o $@ $(objs) $(O)/symbols1.o
$(O)/parvis-syms: $(O)/parvis-syms.1 $(O)/symbols2.o
	$(Q)$(LINK) -Map $(O)/parvis.map -o $@ $(objs) $(O)/symbols2.o
	@$(NM) -n $@ | awk -f tools/image/symbols.awk | \
	    cmp -s - $(O)/symbols2.S || \
	    { echo "$@: functions moved in the last of the links" >&2; \
	      rm $@; exit 1; }

# What boot loaders get: an ELF32 file whose addresses are physical.
$(O)/parvis.elf: $(O)/parvis-syms tools/image/mkelf32.py
	$(call say,ELF32,$@)
	@$(PYTHON) tools/image/mkelf32.py $< $@

-include $(sort $(objs:.o=.d)) $(lds).d $(offsets:=.d)

# ---- Host tools and tests -------------------------------------------------

HOST_CFLAGS := -std=gnu11 -O2 -g $(WARNINGS) -D_GNU_SOURCE \
    -ffile-prefix-map=$(CURDIR)=.
UNIT_TESTS :=
GUEST_TESTS :=
TOOLS :=
include $(sort $(wildcard tools/*/build.mk tests/*/build.mk))

.PHONY: all tools unit guests FORCE
FORCE:
tools: $(TOOLS) ## the programs under tools/
unit: $(UNIT_TESTS) ## the unit tests' programs
guests: $(GUEST_TESTS) ## the tiny guests that the tests boot

# ---- Images ---------------------------------------------------------------

# dom0's kernel is Debian's; `make clean` forgets which version that was, and
# the next build takes the current one. Downloads are kept in $(CACHE).
CACHE ?= $(O)/cache
DEBIAN := PARVIS_CACHE=$(CACHE) PARVIS_APT=$(O)/apt $(PYTHON) \
    tools/image/debian.py
unpack := $(O)/tools/parvis-unpack-kernel

# A kernel's three files for folder $(1), from the release or suite $(2).
define kernel_rules
$(1)/kernel/version: tools/image/debian.py | $(O)/.packages-build
	$(call say,FETCH,linux-image-amd64 $(2))
	@mkdir -p $$(@D)
	@$(DEBIAN) kernel $$(@D) $(2)
$(1)/dom0-vmlinux: $(1)/kernel/version $(unpack)
	$(call say,UNPACK,$(1)/dom0-vmlinux)
	@rm -f $$@
	@$(unpack) $(1)/kernel/vmlinuz $$@
$(1)/dom0-initrd.img: $(1)/kernel/version $(addprefix tools/image/,init \
        initrd.py modules.txt udhcpc.sh) | $(O)/.packages-image
	$(call say,INITRD,$(1)/dom0-initrd.img)
	@$(PYTHON) tools/image/initrd.py dom0 \
	    $(1)/kernel/modules/$$$$(cat $(1)/kernel/version) \
	    tools/image/init $$@
endef
$(eval $(call kernel_rules,$(O)))
$(eval $(call kernel_rules,$(O)/backports,bookworm-backports))

# APPEND="..." adds hypervisor parameters, DOM0_APPEND="..." dom0's.
APPEND ?=
DOM0_APPEND ?=
hv_parameters := console=com1,vga com1=115200,8n1 $(APPEND)
dom0_parameters := console=hvc0 $(DOM0_APPEND)
$(O)/.iso-parameters: FORCE
	@mkdir -p $(@D)
	@echo '$(hv_parameters) // $(dom0_parameters)' >$@.tmp
	@cmp -s $@.tmp $@ && rm $@.tmp || mv $@.tmp $@

$(O)/parvis.iso: $(addprefix $(O)/,parvis.elf dom0-vmlinux dom0-initrd.img \
        .iso-parameters) tools/image/iso.sh | $(O)/.packages-image
	$(call say,ISO,$@)
	@tools/image/iso.sh $@ $(O)/parvis.elf $(O)/dom0-vmlinux \
	    $(O)/dom0-initrd.img '$(hv_parameters)' '$(dom0_parameters)'

.PHONY: image run second-kernel second-kernel-fetched second-qemu
image: $(addprefix $(O)/,parvis.elf parvis.iso dom0-initrd.img dom0-vmlinux) \
       $(unpack) ## the hypervisor, dom0's kernel and file system, and an ISO of all
run: image $(O)/.packages-run ## boot the ISO in QEMU (SMP= MEM= APPEND= QEMU= FIRMWARE=bios|uefi)
	@QEMU='$(QEMU)' SMP='$(SMP)' MEM='$(MEM)' FIRMWARE='$(FIRMWARE)' \
	    QEMU_ARGS='$(QEMU_ARGS)' tools/image/run.sh $(O)/parvis.iso

# What some tests use besides: the kernel and the QEMU of bookworm-backports.
second-kernel-fetched: $(O)/backports/kernel/version
second-kernel: $(addprefix $(O)/backports/,dom0-vmlinux dom0-initrd.img)
second-qemu: $(O)/backports/qemu/qemu-system-x86_64
$(O)/backports/qemu/qemu-system-x86_64: tools/image/debian.py \
        | $(O)/.packages-run
	$(call say,FETCH,qemu-system-x86 bookworm-backports)
	@mkdir -p $(@D)
	@$(DEBIAN) qemu $(@D) bookworm-backports

# ---- Tests ----------------------------------------------------------------

test_inputs := $(addprefix $(O)/.packages-,run check) image unit guests fuzzers

SOAK_SECONDS ?= 600
.PHONY: check check-fast check-matrix soak check-headers check-rooms \
        check-reproducible bench dom0-tests
check: $(test_inputs) ## all tests (TESTS="PATTERN..." some of them)
	@$(PYTHON) tests/run -O $(O) $(TESTS)
check-fast: $(O)/.packages-check unit fuzzers ## the tests that need no QEMU
	@$(PYTHON) tests/run -O $(O) --fast $(TESTS)
check-matrix: $(test_inputs) ## Debian as dom0 on each machine of tests/system/matrix.txt
	@$(PYTHON) tests/run -O $(O) --matrix $(TESTS)
soak: $(test_inputs) ## load and clocks for ten minutes each (SOAK_SECONDS=600)
	@STRESS_SECONDS=$(SOAK_SECONDS) CLOCK_SECONDS=$(SOAK_SECONDS) \
	    $(PYTHON) tests/run -O $(O) "dom0_inside load" "debug_build load" \
	    "dom0_inside the clock against"
bench: image guests $(O)/.packages-run ## instructions of the basic operations, beside Xen's
	@$(PYTHON) tests/bench/run -O $(O)

# Each header compiles alone; the ABI's without the hypervisor's.
headers := $(sort $(wildcard hypervisor/*/*.h))
abi_headers := $(sort $(shell find include -name '*.h'))
check-headers: $(autoconf) $(offsets) ## compile each header alone
	@for h in $(headers:hypervisor/%=%); do echo "#include \"$$h\"" | \
	    $(CC) $(HV_CPPFLAGS) $(HV_CFLAGS) -fsyntax-only -x c - || \
	    { echo "$$h does not compile alone" >&2; exit 1; }; done
	@for h in $(abi_headers:include/%=%); do for w in -m64 -m32; do \
	    echo "#include \"$$h\"" | $(CC) $$w -std=gnu11 -ffreestanding \
	    $(WARNINGS) -Iinclude -fsyntax-only -x c - || \
	    { echo "$$h does not compile alone ($$w)" >&2; exit 1; }; done; done
check-rooms: ## includes that run against the order of the rooms
	@$(PYTHON) tests/check-rooms

# The same sources at two places, built into folders of the same name.
repro := $(O)/reproducible
check-reproducible: ## two release builds give the same bytes
	@rm -rf $(repro)
	@for d in a longer/b; do mkdir -p $(repro)/$$d && \
	    cp -r Makefile Kconfig hypervisor include tools $(repro)/$$d && \
	    $(MAKE) -s -C $(repro)/$$d O=build CC=$(CC) build/parvis.elf \
	    >$(repro)/log 2>&1 || { tail $(repro)/log >&2; exit 1; }; done
	@cd $(repro) && for f in parvis.elf parvis-syms; do \
	    sha256sum a/build/$$f longer/b/build/$$f && \
	    cmp a/build/$$f longer/b/build/$$f || exit 1; done

# dom0's file system and, appended, the scripts and programs that the system
# tests run there. Programs in C are linked statically.
dom0_tests := $(O)/tests/system
dom0_programs := $(patsubst tests/system/dom0/%.c,$(dom0_tests)/bin/%,\
                   $(sort $(wildcard tests/system/dom0/*.c)))
dom0_scripts := $(sort $(wildcard tests/system/dom0/*.sh))
$(dom0_tests)/bin/%: tests/system/dom0/%.c
	$(call say,HOSTLD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(HOST_CFLAGS) -static -o $@ $< -lpthread
$(dom0_tests)/tests.cpio: $(dom0_scripts) $(dom0_programs) \
        tools/image/initrd.py | $(O)/.packages-check
	@$(PYTHON) tools/image/initrd.py files $@ \
	    $(foreach s,$(dom0_scripts),tests/$(notdir $(s))=$(s)) \
	    $(foreach p,$(dom0_programs),tests/bin/$(notdir $(p))=$(p)) \
	    tests/bin/stress-ng=/usr/bin/stress-ng
$(dom0_tests)/dom0-tests.img: $(O)/dom0-initrd.img $(dom0_tests)/tests.cpio
	@cat $^ >$@
dom0-tests: $(dom0_tests)/dom0-tests.img

print-%:
	@echo $($*)

# ---- Reports --------------------------------------------------------------

.PHONY: help sizes clean distclean
help: ## this list
	@sed -e ':join; /\\$$/ { N; s/\\\n//; b join }' Makefile \
	    $(sort $(wildcard tools/*/build.mk tests/*/build.mk)) | \
	    sed -n 's/^\([a-zA-Z0-9_-]*\):[^#]*## \(.*\)/\1\t\2/p' | \
	    awk -F '\t' '{ printf "make %-18s %s\n", $$1, $$2 }'

sizes: $(O)/parvis.elf ## bytes and lines of each room of the hypervisor
	@printf '%-12s %9s %9s %9s %8s\n' room text data bss lines
	@for r in $(ROOMS); do \
	    o=$$(find $(O)/hypervisor/$$r -name '*.o' 2>/dev/null | sort); \
	    l=$$(cat hypervisor/$$r/*.[chS] 2>/dev/null | wc -l); \
	    if [ -n "$$o" ]; then $(SIZE) $$o; fi | awk -v r=$$r -v l=$$l \
	        'NR > 1 { t += $$1; d += $$2; b += $$3 } \
	         END { printf "%-12s %9d %9d %9d %8d\n", r, t, d, b, l }'; \
	done | awk '{ print; t += $$2; d += $$3; b += $$4; l += $$5 } \
	    END { printf "%-12s %9d %9d %9d %8d\n", "all", t, d, b, l }'

clean: ## remove what was built, keep what was downloaded
	@[ ! -d $(O) ] || find $(O) -mindepth 1 -maxdepth 1 ! -name cache \
	    -exec rm -rf {} +
distclean: ## remove $(O) altogether
	@rm -rf $(O)

formatted := $(sort $(shell find hypervisor include tools tests \
    \( -name '*.c' -o -name '*.h' \) 2>/dev/null))
.PHONY: format check-format
format: $(O)/.packages-check ## lay out all C sources by .clang-format
	@$(CLANG_FORMAT) -i $(formatted)
check-format: $(O)/.packages-check ## fail if some C source is laid out otherwise
	@$(CLANG_FORMAT) --dry-run -Werror $(formatted)
