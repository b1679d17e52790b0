#!/bin/sh
# The words of the program in docs/examples/hart-and-device are what an assembler makes of the text beside them.
# example_program_test.sh <hart_and_device.cpp> <riscv gcc>
set -eu
source=$1
gcc=$2
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

program() { sed -n '/kProgram = {/,/^};/p' "$source" | sed -n 's/^ *\(0x[0-9a-f]*\), *\/\/\(.*\)$/\1 \2/p'; }
program | cut -d' ' -f1 | sed 's/0x//' >"$directory/words"
{ echo '.option norvc'; program | cut -d' ' -f2-; } >"$directory/program.S"
"$gcc" -march=rv64i_zicsr -mabi=lp64 -c "$directory/program.S" -o "$directory/program.o"
"${gcc%gcc}objcopy" -O binary "$directory/program.o" "$directory/program.bin"
od -An -v -w4 -tx4 "$directory/program.bin" | tr -d ' ' >"$directory/assembled"
[ -s "$directory/words" ]
diff "$directory/words" "$directory/assembled"
