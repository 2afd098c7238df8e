# SPDX-License-Identifier: MIT
#
# Turns `nm -n` of the linked hypervisor into the table that debug/ finds
# functions' names in: offsets from text_start in ascending order, for each the
# index of its name, and the names. Without input the table is empty.
#
# nm prints more hexadecimal digits than awk's numbers hold, so the
# subtraction is left to the assembler.

BEGIN { count = 0; at = 0 }
$3 == "text_start" { base = $1 }
$2 ~ /^[tT]$/ && $3 !~ /^\./ && base != "" && $1 != last {
    last = $1
    address[count] = $1
    name[count++] = $3
}

END {
    print "    .section .rodata.symbols, \"a\", @progbits"
    print "    .globl debug_symbol_count, debug_symbol_offsets"
    print "    .globl debug_symbol_names_idx, debug_symbol_names"
    print "    .balign 4"
    print "debug_symbol_count:"
    printf "    .long %d\n", count
    print "debug_symbol_offsets:"
    for (i = 0; i < count; i++)
        printf "    .long 0x%s - 0x%s\n", address[i], base
    print "debug_symbol_names_idx:"
    for (i = 0; i < count; i++) {
        printf "    .long %d\n", at
        at += length(name[i]) + 1
    }
    print "debug_symbol_names:"
    for (i = 0; i < count; i++)
        printf "    .asciz \"%s\"\n", name[i]
    print "    .section .note.GNU-stack, \"\", @progbits"
}
