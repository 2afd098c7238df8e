# SPDX-License-Identifier: MIT
#
# parvis-unpack-kernel, its unit tests and its fuzzer. Takes O, Q, CC,
# HOST_CFLAGS and FORCE from the top-level Makefile; adds to TOOLS and
# UNIT_TESTS.

unpack_src := tools/unpack-kernel
unpack_test_src := tests/unit/tools/unpack-kernel
unpack_fuzz_src := tests/fuzz/unpack
unpack_obj := $(O)/tools/unpack-kernel
unpack_test_obj := $(O)/tests/unit/unpack-kernel
unpack_fuzz_obj := $(O)/tests/fuzz/unpack

unpack_names := $(basename $(notdir $(sort $(wildcard $(unpack_src)/*.c))))
unpack_lib_names := $(filter-out main,$(unpack_names))
unpack_test_names := $(basename $(notdir $(sort \
    $(wildcard $(unpack_test_src)/*.c))))

unpack_bin := $(O)/tools/parvis-unpack-kernel
unpack_test := $(O)/tests/unit/unpack-kernel-test
unpack_fuzzer := $(unpack_fuzz_obj)/fuzz-unpack
unpack_seeds := $(unpack_fuzz_obj)/make-seeds

TOOLS += $(unpack_bin)
UNIT_TESTS += $(unpack_test)

PARVIS_VERSION ?= 0.1
unpack_cppflags := -DPARVIS_VERSION='"$(PARVIS_VERSION)"'
unpack_libs := -lz -llzma -lzstd -llz4 -lbz2 -lelf

# The program, hardened: what it reads may come from anyone.
unpack_cflags := $(HOST_CFLAGS) -fPIE -fstack-protector-strong \
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
unpack_ldflags := -pie -Wl,-z,relro,-z,now,-z,noexecstack

# The tests see the sources under sanitizers, and some calls fail on demand.
unpack_sanitize := -fsanitize=address,undefined -fno-sanitize-recover=all
unpack_test_cflags := $(HOST_CFLAGS) -O1 $(unpack_sanitize) -I$(unpack_src)
unpack_wrapped := write fsync rename linkat open close realloc malloc calloc
unpack_test_ldflags := $(unpack_sanitize) \
    $(foreach f,$(unpack_wrapped),-Wl,--wrap=$(f))

# libFuzzer is clang's, whatever the rest is built by.
FUZZ_CC ?= clang
FUZZ_SECONDS ?= 20
unpack_fuzz_cflags := $(HOST_CFLAGS) -O1 $(unpack_sanitize) \
    -I$(unpack_src) -I$(unpack_test_src)

# Everything is built again when the compiler or its options change.
unpack_flags := $(unpack_obj)/.flags
$(unpack_flags): FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(unpack_cppflags) $(unpack_cflags) $(unpack_ldflags)' \
	    '$(unpack_test_cflags) $(unpack_test_ldflags)' \
	    '$(FUZZ_CC) $(unpack_fuzz_cflags)' >$@.tmp
	@cmp -s $@.tmp $@ && rm $@.tmp || mv $@.tmp $@

$(unpack_obj)/%.o: $(unpack_src)/%.c $(unpack_flags)
	@mkdir -p $(@D)
	$(Q)$(CC) $(unpack_cppflags) $(unpack_cflags) -MMD -MP -c -o $@ $<

$(unpack_bin): $(unpack_names:%=$(unpack_obj)/%.o)
	$(call say,HOSTLD,$@)
	$(Q)$(CC) $(unpack_cflags) $(unpack_ldflags) -o $@ $^ $(unpack_libs)

$(unpack_test_obj)/lib/%.o: $(unpack_src)/%.c $(unpack_flags)
	@mkdir -p $(@D)
	$(Q)$(CC) $(unpack_cppflags) $(unpack_test_cflags) -MMD -MP -c -o $@ $<

$(unpack_test_obj)/%.o: $(unpack_test_src)/%.c $(unpack_flags)
	@mkdir -p $(@D)
	$(Q)$(CC) $(unpack_test_cflags) -MMD -MP -c -o $@ $<

$(unpack_test): $(unpack_lib_names:%=$(unpack_test_obj)/lib/%.o) \
                $(unpack_test_names:%=$(unpack_test_obj)/%.o)
	$(call say,HOSTLD,$@)
	$(Q)$(CC) $(unpack_test_ldflags) -o $@ $^ $(unpack_libs) -lcmocka

$(unpack_fuzz_obj)/lib/%.o: $(unpack_src)/%.c $(unpack_flags)
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(unpack_cppflags) $(unpack_fuzz_cflags) \
	    -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

$(unpack_fuzz_obj)/%.o: $(unpack_fuzz_src)/%.c $(unpack_flags)
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(unpack_fuzz_cflags) -MMD -MP -c -o $@ $<

$(unpack_fuzz_obj)/image.o: $(unpack_test_src)/image.c $(unpack_flags)
	@mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(unpack_fuzz_cflags) -MMD -MP -c -o $@ $<

$(unpack_fuzzer): $(unpack_lib_names:%=$(unpack_fuzz_obj)/lib/%.o) \
                  $(unpack_fuzz_obj)/fuzz_unpack.o
	$(call say,HOSTLD,$@)
	$(Q)$(FUZZ_CC) $(unpack_sanitize) -fsanitize=fuzzer -o $@ $^ \
	    $(unpack_libs)

$(unpack_seeds): $(unpack_fuzz_obj)/make_seeds.o $(unpack_fuzz_obj)/image.o
	$(Q)$(FUZZ_CC) $(unpack_sanitize) -o $@ $^ $(unpack_libs)

# What it finds new is kept in corpus/ and tried first the next time.
.PHONY: fuzz-unpack
fuzz-unpack: $(unpack_fuzzer) $(unpack_seeds) ## fuzz parvis-unpack-kernel for FUZZ_SECONDS (20)
	@mkdir -p $(unpack_fuzz_obj)/corpus $(unpack_fuzz_obj)/seeds
	$(Q)$(unpack_seeds) $(unpack_fuzz_obj)/seeds
	$(Q)$(unpack_fuzzer) -max_total_time=$(FUZZ_SECONDS) -max_len=65536 \
	    -rss_limit_mb=2048 -timeout=20 -print_final_stats=1 \
	    -artifact_prefix=$(unpack_fuzz_obj)/ \
	    $(unpack_fuzz_obj)/corpus $(unpack_fuzz_obj)/seeds

-include $(wildcard $(unpack_obj)/*.d $(unpack_test_obj)/*.d \
    $(unpack_test_obj)/lib/*.d $(unpack_fuzz_obj)/*.d \
    $(unpack_fuzz_obj)/lib/*.d)
