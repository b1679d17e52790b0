#!/bin/bash
# SystemC 3.0, as Debian 13 packages it. tests/run.sh calls this.
#
#   tests/systemc3.sh build     compiles and links everything against 3.0, on any Debian; what comes out cannot run, because
#                               the library needs Debian 13's C library
#   tests/systemc3.sh suite     makes a Debian 13 root in build/debian13/, builds there, and runs every test. As root
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. cmake/debian-packages.sh
. cmake/debian-trixie.sh

readonly DEBIAN13=build/debian13

build_here() {
  fetch_trixie "$(dpkg --print-architecture)" "$DEBIAN13/systemc" libsystemc-dev libsystemc
  build_with_tests systemc3
}

# What `suite` runs in a mount and process namespace of its own: when it ends, however it ends, the mounts and all that
# still runs in there are gone.
in_namespace() {
  local root=$DEBIAN13/root
  mkdir -p "$root/src" "$DEBIAN13/build"
  mount --bind . "$root/src"
  mount -o remount,bind,ro "$root/src"
  # Where the tests see build/, they find one of their own.
  mount --bind "$DEBIAN13/build" "$root/src/build"
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  exec chroot "$root" /usr/bin/env -i HOME=/root TERM="${TERM-dumb}" LANG=C.UTF-8 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} /src/tests/run.sh
}

suite() {
  ((EUID == 0)) || give_up "a Debian 13 root can only be made and entered by root: sudo tests/run.sh --systemc3"
  mkdir -p "$DEBIAN13"
  make_trixie_root "$DEBIAN13/root"
  say "the tests in Debian 13, with SystemC 3.0; build/ is $DEBIAN13/build/ there"
  unshare --mount --propagation private --pid --fork --kill-child tests/systemc3.sh in-namespace </dev/null
}

case ${1-} in
  build) build_here ;;
  suite) suite ;;
  in-namespace) in_namespace ;;
  *) give_up "one of 'build' and 'suite' is needed" ;;
esac
