#!/usr/bin/env bash
# Whether the same sources give the same bytes: packaging/test/reproducible.sh x86_64 | aarch64 | armv7 …
#
# Builds what is committed here and in a clone that lies elsewhere, deeper, and compares the hashes: of the
# program, of what is told about it, and, of x86_64, of its Debian package. No place may be in the program.
set -euo pipefail
cd "$(dirname "$0")/../.."
source packaging/packages.sh
[ "$(id -u)" -eq 0 ] || not_here "only root installs what it needs"
[ $# -gt 0 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ -z "$(git status --porcelain)" ] || { echo "Commit first: the clone has only what is committed." >&2; exit 1; }
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
place=$(mktemp -d)
there=$place/another/place/to/build
trap 'rm -rf "$place"' EXIT
git clone --quiet . "$there"
# The tool that lists what is inside is the same anyway.
[ ! -d target/tools ] || { mkdir "$there/target" && cp -r target/tools "$there/target/"; }
for arch in "$@"; do
    files=("inkspot-$version-$arch" "inkspot-$version-$arch.cdx.json" "inkspot-$version-$arch.licenses.txt")
    packaging/build.sh "$arch"
    (cd "$there" && packaging/build.sh "$arch")
    if [ "$arch" = x86_64 ]; then
        packaging/deb.sh amd64
        (cd "$there" && packaging/deb.sh amd64)
        files+=("inkspot_${version}_amd64.deb")
    fi
    for file in "${files[@]}"; do
        sha256sum "target/dist/$file" "$there/target/dist/$file"
        cmp "target/dist/$file" "$there/target/dist/$file"
    done
    for path in "$PWD" "$there" "${CARGO_HOME:-$HOME/.cargo}" "${RUSTUP_HOME:-$HOME/.rustup}"; do
        if grep -aFq "$path/" "target/dist/inkspot-$version-$arch"; then
            echo "the program for $arch has $path in it" >&2
            exit 1
        fi
    done
    echo "== $arch: the same bytes from both places"
done
