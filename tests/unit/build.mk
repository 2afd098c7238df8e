# SPDX-License-Identifier: MIT
#
# Unit tests: the hypervisor's pure logic and the tools' libraries, built for
# the host with cmocka and the sanitizers. Each folder below has a fragment
# that calls, for each of its programs,
#   $(eval $(call unit_test,NAME,SOURCES...))
# where SOURCES are paths from the top: the test, what it tests, its fakes.

UNIT_CFLAGS = $(HOST_CFLAGS) -fsanitize=address,undefined \
    -fno-sanitize-recover=undefined -fno-omit-frame-pointer \
    -Ihypervisor -Iinclude -Itests/unit

define unit_test
UNIT_TESTS += $(O)/tests/unit/$(1)
$(O)/tests/unit/$(1): $(2) tests/unit/build.mk | $(O)/.packages-check
	$$(call say,HOSTCC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(UNIT_CFLAGS) $(3) -MMD -MP -MF $$@.d -MT $$@ -o $$@ $(2) \
	    -lcmocka
-include $(O)/tests/unit/$(1).d
endef

include $(sort $(wildcard tests/unit/*/build.mk tests/unit/*/*/build.mk))
