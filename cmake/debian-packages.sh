# What sim/run.sh, tests/run.sh and .ci/run share, to be sourced: the Debian packages that the project needs, and the
# steps from a bare machine to a build. Every step says what it does, and does nothing where nothing is to be done; one that
# fails says in a line why, and what to do. Whatever was done by then is no obstacle to the next run.
# shellcheck shell=bash

# Of the simulator, of the tests on top of it, and of what `tests/run.sh --all` and others do besides.
readonly BUILD_PACKAGES=(g++ cmake ninja-build pkg-config libsystemc-dev libfmt-dev libfdt-dev libelf-dev
  libcli11-dev libslirp-dev libsqlite3-dev nlohmann-json3-dev)
readonly FIRMWARE_PACKAGES=(opensbi u-boot-qemu)
# To make an initial RAM disk and a disk image for Linux.
readonly LINUX_PACKAGES=(binutils-riscv64-linux-gnu cpio e2fsprogs kmod xz-utils)
readonly TEST_PACKAGES=(libgtest-dev libgmock-dev libbenchmark-dev device-tree-compiler gcc-riscv64-unknown-elf gdb-multiarch)
readonly BROWSER_PACKAGES=(chromium)
readonly CHECK_PACKAGES=(clang clang-format clang-tidy libclang-rt-dev)
readonly COVERAGE_PACKAGES=(gcovr)

# What ccache keeps serves every checkout of the project, wherever it lies; it has to look into precompiled headers.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros

say() { printf '== %s\n' "$*"; }

give_up() {
  printf '%s: %s\n' "$0" "$*" >&2
  exit 2
}

# full_disk DIRECTORY : whether nothing to speak of is free where DIRECTORY lies; prints what there is.
full_disk() {
  local free
  free=$(df --output=avail -m "$1" 2>/dev/null | tail -n 1) && ((free < 64)) && printf '%s has %s MB left' "$1" "$((free))"
}

# installed PACKAGE... : whether all of them are.
installed() {
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || return 1
  done
}

# install_missing PACKAGE... : installs those that are not there, with apt-get.
install_missing() {
  local package missing=() system=unknown
  [[ -r /etc/os-release ]] && system=$(. /etc/os-release && printf '%s' "$PRETTY_NAME")
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
    give_up "this system ($system) has no apt-get, which Debian 12 has; install what cmake/Dependencies.cmake names by hand" \
      "and build with cmake --preset release"
  for package in "$@"; do installed "$package" || missing+=("$package"); done
  ((${#missing[@]})) || return 0
  local as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || give_up "packages are missing, and there is no sudo; as root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  say "installing Debian packages: ${missing[*]}"
  local log
  log=$(mktemp)
  # What an installation that was broken off left behind.
  "${as_root[@]}" dpkg --configure -a </dev/null >"$log" 2>&1 || installation_failed "$log" "dpkg --configure -a failed"
  "${as_root[@]}" apt-get update -q </dev/null 2>&1 | tee "$log" || true
  for package in "${missing[@]}"; do
    apt-cache show --no-all-versions "$package" >/dev/null 2>&1 ||
      installation_failed "$log" "apt knows no package '$package' on this system ($system); Debian 12 has it in main"
  done
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "${missing[@]}" </dev/null 2>&1 | tee "$log" ||
    installation_failed "$log" "apt-get install failed"
  rm -f "$log"
}

# installation_failed LOG OTHERWISE : gives up with the reason that the output in LOG tells, or OTHERWISE.
installation_failed() {
  local reason=$2 full
  if full=$(full_disk /var/cache/apt) || full=$(full_disk /usr); then
    reason="the disk is full while packages are installed ($full); make room and start again"
  elif grep -qE 'Temporary failure resolving|Could not (resolve|connect)|Unable to connect|Network is unreachable|Failed to fetch' "$1"; then
    reason="packages cannot be fetched: no network, or apt's mirror does not answer (/etc/apt/sources.list); start again when it does"
  elif grep -q 'Could not get lock' "$1"; then
    reason="another program is installing packages; start again when it is done"
  elif grep -qE 'No space left on device' "$1"; then
    reason="the disk is full while packages are installed; make room and start again"
  fi
  rm -f "$1"
  give_up "$reason"
}

# build_directory PRESET : where CMakePresets.json lets the preset build, from the top of the checkout.
build_directory() { [[ $1 == release ]] && echo build || echo "build/$1"; }

# configure PRESET CMAKE-OPTION... : always; `build` and `build_with_tests` know when it is needed.
configure() {
  local preset=$1 log cached=() full
  shift
  say "configuring $(build_directory "$preset")/"
  # Only where it is installed already: it saves time, and nothing depends on it.
  command -v ccache >/dev/null && cached=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  log=$(mktemp)
  cmake --preset "$preset" "${cached[@]}" "$@" >"$log" 2>&1 || {
    cat "$log" >&2
    rm -f "$log"
    full=$(full_disk .) && give_up "the disk is full ($full); make room and start again"
    give_up "cmake --preset $preset failed; its words are above"
  }
  rm -f "$log"
}

# has_tests PRESET : whether it is configured, and with the tests.
has_tests() { grep -qs '^SC_MEMORY_BUILD_TESTS:[A-Z]*=ON' "$(build_directory "$1")/CMakeCache.txt"; }

# build PRESET TARGET... : what needs no tests. They are configured only where they were before and can be still.
build() {
  local preset=$1
  if [[ ! -f $(build_directory "$preset")/build.ninja ]] || { has_tests "$preset" && ! installed "${TEST_PACKAGES[@]}"; }; then
    configure "$preset" -DSC_MEMORY_BUILD_TESTS=OFF
  fi
  make_targets "$@"
}

# build_with_tests PRESET [TARGET...] : everything unless targets are named.
build_with_tests() {
  local preset=$1
  [[ -f $(build_directory "$preset")/build.ninja ]] && has_tests "$preset" || configure "$preset" -DSC_MEMORY_BUILD_TESTS=ON
  make_targets "$@"
}

# make_targets PRESET [TARGET...] : builds what is not up to date.
make_targets() {
  local preset=$1 full
  shift
  say "building $(build_directory "$preset")/ ${*:-(everything)}"
  cmake --build --preset "$preset" ${1:+--target "$@"} || {
    full=$(full_disk .) && give_up "the disk is full ($full); make room and start again"
    give_up "the build failed; the compiler's words are above"
  }
}
