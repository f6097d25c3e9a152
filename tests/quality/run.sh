#!/usr/bin/env bash
# Sets up a Debian 12 machine, builds the measuring programs, and judges labelled comments with them.
#
#   tests/quality/run.sh DIR [options of quality]   a table per source of DIR/*.jsonl (see quality --help)
#   tests/quality/run.sh DIR --calibrate            fits the scores to them and writes rules/packs/calibration.toml
#   tests/quality/run.sh DIR --online [--starter rules/starter] [--mix blogs=wp_a,other/4] [--svg FILE]
#                                                  predict, then learn, in order of time: the learner's figures
#   tests/quality/run.sh --speed                    what each heuristic costs a comment
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
case "${1:-}" in
  "" | -h | --help) sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; [ -n "${1:-}" ] || exit 2; exit 0 ;;
esac

. "$top/service/packages.sh"
need "${build_packages[@]}" doctest-dev libbenchmark-dev
launcher=()
command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
cmake -S "$top" -B "$top/build/tests" -G Ninja -DCMAKE_BUILD_TYPE=Release -DTESTS=ON "${launcher[@]}" >"$top/.configure.log" 2>&1 ||
  { cat "$top/.configure.log" >&2; exit 1; }
rm -f "$top/.configure.log"
build() { cmake --build "$top/build/tests" --target "$1" >"$top/.build.log" 2>&1 || { cat "$top/.build.log" >&2; exit 1; }; rm -f "$top/.build.log"; }
programs=$top/build/tests/tests/quality
left_out=$top/tests/quality/left_out.txt

if [ "$1" = --speed ]; then
  build rule_speed
  exec "$programs/rule_speed"
fi
folder=$1
shift
if [ "${1:-}" = --calibrate ]; then
  build calibrate
  exec "$programs/calibrate" "$folder" --rules "$top/rules/packs" --left-out "$left_out" --write "$top/rules/packs/calibration.toml"
fi
build quality
exec "$programs/quality" "$folder" --rules "$top/rules/packs" --left-out "$left_out" "$@"
