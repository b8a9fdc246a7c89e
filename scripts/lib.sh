# shellcheck shell=bash
# Shared by the scripts of this folder: sourced, never run. Changes to the root of the repository.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

headline() { printf '\n== %s\n' "$*"; }

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# Everything up to a built tree in build/release.
build_release() {
  scripts/setup
  headline "Configure (preset release)"
  cmake --preset release
  headline "Build (build/release)"
  cmake --build --preset release -j 2
}
