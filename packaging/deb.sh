#!/usr/bin/env bash
# Makes the Debian package: packaging/deb.sh amd64 | arm64 | armhf | all
#
# Packs the static programs of packaging/build.sh (which it runs where one is missing) into
# target/dist/inkspot_VERSION_ARCH.deb, and lets lintian look at it. Runs on Debian 12 (amd64).
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
dist=$PWD/target/dist
source packaging/packages.sh
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}

pack() {
    local arch=$1 machine=$2
    local program=$dist/inkspot-$version-$machine tree=target/deb/$arch qemu
    local deb=inkspot_${version}_$arch.deb
    [ -x "$program" ] || packaging/build.sh "$machine"
    qemu=$(emulator "$machine")
    [ -z "$qemu" ] || { packages qemu-user-static && qemu="$emulated $qemu"; }
    # The program itself writes its pages and scripts.
    inkspot() { $qemu "$program" "$@"; }
    rm -rf "$tree"
    mkdir -p "$tree/completions" "$tree/man" "$tree/monitoring"
    cp -r packaging/debian "$tree/debian"
    cp README.md "$tree/README.md"
    cp packaging/grafana/inkspot.json "$tree/monitoring/grafana.json"
    cp packaging/prometheus/inkspot.rules.yml "$tree/monitoring/prometheus.rules.yml"
    cp "$program.cdx.json" "$tree/bill-of-materials.json"
    cp "$program.licenses.txt" "$tree/third-party-licenses.txt"
    install -m 0755 "$program" "$tree/inkspot"
    inkspot config example | sed 's|^#data = .*|data = "/var/lib/inkspot"|' >"$tree/config.toml"
    grep -qx 'data = "/var/lib/inkspot"' "$tree/config.toml"
    inkspot man --out "$tree/man"
    inkspot completions bash >"$tree/completions/inkspot"
    inkspot completions zsh >"$tree/completions/_inkspot"
    inkspot completions fish >"$tree/completions/inkspot.fish"
    {
        printf 'inkspot (%s) stable; urgency=medium\n\n  * See CHANGELOG.md.\n\n' "$version"
        printf ' -- The Inkspot founders <founders@inkspot.example>  %s\n' "$(date -uRd "@$SOURCE_DATE_EPOCH")"
    } >"$tree/debian/changelog"
    (cd "$tree" && dpkg-buildpackage --build=binary --no-sign --no-check-builddeps --host-arch "$arch" -Pnocheck >../"$arch.log" 2>&1) || { cat "target/deb/$arch.log" >&2; exit 1; }
    mv "target/deb/$deb" "$dist/"
    lintian --allow-root --pedantic --fail-on error,warning,info,pedantic --tag-display-limit 0 "$dist/$deb"
    checksums "$version"
    (cd "$dist" && ls -l "$deb" && grep " $deb$" SHA256SUMS)
}

packages debhelper dpkg-dev lintian
case ${1:-} in
amd64) pack amd64 x86_64 ;;
arm64) pack arm64 aarch64 ;;
armhf) pack armhf armv7 ;;
all) pack amd64 x86_64 && pack arm64 aarch64 && pack armhf armv7 ;;
*) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac
