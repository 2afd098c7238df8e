# SPDX-License-Identifier: MIT
#
# The guest that measures the hypervisor alone, on the framework of the tiny
# guests (tests/guest/build.mk, which is read after this and has the flags).

bench_guest := $(O)/tests/bench/ops.elf

$(O)/tests/bench/%.c.o: tests/bench/%.c $(O)/tests/guest/.flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(guest_cppflags) $(guest_cflags) -DFAMILY='"bench"' -MMD -MP \
	    -c -o $@ $<

$(O)/tests/bench/%.S.o: tests/bench/%.S $(O)/tests/guest/.flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(guest_cppflags) -D__ASSEMBLY__ -MMD -MP -c -o $@ $<

$(bench_guest): $(O)/tests/bench/ops.c.o $(O)/tests/bench/entry.S.o \
    $(patsubst tests/guest/lib/%,$(O)/tests/guest/lib/%.o,\
      $(wildcard tests/guest/lib/*.c tests/guest/lib/*.S)) \
    tests/guest/guest.lds
	$(call say,GUEST,$@)
	$(Q)$(LD) $(guest_ldflags) -T tests/guest/guest.lds -o $@ \
	    $(filter %.o,$^)

guests: $(bench_guest)

-include $(wildcard $(O)/tests/bench/*.d)
