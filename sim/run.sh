#!/bin/bash
# Builds the simulator where that is needed and runs it. Arguments are vpsim's:
#
#   sim/run.sh                     boots Debian's OpenSBI and U-Boot
#   sim/run.sh --memory 1G         the same as vpsim run --memory 1G
#   sim/run.sh map                 the same as vpsim map
#
# except for one command of its own:
#
#   sim/run.sh linux [OPTION...]   boots Debian's Linux to a shell on the console. On a terminal the shell is yours; otherwise
#                                  a script looks around in the machine and switches it off. Options are those of vpsim run
#                                  and go before what this command would give itself. Fetches Debian 13's kernel and busybox
#                                  with apt-get, 114 MB, the first time; they stay under build/. The two disks, one of them on
#                                  the PCI bus, are made anew each time.
set -euo pipefail
called_from=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. cmake/debian-packages.sh

{
  install_missing "${BUILD_PACKAGES[@]}" "${FIRMWARE_PACKAGES[@]}"
  build release vpsim
  if [[ ${1-} == linux ]]; then
    . cmake/debian-trixie.sh
    . sim/linux/images.sh
    make_linux_images
    make_linux_disk "$LINUX_DISK"
    make_linux_disk "$LINUX_PCI_DISK"
  fi
} >&2

vpsim=$PWD/build/sim/vpsim
case ${1-} in
  run | map | --help | -h | --version) ;;
  linux)
    shift
    linux_options "$@"
    set -- run "${LINUX_OPTIONS[@]}" "$@"
    ;;
  *) set -- run "$@" ;;
esac
# File names among the arguments are those of where the user stands.
cd "$called_from"
echo "== vpsim ${*@Q}" >&2
exec "$vpsim" "$@"
