# What a Debian 12 machine needs. Sourced by service/run.sh and tests/run.sh; installs only what is missing.
#
#   need pkg...            installs the packages that are not installed
#   need_command cmd pkg   installs pkg when the command is not there, whoever brought it

build_packages=(
  g++ cmake ninja-build pkg-config
  libcpp-httplib-dev nlohmann-json3-dev rapidjson-dev libsqlitecpp-dev libsqlite3-dev libre2-dev libicu-dev libpsl-dev libidn2-dev
  libtomlplusplus-dev libcli11-dev libspdlog-dev prometheus-cpp-dev libexpected-dev libssl-dev libxxhash-dev
  libcmark-gfm-dev libcmark-gfm-extensions-dev zlib1g-dev libjemalloc-dev node-preact esbuild
)

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

need() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  echo "Installing ${missing[*]}"
  if ! command -v apt-get >/dev/null; then
    echo "This needs Debian 12 or a relative of it: apt-get is not here. Install by hand: ${missing[*]}" >&2
    return 1
  fi
  # --no-remove: never take away what this machine already uses.
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends --no-remove "${missing[@]}")
  as_root "${install[@]}" >/tmp/chaffinch-apt.$$ 2>&1 ||
    { as_root apt-get update -q >/tmp/chaffinch-apt.$$ 2>&1 && as_root "${install[@]}" >/tmp/chaffinch-apt.$$ 2>&1; } ||
    { cat /tmp/chaffinch-apt.$$ >&2; rm -f /tmp/chaffinch-apt.$$; return 1; }
  rm -f /tmp/chaffinch-apt.$$
}

need_command() {
  command -v "$1" >/dev/null || need "$2"
}
