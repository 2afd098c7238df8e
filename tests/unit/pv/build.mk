# SPDX-License-Identifier: MIT

comma := ,
$(eval $(call unit_test,pv/decode_oracle,tests/unit/pv/test_decode_oracle.c \
    tests/unit/pv/oracle.c hypervisor/pv/decode.c,-lZydis))
# Of pv/emulate.c only what computes addresses is called; what the rest would
# call is missing. No red zone: the hypervisor has none, ptwr.c pushes flags.
$(eval $(call unit_test,pv/ptwr,tests/unit/pv/test_ptwr.c \
    tests/unit/pv/native.c hypervisor/pv/ptwr.c hypervisor/pv/decode.c \
    hypervisor/pv/emulate.c,-mno-red-zone -fno-pie -no-pie \
    -Wl$(comma)--unresolved-symbols=ignore-in-object-files))
$(eval $(call unit_test,pv/decode,tests/unit/pv/test_decode.c \
    hypervisor/pv/decode.c))
$(eval $(call unit_test,pv/hypercall_page,\
    tests/unit/pv/test_hypercall_page.c hypervisor/pv/hypercall_page.c))
