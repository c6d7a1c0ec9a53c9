#!/usr/bin/env bash
# Builds the static program: packaging/build.sh x86_64 | aarch64 | armv7 | all
#
# Writes target/dist/inkspot-VERSION-ARCH, the list of what is in it (.cdx.json, CycloneDX) and its
# licences (.licenses.txt), with checksums in SHA256SUMS. Runs on Debian 12 (amd64) with rustup;
# installs the rest when it is root. The same sources give the same bytes, wherever they lie.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
dist=$root/target/dist
source packaging/packages.sh

# Times and places must not get into the program.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
cargo_home=${CARGO_HOME:-$HOME/.cargo}
export CFLAGS="-ffile-prefix-map=$root=/inkspot -ffile-prefix-map=$cargo_home=/cargo"
export CARGO_TARGET_DIR=$root/target/static CARGO_INCREMENTAL=0
# It is stripped here; what was built keeps its names, for `nm --size-sort` to say what weighs.
export CARGO_PROFILE_RELEASE_STRIP=none

# Debian's own compiler, of which there are the libraries for other machines too.
debian_rust() {
    packages rustc-web "$@"
    export RUSTC=/usr/bin/rustc
    unset RUSTUP_TOOLCHAIN
}

build_x86_64() (
    packages gcc libc6-dev
    # It can lie anywhere in memory; the list of places that this takes is packed. Functions of the same code are kept once.
    build x86_64 x86_64-unknown-linux-gnu strip -C link-arg=-Wl,-z,pack-relative-relocs -C link-arg=-Wl,--icf=all
)

build_aarch64() (
    if ! dpkg --print-foreign-architectures | grep -qx arm64; then
        need_root
        dpkg --add-architecture arm64
    fi
    debian_rust libstd-rust-web-dev:arm64 gcc-aarch64-linux-gnu libc6-dev-arm64-cross
    export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
    # A position-independent one crashes before its first line.
    build aarch64 aarch64-unknown-linux-gnu aarch64-linux-gnu-strip -C relocation-model=static
)

build_armv7() (
    # Debian has no libraries of Rust for it on this machine: they are built, which cargo only does when told so.
    debian_rust rust-web-src gcc-arm-linux-gnueabihf libc6-dev-armhf-cross
    export RUSTC_BOOTSTRAP=1 CARGO_UNSTABLE_BUILD_STD=std,panic_unwind
    export CARGO_TARGET_ARMV7_UNKNOWN_LINUX_GNUEABIHF_LINKER=arm-linux-gnueabihf-gcc
    build armv7 armv7-unknown-linux-gnueabihf arm-linux-gnueabihf-strip -C relocation-model=static
)

# build ARCH TARGET STRIP [FLAG OF RUSTC…]: the program with what is told about it; refuses one that is not static.
build() {
    local arch=$1 target=$2 strip=$3 file=inkspot-$version-$1 flags
    shift 3
    mkdir -p "$dist"
    packages python3
    packaging/third_party.py licenses "$target" >"$dist/$file.licenses.txt"
    gzip -9nc "$dist/$file.licenses.txt" >"target/licenses-$arch.new"
    # cargo builds anew what is newer, even if it is the same.
    cmp -s "target/licenses-$arch.new" "target/licenses-$arch.gz" || cp "target/licenses-$arch.new" "target/licenses-$arch.gz"
    flags="$* --remap-path-prefix=$root=/inkspot --remap-path-prefix=$cargo_home=/cargo"
    flags+=" --remap-path-prefix=$("${RUSTC:-rustc}" --print sysroot)=/rust"
    # A static program can't look the C library's getrandom up while it runs, and would want /dev/urandom; it is there.
    flags+=' --cfg getrandom_backend="linux_getrandom"'
    env "CARGO_TARGET_$(tr a-z- A-Z_ <<<"$target")_RUSTFLAGS=-C target-feature=+crt-static $flags" \
        INKSPOT_LICENSES="$root/target/licenses-$arch.gz" \
        cargo build --release --locked --bin inkspot --target "$target"
    install -m 0755 "$CARGO_TARGET_DIR/$target/release/inkspot" "$dist/$file"
    "$strip" --strip-all "$dist/$file"
    if readelf -lW "$dist/$file" | grep INTERP >/dev/null; then
        echo "$file wants a dynamic linker; it should be static." >&2
        exit 1
    fi
    bill_of_materials "$target" "$dist/$file.cdx.json"
    checksums "$version"
    (cd "$dist" && ls -l "$file" && grep " $file$" SHA256SUMS)
}

# What the program is made of, for this kind of machine.
bill_of_materials() {
    local tool=$root/target/tools/bin/cargo-cyclonedx
    [ -x "$tool" ] || env -u RUSTC -u RUSTC_BOOTSTRAP -u CARGO_UNSTABLE_BUILD_STD CARGO_TARGET_DIR="$root/target/tools/build" \
        cargo install --quiet --locked --root "$root/target/tools" cargo-cyclonedx@0.5.9
    env -u CARGO_UNSTABLE_BUILD_STD "$tool" cyclonedx --format json --target "$1" --override-filename bill >/dev/null
    packaging/third_party.py bill "$1" bill.json
    mv bill.json "$2"
}

case ${1:-} in
x86_64 | aarch64 | armv7) "build_$1" ;;
all) build_x86_64 && build_aarch64 && build_armv7 ;;
*) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac
