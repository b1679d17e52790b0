#!/bin/bash
# tests/isa/public.sh with programs of our own, laid out as a checkout of the public riscv-tests: what passes, what fails
# and what cannot be built is counted and said.
#
#   public_test.sh VPSIM COMPILER
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly here vpsim=$1
export RISCV_GCC=$2

checkout=$(mktemp -d)
readonly checkout
trap 'rm -rf "$checkout"' EXIT

# program NAME TEXT...
program() { printf '%s\n' '#include "environment.S"' "${@:2}" >"$checkout/isa/$1.S"; }

# expect EXIT_CODE PATTERN... : runs it, and looks for a line for each pattern.
expect() {
  local code=0 output pattern
  output=$("$here/public.sh" "$checkout" "$vpsim" 2>&1) || code=$?
  if ((code != $1)); then
    printf 'the exit code is %d and not %d:\n%s\n' "$code" "$1" "$output"
    exit 1
  fi
  for pattern in "${@:2}"; do
    grep -qE "$pattern" <<<"$output" || {
      printf 'no line matches "%s":\n%s\n' "$pattern" "$output"
      exit 1
    }
  done
}

expect 2 'there is no .*env/p/link.ld'

mkdir -p "$checkout"/env/p "$checkout"/isa/{rv64ui,rv64mi,rv64uv}
cp "$here/../guest/program.ld" "$checkout/env/p/link.ld"
cp "$here/environment.S" "$here/arithmetic.S" "$checkout/env/p/"
expect 2 'no program of .* could be built'

program rv64ui/good 'check' 'li a0, 3' 'expect a0, 3' 'done'
program rv64uv/vector 'of an extension that is not asked for'
expect 0 '^1 passed, 0 failed, 0 not built$'

program rv64mi/bad 'check' 'li a0, 3' 'expect a0, 3' 'check' 'expect a0, 4' 'done'
program rv64ui/later 'instruction_of_tomorrow a0'
expect 1 '^failed +rv64mi-p-bad: .*test 2' '^not built +rv64ui-p-later: .*instruction_of_tomorrow' \
  '^1 passed, 1 failed, 1 not built$'
