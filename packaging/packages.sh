# For the scripts beside it: the Debian packages that they need, what runs the programs for other machines, and the
# checksums of what they make.

need_root() {
    [ "$(id -u)" -eq 0 ] || { echo "Run this as root once, or install what it needs by hand; see $0." >&2; exit 1; }
}

# not_here REASON: for tests. Ends with 77, which says that the machine does not allow it, and not that it failed.
not_here() {
    echo "$(basename "$0" .sh): not possible here: $1" >&2
    exit 77
}

# packages NAME…: installs those that are missing. The archive can fail by chance, so it is asked three times.
packages() {
    local missing=() name
    for name in "$@"; do dpkg-query -Wf '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || missing+=("$name"); done
    [ ${#missing[@]} -eq 0 ] && return
    need_root
    export DEBIAN_FRONTEND=noninteractive
    for pause in 3 6 9; do
        apt-get update -q && apt-get install -qy --no-install-recommends "${missing[@]}" && return
        sleep $pause
    done
    exit 1
}

# emulator ARCH: what runs a program for that machine here; nothing for this machine's own.
emulator() {
    case $1 in
    aarch64) echo qemu-aarch64-static ;;
    armv7) echo qemu-arm-static ;;
    esac
}

# What stands before it: the program begins once more with this setting when it isn't there (src/base/allocator.rs),
# which the kernel can't do for an emulator.
emulated="env MALLOC_MMAP_THRESHOLD_=131072"

# checksums VERSION: of everything of this version in target/dist.
checksums() {
    (cd target/dist && sha256sum inkspot[-_]"$1"* >SHA256SUMS)
}
