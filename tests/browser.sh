#!/bin/bash
# Looks at reports in headless Chromium: what is drawn is what the data says, and using the page does what it should
# (tests/browser/report_checks.js). Pictures of the pages are left in build/browser/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. cmake/debian-packages.sh
install_missing "${BUILD_PACKAGES[@]}" "${BROWSER_PACKAGES[@]}" "${FIRMWARE_PACKAGES[@]}"
build release vpsim

readonly OUT=build/browser
mkdir -p "$OUT"
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT

# browse ARGUMENT... : one page, with a new profile, no sandbox (which root cannot have) and no network.
browse() {
  rm -rf "$profile/user"
  timeout 300 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --user-data-dir="$profile/user" --hide-scrollbars "$@" 2>>"$OUT/chromium.txt"
}

# look_at NAME : checks the report $OUT/NAME.html in wide and narrow, dark and light.
look_at() {
  local name=$1 page=$PWD/$OUT/$1.checked.html size dark result
  { cat "$OUT/$name.html" && echo "<script>" && cat tests/browser/report_checks.js && echo "</script>"; } >"$page"
  for size in 1400,2000 700,3000; do
    for dark in "" --force-dark-mode; do
      # shellcheck disable=SC2086
      result=$(browse --window-size=$size $dark --dump-dom "file://$page" | grep -o 'data-checks="[^"]*"' | head -n 1)
      say "$name, $size${dark:+, dark}: ${result:-the page did not come to its end}"
      [[ $result == *'checks passed"' ]]
      # shellcheck disable=SC2086
      browse --window-size=$size $dark --screenshot="$OUT/$name-${size%,*}${dark:+-dark}.png" "file://$PWD/$OUT/$name.html" >/dev/null
    done
  done
}

say "reports of a machine that boots, and of traffic generators"
build/sim/vpsim run --report "$OUT/boot.html" >/dev/null 2>"$OUT/vpsim.txt"
build/sim/vpsim run --traffic sim/examples/soc.json --report "$OUT/soc.html" 2>>"$OUT/vpsim.txt"
build/sim/vpsim run --traffic sim/examples/contention.json --report "$OUT/contention.html" 2>>"$OUT/vpsim.txt"
for report in boot soc contention; do look_at "$report"; done
