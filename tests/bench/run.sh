#!/usr/bin/env bash
# Builds and runs the benches and prints their tables (Markdown). Everything is made up on the spot; about half an hour,
# most of it filling a store with a million comments and Vectorscan's compiling of 10,000 regexes, twice. Options go to
# the program: tests/bench/run.sh submit author; tests/bench/run.sh patterns --texts comments.jsonl --words list.txt
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
. "$top/service/packages.sh"
need "${build_packages[@]}" doctest-dev
# To measure beside it. The two conflict, so whichever this machine has or can have without losing anything.
need libvectorscan-dev 2>/dev/null || need libhyperscan-dev 2>/dev/null ||
  echo "Neither Vectorscan nor Hyperscan can be installed: patterns are measured without it."
cmake -S "$top" -B "$top/build/tests" -G Ninja -DCMAKE_BUILD_TYPE=Release -DTESTS=ON >/dev/null
cmake --build "$top/build/tests" --target bench >/dev/null
exec "$top/build/tests/tests/bench/bench" "$@"
