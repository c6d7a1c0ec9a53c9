#!/usr/bin/env bash
# Makes the container image: packaging/container.sh x86_64 | aarch64 | armv7 | all
#
# Puts a static program of packaging/build.sh (which it runs where it is missing) into an empty image,
# target/dist/inkspot-VERSION-ARCH.oci.tar, for `podman load -i` and `docker load -i`. Runs as root on Debian 12.
set -euo pipefail
cd "$(dirname "$0")/.."
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
source packaging/packages.sh

image() {
    local arch=$1 platform=$2 file=target/dist/inkspot-$version-$1
    [ -x "$file" ] || packaging/build.sh "$arch"
    rm -f "$file.oci.tar"
    # One layer with one file: neither a network nor a machine of that kind is needed.
    buildah --root "$PWD/target/container" --storage-driver vfs build --quiet --isolation chroot --platform "$platform" --timestamp "$(git log -1 --format=%ct)" \
        --build-arg "PROGRAM=$(basename "$file")" --file packaging/container/Containerfile --tag "localhost/inkspot:$version-$arch" target/dist
    buildah --root "$PWD/target/container" --storage-driver vfs push --quiet "localhost/inkspot:$version-$arch" "oci-archive:$file.oci.tar:inkspot:$version"
    checksums "$version"
    ls -l "$file.oci.tar"
}

packages buildah
case ${1:-} in
x86_64) image x86_64 linux/amd64 ;;
aarch64) image aarch64 linux/arm64 ;;
armv7) image armv7 linux/arm/v7 ;;
all) image x86_64 linux/amd64 && image aarch64 linux/arm64 && image armv7 linux/arm/v7 ;;
*) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac
