# shellcheck shell=bash
# Shared by the scripts of this folder: sourced, never run. Changes to the root of the repository.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

headline() { printf '\n== %s\n' "$*"; }

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

is_debian_12() { [[ -r /etc/os-release ]] && (source /etc/os-release && [[ "${ID:-}-${VERSION_ID:-}" == debian-12 ]]); }
is_installed() { [[ "$(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]; }

# install_missing <Debian package>...: by apt-get, as root or through sudo.
install_missing() {
  local missing=() package as_root=(env DEBIAN_FRONTEND=noninteractive)
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then
    echo "All packages are installed."
    return
  fi
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "run this as root, or install sudo; missing packages: ${missing[*]}"
    as_root=(sudo "${as_root[@]}")
  fi
  echo "Installing: ${missing[*]}"
  "${as_root[@]}" apt-get update
  # --no-remove: another Boost already in /usr/include is for its owner to take away, not for us.
  "${as_root[@]}" apt-get install --yes --no-install-recommends --no-remove "${missing[@]}"
}

# Everything up to a built tree in build/release.
build_release() {
  scripts/setup
  headline "Configure (preset release)"
  cmake --preset release
  headline "Build (build/release)"
  cmake --build --preset release -j 2
}
