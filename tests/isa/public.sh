#!/bin/bash
# Runs the public riscv-tests on riscv_virt, from a checkout of theirs: no Debian package carries them, and none of their
# code is ours to keep. Builds each program of the groups for RV64GC as they do themselves, for their environment `p`, and
# has vpsim run it; its exit code is the verdict.
#
#   tests/isa/public.sh CHECKOUT [VPSIM]    CHECKOUT has isa/rv64ui/... and, from its submodule, env/p/...
#
# Ends with 0 if all that could be built passed, with 1 if one failed, with 2 if there was nothing to run.
set -euo pipefail

readonly GROUPS_OF_RV64GC=(rv64ui rv64um rv64ua rv64uf rv64ud rv64uc rv64si rv64mi)
readonly COMPILER=${RISCV_GCC:-riscv64-unknown-elf-gcc}
# Simulated time: the longest program takes a few milliseconds.
readonly MOST_TIME=10s

give_up() {
  printf '%s: %s\n' "$0" "$*" >&2
  exit 2
}

(($# == 1 || $# == 2)) || give_up "needs the path of a checkout of riscv-tests, and takes that of vpsim"
readonly checkout=$1
readonly vpsim=${2:-$(dirname "${BASH_SOURCE[0]}")/../../build/sim/vpsim}
[[ -f $checkout/env/p/link.ld ]] || give_up "there is no $checkout/env/p/link.ld; fetch the submodule with: git submodule update --init"
[[ -x $vpsim ]] || give_up "there is no $vpsim; build it with sim/run.sh, or say where it is"
command -v "$COMPILER" >/dev/null || give_up "there is no $COMPILER; install the package gcc-riscv64-unknown-elf"

work=$(mktemp -d)
readonly work
trap 'rm -rf "$work"' EXIT

# build PROGRAM SOURCE
build() {
  "$COMPILER" -march=rv64g -mabi=lp64 -static -mcmodel=medany -fvisibility=hidden -nostdlib -nostartfiles \
    -I"$checkout/env/p" -I"$checkout/isa/macros/scalar" -T"$checkout/env/p/link.ld" -o "$1" "$2" 2>"$1.log"
}

# run PROGRAM
run() { "$vpsim" run --bios "$1" --max-time "$MOST_TIME" >"$1.out" 2>&1 </dev/null; }

passed=0 failed=0 not_built=0
for group in "${GROUPS_OF_RV64GC[@]}"; do
  for source in "$checkout/isa/$group"/*.S; do
    [[ -f $source ]] || continue
    program=$work/$group-p-$(basename "$source" .S)
    if ! build "$program" "$source"; then
      not_built=$((not_built + 1))
      printf 'not built  %s: %s\n' "${program##*/}" "$(grep -m 1 -i error "$program.log" || tail -n 1 "$program.log")"
    elif run "$program"; then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
      printf 'failed     %s: %s\n' "${program##*/}" "$(tail -n 1 "$program.out")"
    fi
  done
done

printf '%d passed, %d failed, %d not built\n' "$passed" "$failed" "$not_built"
((passed + failed > 0)) || give_up "$checkout has no program of ${GROUPS_OF_RV64GC[*]} that could be built"
((failed == 0))
