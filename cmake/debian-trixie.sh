# Things of Debian 13 (trixie) on an older Debian, to be sourced after debian-packages.sh: single packages, unpacked, and
# a whole root to work in. The system's own apt sources stay as they are; signatures are checked.
# shellcheck shell=bash

readonly TRIXIE_KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# debian_mirror : the mirror that the system's own apt configuration names for its release.
debian_mirror() {
  local codename mirror
  # shellcheck source=/dev/null
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  # Without lists, so that all that apt would read is named, whatever was read before.
  mirror=$(apt-get update --print-uris -o Dir::State::lists=/nonexistent </dev/null |
    sed -n "s|^'\(.*\)/dists/$codename/InRelease'.*|\1|p" | head -n 1)
  [[ $mirror ]] || give_up "apt's configuration names no mirror for Debian $codename"
  printf '%s\n' "$mirror"
}

# fetch_trixie ARCHITECTURE DIRECTORY PACKAGE... : downloads the packages (not what they depend on) and unpacks them into
# DIRECTORY, unless that was done before. meta:NAME stands for what the metapackage NAME depends on.
fetch_trixie() {
  local architecture=$1 directory
  directory=$(realpath -m "$2")
  shift 2
  local unpacked=$directory/.packages
  [[ -f $unpacked && $(<"$unpacked") == "$*" ]] && return 0
  install_missing debian-archive-keyring
  say "fetching from Debian 13 for $architecture: $*"
  rm -rf "$directory"
  mkdir -p "$directory"
  (
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
    mirror=$(debian_mirror)
    echo "deb [arch=$architecture signed-by=$TRIXIE_KEYRING] $mirror trixie main" >"$work/sources.list"
    apt=(-o "Dir::Etc::sourcelist=$work/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$work/lists"
      -o "Dir::Cache=$work/cache" -o "APT::Architecture=$architecture" -o "APT::Architectures::=$architecture"
      -o APT::Sandbox::User=root -o Acquire::Retries=2)
    apt-get "${apt[@]}" update -o APT::Update::Error-Mode=any </dev/null ||
      give_up "cannot read what Debian 13 has at $mirror, the mirror of apt's configuration; is the network there?"
    cd "$work" || exit
    for package in "$@"; do
      if [[ $package == meta:* ]]; then
        apt-cache "${apt[@]}" depends "${package#meta:}" | sed -n 's/^ *Depends: //p'
      else
        echo "$package"
      fi
    done >packages
    xargs apt-get "${apt[@]}" download <packages ||
      give_up "cannot fetch $(paste -sd ' ' packages) from $mirror, the mirror of apt's configuration"
    say "unpacking"
    for package in *.deb; do dpkg -x "$package" "$directory"; done
  )
  printf '%s' "$*" >"$unpacked"
}

# make_trixie_root DIRECTORY : a Debian 13 of its own, the least there is, unless it is there. As root.
make_trixie_root() {
  local directory=$1
  # debootstrap leaves a half-made root when it fails: what counts is the mark set at the end.
  [[ -f $directory.made ]] && return 0
  install_missing debootstrap debian-archive-keyring
  say "making a Debian 13 root in $directory/"
  rm -rf --one-file-system "$directory"
  mkdir -p "$directory"
  debootstrap --variant=minbase --keyring="$TRIXIE_KEYRING" trixie "$directory" "$(debian_mirror)" </dev/null
  touch "$directory.made"
}
