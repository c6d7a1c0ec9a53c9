#!/usr/bin/env bash
# Whether the same sources give the same bytes: packaging/test/reproducible.sh x86_64 | aarch64 | armv7 …
#
# Builds what is committed here and in a clone that lies elsewhere, deeper, and compares the hashes.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || { sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ -z "$(git status --porcelain)" ] || { echo "Commit first: the clone has only what is committed." >&2; exit 1; }
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
git clone --quiet . "$place/another/place/to/build"
# The tool that lists what is inside is the same anyway.
[ ! -d target/tools ] || { mkdir "$place/another/place/to/build/target" && cp -r target/tools "$place/another/place/to/build/target/"; }
for arch in "$@"; do
    packaging/build.sh "$arch"
    (cd "$place/another/place/to/build" && packaging/build.sh "$arch")
    for file in "inkspot-$version-$arch" "inkspot-$version-$arch.cdx.json" "inkspot-$version-$arch.licenses.txt"; do
        sha256sum "target/dist/$file" "$place/another/place/to/build/target/dist/$file"
        cmp "target/dist/$file" "$place/another/place/to/build/target/dist/$file"
    done
    echo "== $arch: the same bytes from both places"
done
