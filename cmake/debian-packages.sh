# What sim/run.sh, tests/run.sh and .ci/run share, to be sourced: the Debian packages that the project needs, and the
# steps from a bare machine to a build. Every step says what it does, and does nothing where nothing is to be done.
# shellcheck shell=bash

readonly BUILD_PACKAGES=(g++ cmake ninja-build pkg-config libsystemc-dev libfmt-dev libfdt-dev libelf-dev
  libcli11-dev libslirp-dev libsqlite3-dev nlohmann-json3-dev libgtest-dev libgmock-dev libbenchmark-dev)
readonly FIRMWARE_PACKAGES=(opensbi u-boot-qemu)
# To make an initial RAM disk and a disk image for Linux.
readonly LINUX_PACKAGES=(binutils-riscv64-linux-gnu cpio e2fsprogs kmod xz-utils)
readonly TEST_PACKAGES=(device-tree-compiler gcc-riscv64-unknown-elf gdb-multiarch)
readonly BROWSER_PACKAGES=(chromium)
readonly CHECK_PACKAGES=(clang clang-format clang-tidy libclang-rt-dev)
readonly COVERAGE_PACKAGES=(gcovr)

# What ccache keeps serves every checkout of the project, wherever it lies.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

say() { printf '== %s\n' "$*"; }

give_up() {
  printf '%s: %s\n' "$0" "$*" >&2
  exit 2
}

# install_missing PACKAGE... : installs those that are not there, with apt-get.
install_missing() {
  command -v dpkg-query >/dev/null && command -v apt-get >/dev/null ||
    give_up "this needs a Debian system with apt-get; elsewhere build with cmake by hand, see README.md"
  local package missing=()
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  local as_root=()
  if ((EUID != 0)); then
    command -v sudo >/dev/null || give_up "missing packages; as root: apt-get install ${missing[*]}"
    as_root=(sudo)
  fi
  say "installing Debian packages: ${missing[*]}"
  "${as_root[@]}" apt-get update -q </dev/null
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "${missing[@]}" </dev/null
}

# build_directory PRESET : where CMakePresets.json lets the preset build, from the top of the checkout.
build_directory() { [[ $1 == release ]] && echo build || echo "build/$1"; }

# build PRESET [TARGET...] : configures if that was not done yet, and builds what is not up to date.
build() {
  local preset=$1 directory cached=()
  shift
  directory=$(build_directory "$preset")
  if [[ ! -f $directory/build.ninja ]]; then
    say "configuring $directory/"
    # Only where it is installed already: it saves time, and nothing depends on it.
    command -v ccache >/dev/null && cached=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
    cmake --preset "$preset" "${cached[@]}" >"/tmp/sc_memory-configure.$$" 2>&1 || {
      cat "/tmp/sc_memory-configure.$$" >&2
      rm -f "/tmp/sc_memory-configure.$$"
      give_up "cmake --preset $preset failed; its words are above"
    }
    rm -f "/tmp/sc_memory-configure.$$"
  fi
  say "building $directory/ ${*:-(everything)}"
  cmake --build --preset "$preset" ${1:+--target "$@"}
}
