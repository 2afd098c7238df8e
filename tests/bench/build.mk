# SPDX-License-Identifier: MIT
#
# The tiny kernel that measures the basic operations: tests/bench/bench.c on
# the library of tests/guest, whose build.mk has the options for both.

bench_out := $(O)/tests/bench
bench_guest := tests/guest
bench_obj := $(patsubst tests/bench/%,$(bench_out)/%.o, \
               $(wildcard tests/bench/*.c tests/bench/*.S)) \
             $(patsubst tests/guest/lib/%,$(O)/tests/guest/lib/%.o, \
               $(sort $(wildcard tests/guest/lib/*.c tests/guest/lib/*.S)))

$(bench_out)/%.c.o: tests/bench/%.c $(O)/tests/guest/.flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(guest_cppflags) $(guest_cflags) -DFAMILY='"$*"' -MMD -MP \
	    -c -o $@ $<

$(bench_out)/%.S.o: tests/bench/%.S $(O)/tests/guest/.flags
	@mkdir -p $(@D)
	$(Q)$(CC) $(guest_cppflags) -D__ASSEMBLY__ -MMD -MP -c -o $@ $<

$(bench_out)/bench.elf: $(bench_obj) tests/guest/guest.lds
	$(call say,GUEST,$@)
	$(Q)$(LD) $(guest_ldflags) -T tests/guest/guest.lds -o $@ \
	    $(filter %.o,$^)

bench: $(bench_out)/bench.elf

-include $(wildcard $(bench_out)/*.d)
