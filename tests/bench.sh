#!/bin/bash
# Builds the benchmark and runs it, which prints one line per figure at the end: NAME VALUE UNIT. Arguments are the
# program's; --help explains them.
#
#   tests/bench.sh                        everything, a few minutes
#   tests/bench.sh --filter 'route'       figures whose names contain a match
#   tests/bench.sh --json figures.json    the figures also as JSON
set -euo pipefail
called_from=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. cmake/debian-packages.sh

{
  install_missing "${BUILD_PACKAGES[@]}" "${FIRMWARE_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
  build_with_tests release sc_memory_bench
} >&2

bench=$PWD/build/tests/benchmark/sc_memory_bench
# A file name among the arguments is that of where the user stands.
cd "$called_from"
exec "$bench" "$@" </dev/null
