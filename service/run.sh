#!/usr/bin/env bash
# Sets up a Debian 12 machine, builds a release, and starts Chaffinch on its embedded store.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

for word in "$@"; do
  if [ "$word" = --help ] || [ "$word" = -h ]; then
    cat <<'TEXT'
service/run.sh [--build-only] [OPTIONS OF chaffinch serve]

Installs the Debian packages that are missing, builds a release in build/, and starts the service. The first start makes
the database in ./data, a demo site and an admin token, and prints where to go. A later start takes seconds and keeps
the data. Ctrl-C stops it.

  --build-only      stop after the build: the program is build/chaffinch
  --host H          address to listen on (127.0.0.1)
  --port P          port (8080)
  --data DIR        folder of the database (./data)
  --config FILE     settings as TOML
  CHAFFINCH_ADMIN_TOKEN in the environment is taken as the first token instead of a random one.

All options: build/chaffinch serve --help
TEXT
    exit 0
  fi
done

. "$top/service/packages.sh"
need "${build_packages[@]}"

build="$top/build"
if [ ! -f "$build/build.ninja" ]; then
  cmake -S "$top" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DTESTS=OFF -DUNITY=ON >"$top/.build.log" 2>&1 ||
    { cat "$top/.build.log" >&2; exit 1; }
fi
echo "Building (some minutes the first time)"
cmake --build "$build" --target chaffinch >"$top/.build.log" 2>&1 || { cat "$top/.build.log" >&2; exit 1; }
rm -f "$top/.build.log"

[ "${1:-}" = --build-only ] && exit 0
cd "$top"
exec "$build/chaffinch" serve "$@"
