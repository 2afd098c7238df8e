# SPDX-License-Identifier: MIT
$(eval $(call fuzz_target,decode,tests/fuzz/decode/fuzz_decode.c \
    tests/unit/pv/oracle.c hypervisor/pv/decode.c,-lZydis,16))
