# For the scripts beside it: the Debian packages that they need, and the checksums of what they make.

need_root() {
    [ "$(id -u)" -eq 0 ] || { echo "Run this as root once, or install what it needs by hand; see $0." >&2; exit 1; }
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

# checksums VERSION: of everything of this version in target/dist.
checksums() {
    (cd target/dist && sha256sum inkspot[-_]"$1"* >SHA256SUMS)
}
