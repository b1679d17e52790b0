#!/bin/bash
# The first hour of somebody new, on a Debian 12 that has nothing: no compiler, no git, no cmake. As root, since it makes roots
# of its own below build/bare/. tests/run.sh --all calls this.
#
# What is there is what debootstrap calls minbase, and apt's sources. The first machine is root's: a source archive, without
# .git, unpacked where the path has a space in it. Each thing that can be wrong is wrong there once, and said; then sim/run.sh
# runs whole, the tests are installed and configured and one room's are run, and the Debian packages are made. The second
# is an ordinary user's who has sudo, and begins with the tests. The third installs the packages and has never seen the
# sources: the examples are built against them, and vpsim runs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. cmake/debian-packages.sh
. cmake/debian-trixie.sh

readonly BARE=$PWD/build/bare
readonly ARCHIVE=$BARE/sources.tar
readonly SOURCES="/home/new user/sc_memory"

# make_bare_root : once, with debootstrap; machines are copies of it.
make_bare_root() {
  [[ -f $BARE/minbase.made ]] && return 0
  install_missing debootstrap debian-archive-keyring
  say "making a Debian 12 root in $BARE/minbase"
  rm -rf --one-file-system "$BARE/minbase"
  mkdir -p "$BARE"
  debootstrap --variant=minbase --include=sudo --keyring="$TRIXIE_KEYRING" bookworm "$BARE/minbase" "$(debian_mirror)" </dev/null
  touch "$BARE/minbase.made"
}

# pack_sources : what a source archive holds, of the work tree as it is.
pack_sources() {
  if [[ -e .git ]] && command -v git >/dev/null; then
    git -c safe.directory='*' ls-files -z --cached --others --exclude-standard | tar -cf "$ARCHIVE" --null --ignore-failed-read -T -
  else
    tar -cf "$ARCHIVE" --exclude=./build .
  fi
}

# new_machine NAME : a copy of the bare root, with the sources in it unless they are not asked for.
new_machine() {
  say "a new machine: $1"
  rm -rf --one-file-system "${BARE:?}/$1"
  cp -a --reflink=auto "$BARE/minbase" "$BARE/$1"
  cp /etc/resolv.conf "$BARE/$1/etc/resolv.conf"
  chroot "$BARE/$1" useradd --create-home --home-dir "/home/new user" user
  echo 'user ALL=(ALL) NOPASSWD: ALL' >"$BARE/$1/etc/sudoers.d/user"
  mkdir -p "$BARE/$1$SOURCES"
  tar -xf "$ARCHIVE" -C "$BARE/$1$SOURCES"
  chroot "$BARE/$1" chown -R user: "/home/new user"
}

# on NAME USER [--offline] COMMAND : runs a line of shell on the machine, in the sources. In namespaces of its own, so that
# mounts and whatever still runs are gone at its end.
on() {
  local machine=$BARE/$1 user=$2 offline=()
  shift 2
  [[ $1 == --offline ]] && offline=(--net) && shift
  unshare --mount --propagation private --pid --fork --kill-child "${offline[@]}" bash -euc '
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    exec chroot "$1" /usr/bin/env -i TERM=dumb LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
      ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
      setpriv --reuid="$2" --regid="$2" --init-groups --reset-env bash -euc "cd \"\$1\" && eval \"\$2\"" on "$3" "$4"
  ' on "$machine" "$user" "$SOURCES" "$1" </dev/null
}

# refuses NAME USER WORDS [--offline] COMMAND : expects code 2, and WORDS in the last line.
refuses() {
  local words=$3 output code=0
  output=$(on "$1" "$2" "${@:4}" 2>&1) || code=$?
  if ((code != 2)) || [[ $(tail -n 1 <<<"$output") != *"$words"* ]]; then
    printf '%s\n' "$output" | tail -n 20
    give_up "expected code 2 and '$words', but the code is $code"
  fi
  say "refused as it should be: $(tail -n 1 <<<"$output")"
}

# expect WORDS OUTPUT
expect() { [[ $2 == *"$1"* ]] || { tail -n 40 <<<"$2"; give_up "expected '$1'"; }; }

# What is wrong is said in one line, and is no obstacle once it is mended.
wrongs() {
  refuses root root "no network, or apt's mirror does not answer" --offline sim/run.sh
  refuses root root "the disk is full while packages are installed" \
    'mount -t tmpfs -o size=16M none /var/cache/apt; sim/run.sh'
  refuses root root "apt knows no package" 'mv /etc/apt/sources.list /etc/apt/off; sim/run.sh || { mv /etc/apt/off /etc/apt/sources.list; exit 2; }'
  refuses root root "has no apt-get, which Debian 12 has" 'mkdir /tmp/path; ln -s /usr/bin/{bash,dirname,env} /tmp/path; PATH=/tmp/path sim/run.sh'
  refuses root user "there is no sudo" 'mkdir /tmp/user; for p in /usr/bin/*; do ln -s $p /tmp/user; done; rm /tmp/user/sudo; PATH=/tmp/user sim/run.sh'
}

as_root() {
  local output
  new_machine root
  wrongs
  say "sim/run.sh, whole"
  output=$(on root root 'sim/run.sh; times >&2' 2>&1) || { tail -n 40 <<<"$output"; give_up "sim/run.sh failed on a bare machine"; }
  expect 'transactions by region' "$output"
  expect 'U-Boot 20' "$output"
  say "processor time of sim/run.sh's children, packages and simulation included: $(tail -n 1 <<<"$output")"
  say "tests/run.sh for one room, and the simulator again"
  on root root 'tests/run.sh --program access_test && sim/run.sh map >/dev/null'
  say "the Debian packages"
  on root root 'apt-get install -q -y --no-install-recommends file dpkg-dev >/dev/null && cmake --build build --target sc_memory_texts sc_memory_platforms >/dev/null && cd build && cpack -G DEB'
}

as_user_with_sudo() {
  new_machine user
  say "an ordinary user begins with the tests"
  on user user 'tests/run.sh --program access_test && sim/run.sh map >/dev/null && sim/run.sh --version'
}

from_packages() {
  new_machine packages
  # Of the sources the examples alone.
  on packages root 'find . -mindepth 1 -maxdepth 1 ! -name docs -exec rm -rf {} +'
  cp "$BARE/root$SOURCES/build/"*.deb "$BARE/packages/tmp/"
  cp tests/consumer/examples.cmake "$BARE/packages/tmp/"
  say "the packages installed, vpsim run, and the examples built"
  on packages root 'apt-get update -q >/dev/null && apt-get install -q -y --no-install-recommends /tmp/*.deb g++ cmake ninja-build >/dev/null'
  expect 'transactions by region' "$(on packages user 'vpsim run' 2>&1)"
  on packages user 'test -s /usr/share/man/man1/vpsim.1 && test -s /usr/share/bash-completion/completions/vpsim && vpsim --version'
  on packages user 'cmake -DPREFIX=/usr "-DEXAMPLES=$PWD/docs/examples" -DWORK_DIR=/tmp/examples -DGENERATOR=Ninja -DCOMPILER=c++ -DFLAGS= -DBUILD_TYPE=Release -P /tmp/examples.cmake'
}

((EUID == 0)) || give_up "a bare machine can only be made and entered by root: sudo tests/bare_machine.sh"
make_bare_root
pack_sources
as_root
as_user_with_sudo
from_packages
for machine in root user packages; do rm -rf --one-file-system "${BARE:?}/$machine"; done
