#!/usr/bin/env bash
# Whether the static programs run: packaging/test/static.sh x86_64 | aarch64 | armv7 …
#
# The one for this machine runs in a folder that holds nothing else (chroot, so as root), the others
# under qemu. Each serves its page over HTTPS and carries a chat; see serves.test.mjs.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
source packaging/packages.sh

[ $# -gt 0 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ -d tests/js/node_modules ] || (cd tests/js && npm ci --no-audit --no-fund --loglevel=error)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for arch in "$@"; do
    program=$PWD/target/dist/inkspot-$version-$arch
    [ -x "$program" ] || packaging/build.sh "$arch"
    if readelf -dW "$program" | grep NEEDED; then exit 1; fi
    export TMPDIR=$work/$arch/tmp
    mkdir -p "$TMPDIR"
    case $arch in
    x86_64)
        need_root
        # Nothing but the program and its data, which has the same name on both sides.
        install "$program" "$work/$arch/inkspot"
        mkdir -p "$work/$arch$work" && ln -s / "$work/$arch$work/$arch"
        runner="chroot $work/$arch /inkspot"
        ;;
    # The program begins once more with this setting when it isn't there, which the kernel can't do for qemu.
    aarch64) packages qemu-user-static && runner="env MALLOC_MMAP_THRESHOLD_=131072 qemu-aarch64-static $program" ;;
    armv7) packages qemu-user-static && runner="env MALLOC_MMAP_THRESHOLD_=131072 qemu-arm-static $program" ;;
    esac
    printf '#!/bin/sh\nexec %s "$@"\n' "$runner" >"$work/run-$arch"
    chmod +x "$work/run-$arch"
    echo "== $arch: $(stat -c %s "$program") bytes, by: $runner"
    INKSPOT_BIN=$work/run-$arch node --test --test-reporter=spec packaging/test/serves.test.mjs
done
