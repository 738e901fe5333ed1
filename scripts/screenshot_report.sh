#!/bin/sh
# Picture of an HTML report, to look at: screenshot_report.sh FILE OUT.png|OUT.pdf [width] [height]
# Uses chromium if it is there (apt-get install chromium); touches no network.
set -eu
if [ $# -lt 2 ]; then
    sed -n 2,3p "$0" >&2
    exit 2
fi
page=$(realpath -- "$1") out=$(realpath -m -- "$2") width=${3:-1440} height=${4:-3000}
for browser in chromium chromium-browser google-chrome; do
    command -v "$browser" >/dev/null 2>&1 && break
    browser=
done
if [ -z "$browser" ]; then
    echo "no chromium found; install one to take pictures" >&2
    exit 3
fi
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
case $out in
*.pdf) action="--print-to-pdf=$out --no-pdf-header-footer" ;;
*) action="--screenshot=$out" ;;
esac
# a headless window is never narrower than 500, so that a narrow page is shown in a frame of the wanted width
if [ "$width" -lt 500 ] && [ "${out##*.}" != pdf ]; then
    printf '<!doctype html><body style="margin:0"><iframe src="file://%s" style="border:0;width:%spx;height:%spx"></iframe>' \
        "$page" "$width" "$height" >"$profile/frame.html"
    page=$profile/frame.html
fi
# shellcheck disable=SC2086 (action holds two words)
"$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --disable-background-networking \
    --disable-component-update --disable-sync --no-first-run --user-data-dir="$profile/browser" \
    --window-size="$width,$height" $action "file://$page" 2>"$profile/log" || { cat "$profile/log" >&2; exit 1; }
