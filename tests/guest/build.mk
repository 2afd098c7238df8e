# SPDX-License-Identifier: MIT
#
# Tiny PV kernels: every tests/guest/FAMILY.c becomes one, booted as the first
# domain by tests/guest/run-one.
# GUEST_TESTS has all of them; $(O)/tests/guest/covers.txt has one line per
# hypercall result that a test shows: "call[.sub] error family/test".
# Takes O and CC from the top-level Makefile.

guest_dir := tests/guest
guest_out := $(O)/tests/guest
guest_families := $(sort $(basename $(notdir $(wildcard $(guest_dir)/*.c))))
guest_lib_src := $(sort $(wildcard $(guest_dir)/lib/*.c $(guest_dir)/lib/*.S))
guest_lib_obj := $(patsubst $(guest_dir)/lib/%,$(guest_out)/lib/%.o,\
                   $(guest_lib_src))

GUEST_TESTS += $(guest_families:%=$(guest_out)/%.elf)

guest_cppflags := -nostdinc -isystem $(shell $(CC) -print-file-name=include) \
    -Iinclude -I$(guest_dir)/lib
# The hypervisor's warnings, but for gcc's guess about variables across
# jump_set(): what TRY() abandons is not used.
guest_no_clobbered := $(shell $(CC) -Werror -Wno-clobbered -fsyntax-only \
    -x c /dev/null 2>/dev/null && echo -Wno-clobbered)
guest_cflags := -std=gnu11 -O2 -g -Wall -Wextra -Wshadow -Wundef \
    -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual -Wvla -Werror \
    $(guest_no_clobbered) -ffreestanding -fno-builtin -fno-pic -fno-pie \
    -mcmodel=kernel \
    -mno-red-zone -mgeneral-regs-only -fcf-protection=none \
    -fno-stack-protector -fno-strict-aliasing -fno-common \
    -fno-asynchronous-unwind-tables -fno-omit-frame-pointer \
    -ffile-prefix-map=$(CURDIR)=.
guest_ldflags := -m elf_x86_64 -nostdlib -static --build-id=none \
    -z max-page-size=4096 -z noexecstack --no-warn-rwx-segments

guest_flags := $(guest_out)/.flags
$(guest_flags): FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(guest_cppflags) $(guest_cflags) $(guest_ldflags)' >$@.tmp
	@cmp -s $@.tmp $@ && rm $@.tmp || mv $@.tmp $@

$(guest_out)/lib/%.c.o: $(guest_dir)/lib/%.c $(guest_flags)
	@mkdir -p $(@D)
	$(Q)$(CC) $(guest_cppflags) $(guest_cflags) -MMD -MP -c -o $@ $<

$(guest_out)/lib/%.S.o: $(guest_dir)/lib/%.S $(guest_flags)
	@mkdir -p $(@D)
	$(Q)$(CC) $(guest_cppflags) -D__ASSEMBLY__ -MMD -MP -c -o $@ $<

$(guest_out)/%.c.o: $(guest_dir)/%.c $(guest_flags)
	@mkdir -p $(@D)
	$(Q)$(CC) $(guest_cppflags) $(guest_cflags) -DFAMILY='"$*"' -MMD -MP \
	    -c -o $@ $<

$(guest_out)/%.elf: $(guest_out)/%.c.o $(guest_lib_obj) \
                    $(guest_dir)/guest.lds
	$(call say,GUEST,$@)
	$(Q)$(LD) $(guest_ldflags) -T $(guest_dir)/guest.lds -o $@ \
	    $(filter %.o,$^)

$(guest_out)/covers.txt: $(guest_families:%=$(guest_out)/%.c.o)
	$(Q)for f in $^; do \
	    objcopy -O binary --set-section-flags .covers=alloc \
	        --only-section=.covers $$f /dev/stdout; done | \
	    awk '{ for (i = 2; i <= NF; i++) { split($$i, a, ":"); \
	        print a[1], a[2], $$1 } }' | LC_ALL=C sort -u >$@

guests: $(guest_out)/covers.txt

-include $(wildcard $(guest_out)/*.d $(guest_out)/lib/*.d)
