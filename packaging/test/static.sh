#!/usr/bin/env bash
# Whether the static programs run: packaging/test/static.sh x86_64 | aarch64 | armv7 …
#
# Each runs in a folder that holds nothing else (chroot, so as root), those for other machines with qemu beside
# them, serves its page over HTTPS and carries a chat; see serves.test.mjs.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
source packaging/packages.sh

[ "$(id -u)" -eq 0 ] || not_here "only root changes its root"
[ $# -gt 0 ] || { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ -d tests/js/node_modules ] || (cd tests/js && npm ci --no-audit --no-fund --loglevel=error)
work=$(mktemp -d)
finish() {
    for place in "$work"/*"$work"/*/tmp; do umount "$place" 2>/dev/null || true; done
    # Whatever could not be unmounted stays.
    rm -rf --one-file-system "$work"
}
trap finish EXIT

for arch in "$@"; do
    program=$PWD/target/dist/inkspot-$version-$arch
    [ -x "$program" ] || packaging/build.sh "$arch"
    if readelf -dW "$program" | grep NEEDED; then exit 1; fi
    home=$work/$arch
    export TMPDIR=$home/tmp
    mkdir -p "$TMPDIR"
    install "$program" "$home/inkspot"
    # What lies in there has the same name in there and out here.
    mkdir -p "$home$TMPDIR"
    mount --bind "$TMPDIR" "$home$TMPDIR" || not_here "nothing can be mounted"
    runner="chroot $home"
    # The processors of the Raspberry Pi 3 and 2, which lack what later ones have.
    case $arch in
    aarch64) export QEMU_CPU=cortex-a53 ;;
    armv7) export QEMU_CPU=cortex-a7 ;;
    esac
    qemu=$(emulator "$arch")
    if [ -n "$qemu" ]; then
        packages qemu-user-static
        install "$(command -v "$qemu")" "$home/qemu"
        runner="$emulated $runner /qemu"
    fi
    runner+=" /inkspot"
    printf '#!/bin/sh\nexec %s "$@"\n' "$runner" >"$work/run-$arch"
    chmod +x "$work/run-$arch"
    echo "== $arch: $(stat -c %s "$program") bytes, by: ${QEMU_CPU-} $runner"
    INKSPOT_BIN=$work/run-$arch node --test --test-reporter=spec packaging/test/serves.test.mjs
done
