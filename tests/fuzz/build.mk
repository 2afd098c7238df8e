# SPDX-License-Identifier: MIT
#
# libFuzzer targets of the hypervisor's pure readers, with the sanitizers.
# Each folder below has a fragment that calls, for each of its programs,
#   $(eval $(call fuzz_target,NAME,SOURCES...))
# `make fuzz-NAME` runs one for FUZZ_SECONDS (20), `make fuzz` all of them.
# What a run finds new is kept in $(O)/tests/fuzz/NAME/corpus and tried first
# the next time; input that fails lies beside it.

FUZZERS :=
# libFuzzer is clang's, whatever the rest is built by.
FUZZ_CC ?= clang
FUZZ_SECONDS ?= 20
FUZZ_CFLAGS = $(HOST_CFLAGS) -O1 -fsanitize=fuzzer,address,undefined \
    -fno-sanitize-recover=undefined -fno-omit-frame-pointer \
    -Ihypervisor -Iinclude -Itests/unit

define fuzz_target
FUZZERS += $(1)
$(O)/tests/fuzz/$(1)/fuzz: $(2) tests/fuzz/build.mk | $(O)/.packages-check
	$$(call say,FUZZCC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(FUZZ_CC) $$(FUZZ_CFLAGS) -MMD -MP -MF $$@.d -MT $$@ -o $$@ \
	    $(2) $(3)
-include $(O)/tests/fuzz/$(1)/fuzz.d
.PHONY: fuzz-$(1)
fuzz-$(1): $(O)/tests/fuzz/$(1)/fuzz
	@mkdir -p $$(<D)/corpus
	$$(Q)$$< -max_total_time=$$(FUZZ_SECONDS) -timeout=10 \
	    -rss_limit_mb=1024 -print_final_stats=1 -verbosity=0 \
	    -max_len=$(4) -artifact_prefix=$$(<D)/ $$(<D)/corpus
endef

include $(sort $(wildcard tests/fuzz/*/build.mk))

.PHONY: fuzz fuzzers
fuzzers: $(FUZZERS:%=$(O)/tests/fuzz/%/fuzz) ## the fuzzers' programs
fuzz: $(FUZZERS:%=fuzz-%) ## fuzz each pure reader for FUZZ_SECONDS (20)
