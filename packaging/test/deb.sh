#!/usr/bin/env bash
# Installs, upgrades, removes and purges the package on a fresh Debian 12: packaging/test/deb.sh
#
# The system is made by debootstrap, once (target/test/debian), and started with systemd-nspawn on an
# overlay that is thrown away. What happens in it stands in deb-inside.sh. Runs as root on Debian 12.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
source packaging/packages.sh
[ "$(id -u)" -eq 0 ] || not_here "only root starts a system"
packages debootstrap systemd-container

system=$root/target/test/debian
if [ ! -e "$system/.complete" ]; then
    rm -rf "$system"
    mkdir -p "$system"
    for pause in 3 6 9 end; do
        debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,iproute2,curl,procps,bash-completion,zsh,fish bookworm "$system" >"$system.log" && break
        [ $pause != end ] || { tail -20 "$system.log" >&2; exit 1; }
        rm -rf "$system" && sleep $pause
    done
    touch "$system/.complete"
fi

# An older one, to upgrade from: the same under a lower version.
[ -e "target/dist/inkspot_${version}_amd64.deb" ] || packaging/deb.sh amd64
here=$root/target/test/packages
rm -rf "$here" && mkdir -p "$here"
cp "target/dist/inkspot_${version}_amd64.deb" "$here/new.deb"
dpkg-deb --raw-extract "$here/new.deb" "$here/old"
sed -i "s/^Version: .*/Version: $version~before/" "$here/old/DEBIAN/control"
dpkg-deb --root-owner-group --build "$here/old" "$here/old.deb" >/dev/null
# And a newer one whose program does not serve.
cp -r "$here/old" "$here/broken"
sed -i "s/^Version: .*/Version: $version+broken/" "$here/broken/DEBIAN/control"
printf '#!/bin/sh\n[ "$1" = serve ] || exec /packages/old/usr/bin/inkspot "$@"\necho "this one is broken" >&2\nexit 1\n' >"$here/broken/usr/bin/inkspot"
dpkg-deb --root-owner-group --build "$here/broken" "$here/broken.deb" >/dev/null
[ -d tests/js/node_modules ] || (cd tests/js && npm ci --no-audit --no-fund --loglevel=error)

work=$(mktemp -d)
booted=
chatting=
finish() {
    [ -z "$chatting" ] || kill "$chatting" 2>/dev/null || true
    [ -z "$booted" ] || { kill "$booted" 2>/dev/null && wait "$booted"; } || true
    umount "$work/system" 2>/dev/null || true
    umount "$work" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
mount -t tmpfs inkspot-test "$work" || not_here "nothing can be mounted"
mkdir "$work/upper" "$work/work" "$work/system" "$work/chat"
mount -t overlay overlay -o "lowerdir=$system,upperdir=$work/upper,workdir=$work/work" "$work/system" || not_here "no overlay can be mounted"

# Its own network, in which there is only itself, and one address as a network would give.
systemd-nspawn --quiet --boot --register=no --keep-unit --private-network --directory="$work/system" --machine=inkspot-test \
    --bind="$work/chat:/chat" --bind-ro="$here:/packages" --bind-ro="$root/packaging/test/deb-inside.sh:/inside.sh" >"$root/target/test/boot.log" 2>&1 &
booted=$!
leader=
for _ in $(seq 300); do
    leader=$(pgrep -P "$booted" | head -1) && [ -n "$leader" ] && [ -S "/proc/$leader/root/run/systemd/private" ] && break
    # Nothing of ours is in there yet.
    kill -0 "$booted" 2>/dev/null || { cat "$root/target/test/boot.log" >&2; not_here "no system can be started"; }
    sleep 0.1
done
inside() { nsenter --target "$leader" --mount --uts --ipc --net --pid --cgroup --root env -C / -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "$@"; }
inside systemctl is-system-running --wait || inside systemctl --failed --no-pager
# People who chat during the upgrade, as stock clients: out here, in its network.
nsenter --target "$leader" --net node packaging/test/upgrade.mjs "$work/chat" &
chatting=$!
# 77 is for what is not possible on this machine, and for nothing in there.
inside bash /inside.sh || exit 1
