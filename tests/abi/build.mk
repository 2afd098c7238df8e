# SPDX-License-Identifier: MIT
#
# The ABI headers against Debian's libxen-dev: no QEMU, a few seconds.

.PHONY: check-abi
check-abi: $(O)/.packages-check ## include/ against Debian's libxen-dev
	@tests/abi/headers
	@tests/abi/compare
	@tests/abi/selftest
