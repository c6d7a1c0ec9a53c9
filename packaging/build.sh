#!/usr/bin/env bash
# Builds the static program: packaging/build.sh x86_64 | aarch64 | armv7 | all
#
# Writes target/dist/inkspot-VERSION-ARCH with its checksum (.sha256) and the list of what is in it
# (.cdx.json, CycloneDX). Runs on Debian 12 (amd64) with rustup; installs the rest when it is root.
# The same sources give the same bytes, wherever they lie.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
dist=$root/target/dist
source packaging/packages.sh

# Paths and times must not get into the program.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
cargo_home=${CARGO_HOME:-$HOME/.cargo}
sysroot=$(rustc --print sysroot)
remap="--remap-path-prefix=$root=/inkspot --remap-path-prefix=$cargo_home=/cargo --remap-path-prefix=$sysroot=/rust"
export CFLAGS="-ffile-prefix-map=$root=/inkspot -ffile-prefix-map=$cargo_home=/cargo"
export CARGO_TARGET_DIR=$root/target/static CARGO_INCREMENTAL=0

# Debian's own compiler, of which it has the libraries for other machines too.
debian_rust() {
    dpkg --print-foreign-architectures | grep -qx arm64 || { need_root; dpkg --add-architecture arm64; }
    packages rustc-web rust-web-src "$@"
    export RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
    unset RUSTUP_TOOLCHAIN
}

build_x86_64() {
    packages gcc libc6-dev
    local target=x86_64-unknown-linux-gnu
    CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS="-C target-feature=+crt-static $remap" \
        cargo build --release --locked --bin inkspot --target $target
    keep x86_64 $target strip
}

build_aarch64() (
    debian_rust libstd-rust-web-dev:arm64 gcc-aarch64-linux-gnu libc6-dev-arm64-cross
    target=aarch64-unknown-linux-gnu
    export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
    # A position-independent one crashes before its first line.
    export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS="-C target-feature=+crt-static -C relocation-model=static $remap"
    cargo build --release --locked --bin inkspot --target $target
    keep aarch64 $target aarch64-linux-gnu-strip
)

build_armv7() (
    debian_rust gcc-arm-linux-gnueabihf libc6-dev-armhf-cross
    target=armv7-unknown-linux-gnueabihf
    export CARGO_TARGET_ARMV7_UNKNOWN_LINUX_GNUEABIHF_LINKER=arm-linux-gnueabihf-gcc
    export CARGO_TARGET_ARMV7_UNKNOWN_LINUX_GNUEABIHF_RUSTFLAGS="-C target-feature=+crt-static -C relocation-model=static $remap"
    cargo build --release --locked --bin inkspot --target $target -Zbuild-std=std,panic_unwind
    keep armv7 $target arm-linux-gnueabihf-strip
)

# keep ARCH TARGET STRIP: puts the program beside its checksum, and refuses one that is not static.
keep() {
    local file=inkspot-$version-$1
    mkdir -p "$dist"
    install -m 0755 "$CARGO_TARGET_DIR/$2/release/inkspot" "$dist/$file"
    "$3" --strip-all "$dist/$file"
    if readelf -lW "$dist/$file" | grep -q INTERP; then
        echo "$file wants a dynamic linker; it should be static." >&2
        exit 1
    fi
    bill_of_materials "$2" "$dist/$file.cdx.json"
    (cd "$dist" && sha256sum "$file" >"$file.sha256" && ls -l "$file" && cat "$file.sha256")
}

# What the program is made of, for this kind of machine.
bill_of_materials() {
    local tool=$root/target/tools/bin/cargo-cyclonedx
    [ -x "$tool" ] || env -u RUSTC CARGO_TARGET_DIR="$root/target/tools/build" cargo install --quiet --locked --root "$root/target/tools" cargo-cyclonedx@0.5.9
    (cd "$root" && "$tool" cyclonedx --format json --target "$1" --override-filename bill >/dev/null)
    mv "$root/bill.json" "$2"
}

case ${1:-} in
x86_64 | aarch64 | armv7) "build_$1" ;;
all) build_x86_64 && build_aarch64 && build_armv7 ;;
*) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac
