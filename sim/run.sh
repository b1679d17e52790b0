#!/bin/bash
# Builds the simulator where that is needed and runs it. Arguments are vpsim's:
#
#   sim/run.sh                     boots Debian's OpenSBI and U-Boot
#   sim/run.sh --memory 1G         the same as vpsim run --memory 1G
#   sim/run.sh map                 the same as vpsim map
set -euo pipefail
called_from=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. cmake/debian-packages.sh

{
  install_missing "${BUILD_PACKAGES[@]}" "${FIRMWARE_PACKAGES[@]}"
  build release vpsim
} >&2

vpsim=$PWD/build/sim/vpsim
case ${1-} in
  run | map | --help | -h | --version) ;;
  *) set -- run "$@" ;;
esac
# File names among the arguments are those of where the user stands.
cd "$called_from"
echo "== vpsim $*" >&2
exec "$vpsim" "$@"
