#!/usr/bin/env bash
# Sets up a Debian 12 machine, builds, and runs every test. Ends with ctest's summary.
#
#   tests/run.sh            everything that every change must pass
#   tests/run.sh --deep     besides: the suite under the address, undefined and thread sanitizers, the fuzz targets for
#                           three minutes together, 50 crash rounds
#   tests/run.sh --quick    without the browser and npm ones, for work on the C++ rooms
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
deep=0 quick=0
for word in "$@"; do
  case "$word" in
    --deep) deep=1 ;;
    --quick) quick=1 ;;
    *) sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; [ "$word" = --help ] || exit 2; exit 0 ;;
  esac
done

. "$top/service/packages.sh"
need "${build_packages[@]}" doctest-dev libbenchmark-dev clang-format curl
if [ "$quick" = 0 ]; then
  need_command node nodejs
  need_command npm npm
  need chromium fonts-noto-cjk
  need libnet-akismet-perl ruby-akismet
fi
if [ "$deep" = 1 ]; then
  need clang-16 libclang-rt-16-dev lld
fi

say() { printf '\n== %s\n' "$*"; }
launcher=()
command -v ccache >/dev/null && launcher=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)

configure() { # folder, options...
  local folder=$1
  shift
  cmake -S "$top" -B "$top/$folder" -G Ninja -DCMAKE_COMPILE_WARNING_AS_ERROR=ON "${launcher[@]}" "$@" >"$top/.configure.log" 2>&1 ||
    { cat "$top/.configure.log" >&2; exit 1; }
  rm -f "$top/.configure.log"
}

say "format"
mapfile -t sources < <(cd "$top" && git ls-files '*.cpp' '*.h')
(cd "$top" && clang-format --dry-run -Werror "${sources[@]}")

if [ "$quick" = 0 ]; then
  say "test tools from npm"
  for folder in api browser akismet; do
    (cd "$top/tests/$folder" && npm ci --no-audit --no-fund --ignore-scripts --silent)
  done
fi

say "build"
configure build/tests -DCMAKE_BUILD_TYPE=Release -DTESTS=ON -DUNITY=ON
cmake --build "$top/build/tests"

if [ "$deep" = 1 ]; then
  say "each file by itself"
  CC=clang-16 CXX=clang++-16 configure build/alone -DCHECK=alone
  ninja -C "$top/build/alone" -t targets all | sed -n 's/^\(.*\.o\): .*/\1/p' | xargs ninja -C "$top/build/alone"

  # clang compiles sanitized code in half of gcc's time.
  say "suite under address and undefined-behaviour sanitizers"
  CC=clang-16 CXX=clang++-16 configure build/address -DCHECK=address -DUNITY=ON
  cmake --build "$top/build/address"
  ctest --test-dir "$top/build/address" --output-on-failure -LE 'slow|npm' -j2

  say "suite under the thread sanitizer"
  CC=clang-16 CXX=clang++-16 configure build/thread -DCHECK=thread -DUNITY=ON
  cmake --build "$top/build/thread"
  TSAN_OPTIONS="suppressions=$top/tests/tsan.supp halt_on_error=1 second_deadlock_stack=1" \
    ctest --test-dir "$top/build/thread" --output-on-failure -LE 'slow|npm' -j2

  say "fuzz, two minutes"
  fuzz() { # target, seconds, folder of first inputs, options...
    local target=$1 seconds=$2 first=$3 out=$top/build/address/fuzz
    shift 3
    mkdir -p "$out/found_$target"
    if ! "$top/build/address/tests/fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="$out/" "$@" "$out/found_$target" "$top/tests/fuzz/$first" >"$out/$target.log" 2>&1; then
      tail -n 60 "$out/$target.log"
      return 1
    fi
    tail -n 2 "$out/$target.log"
  }
  fuzz comment 120 corpus -max_len=70000 -dict="$top/tests/fuzz/comment.dict" &
  comment=$!
  fuzz patterns 60 patterns -max_len=2000 || { kill "$comment"; exit 1; }
  wait "$comment"
fi

say "tests"
options=(--output-on-failure)
[ "$quick" = 1 ] && options+=(-LE npm)
[ "$deep" = 1 ] && export CHAFFINCH_TEST_DEEP=1
ctest --test-dir "$top/build/tests" -j2 "${options[@]}"
