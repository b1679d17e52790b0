#!/bin/bash
# Builds and runs the tests.
#
#   tests/run.sh              every test but the whole boots of Linux, in the release build
#   tests/run.sh --program P  the tests of one program, such as map_test or tlm_test, and no more is built than it needs
#   tests/run.sh --all        the same tests under sanitizers, and what else there is: format, clang-tidy, fuzzing, long
#                             random runs, and Debian's Linux booted in every way (its kernel is fetched with apt-get the
#                             first time), and the first hour on a bare machine
#   tests/run.sh --coverage   line coverage of the memory map by the tests, and whether it is enough
#   tests/run.sh --systemc3   every test with SystemC 3.0, in a Debian 13 of its own under build/ (tests/systemc3.sh)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. cmake/debian-packages.sh

readonly FUZZ_SECONDS=60
readonly RANDOM_STEPS=1000000
readonly LEAST_COVERAGE=95
# Host threads are used where a map is read by others than the simulation, and by the console.
readonly THREADED_TESTS=(map_test access_test sim_test)

times=()

# stage NAME COMMAND... : runs it, and remembers how long it took.
stage() {
  local name=$1 began=$SECONDS
  shift
  say "$name"
  "$@"
  times+=("$(printf '%5d s  %s' $((SECONDS - began)) "$name")")
}

# run_ctest PRESET [CTEST OPTIONS] : fails if there are no tests at all.
run_ctest() {
  local preset=$1
  shift
  ctest --preset "$preset" --no-tests=error -j "$(nproc)" "$@" </dev/null
}

check_format() {
  find sc_memory models platforms sim tests -name '*.h' -print0 -o -name '*.cpp' -print0 |
    xargs -0 clang-format --dry-run -Werror
}

# Each source by itself, so that one that does not include what it uses is found too.
check_tidy() {
  [[ -f build/tidy/build.ninja ]] || configure tidy
  make_targets tidy sc_memory_commit
  # clang does not know every option of g++.
  run-clang-tidy -quiet -p build/tidy -j "$(nproc)" -extra-arg=-Wno-unknown-warning-option \
    -extra-arg=-Wno-ignored-optimization-argument "^$PWD/(sc_memory|models|platforms|sim)/" >build/clang-tidy.txt 2>&1 || {
    grep -E -A3 '(warning|error):' build/clang-tidy.txt | tail -n 100
    return 1
  }
}

# Leaks are not looked for: the leak checker takes a stack of one of SystemC's processes for the thread's at times, and reads on
# into the guard page behind it.
run_asan_tests() { ASAN_OPTIONS=detect_leaks=0 run_ctest asan -LE whole_boot; }

# But for the longest, which has no second thread. The libraries are shared ones there, and are installed as such.
run_threaded_tests() {
  run_ctest tsan -R "^($(IFS='|' && echo "${THREADED_TESTS[*]}|consumer"))\." -E '^map_test\.MapRandom\.'
}

# fuzz_with PROGRAM : for a while. What it finds interesting is kept for the next run.
fuzz_with() {
  mkdir -p "$1.corpus"
  "$1" -max_total_time=$FUZZ_SECONDS -verbosity=0 -print_final_stats=1 "$1.corpus" </dev/null >"$1.txt" 2>&1 || {
    tail -n 200 "$1.txt"
    return 1
  }
  grep -H number_of_executed_units "$1.txt"
}

# With every program that tests/fuzz builds, as many at a time as there are processors.
fuzz() {
  export -f fuzz_with
  export FUZZ_SECONDS
  find build/asan/tests/fuzz -maxdepth 1 -type f -executable -print0 |
    xargs -0 -P "$(nproc)" -I '{}' bash -c 'fuzz_with "$1"' fuzz '{}'
}

# As a user does; the tests give vpsim its options themselves.
boot_linux() { sim/run.sh linux </dev/null; }

run_random_steps() { SC_MEMORY_STEPS=$RANDOM_STEPS run_ctest release -R '^map_test\.MapRandom\.'; }

# By the programs whose subject it is, and no others: of those that are not built, ctest would say that they are missing.
coverage() {
  local programs=(map_test map_out_of_memory_test access_test compat_test)
  install_missing "${COVERAGE_PACKAGES[@]}"
  build_with_tests coverage "${programs[@]}"
  # The build runs each program once to list its tests, and an older build may have left counts of other code.
  find build/coverage -name '*.gcda' -delete
  run_ctest coverage -R "^($(IFS='|' && echo "${programs[*]}"))\."
  # Without the last argument it would look for counts in everything below the checkout, other builds included.
  gcovr --root . --filter 'sc_memory/(map|access)/' --exclude-throw-branches --fail-under-line "$LEAST_COVERAGE" \
    build/coverage
}

install_missing "${BUILD_PACKAGES[@]}" "${FIRMWARE_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
case ${1-} in
  '') ;;
  --coverage)
    coverage
    exit
    ;;
  --program)
    (($# == 2)) || give_up "--program wants a name, such as map_test"
    build_with_tests release "$2"
    run_ctest release -R "^$2\."
    exit
    ;;
  --systemc3)
    tests/systemc3.sh suite
    exit
    ;;
  --all)
    install_missing "${CHECK_PACKAGES[@]}" "${BROWSER_PACKAGES[@]}"
    stage "the release build" build_with_tests release
    stage "format" check_format
    stage "clang-tidy" check_tidy
    stage "the build with address and undefined-behaviour sanitizers" build_with_tests asan
    stage "all tests under address and undefined-behaviour sanitizers" run_asan_tests
    stage "the build with the thread sanitizer, and shared libraries" build_with_tests tsan "${THREADED_TESTS[@]}" sc_memory_platforms
    stage "tests with threads under the thread sanitizer" run_threaded_tests
    stage "the build against SystemC 3.0" tests/systemc3.sh build
    stage "reports in a browser" tests/browser.sh
    stage "fuzzing, $FUZZ_SECONDS s each" fuzz
    stage "random map changes, $RANDOM_STEPS steps" run_random_steps
    stage "the first hour on a bare machine" tests/bare_machine.sh
    stage "sim/run.sh linux, without a terminal" boot_linux
    stage "whole boots of Linux" run_ctest release -L whole_boot
    say "times"
    printf '%s\n' "${times[@]}"
    exit
    ;;
  *) give_up "unknown argument '$1'; there are --program, --all, --coverage and --systemc3, or none for the tests alone" ;;
esac
build_with_tests release
say "all tests"
run_ctest release -LE whole_boot
