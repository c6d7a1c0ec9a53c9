#!/usr/bin/env bash
# Whether the container image holds to what it says: packaging/test/container.sh
#
# Loads it, serves on port 80 with all data in /storage, chats, stops in order, and finds everything again
# in a new container. A network of its own: none of the machine's ports is used. Runs as root on Debian 12.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
source packaging/packages.sh
[ "$(id -u)" -eq 0 ] || not_here "only root runs containers"
packages podman runc curl iproute2
packaging/container.sh x86_64

work=$(mktemp -d)
name=inkspot-test-$$
podman() { command podman --root "$work/images" --runroot "$work/run" --storage-driver vfs --cgroup-manager cgroupfs --events-backend file --runtime runc "$@"; }
finish() {
    podman rm --force --time 0 "$name" >/dev/null 2>&1 || true
    podman rmi --all --force >/dev/null 2>&1 || true
    ip netns delete "$name" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
ip netns add "$name" || not_here "no network can be made"
ip -n "$name" link set lo up

fail() { echo "FAILED: $*" >&2; podman logs "$name" >&2 || true; exit 1; }
ask() { ip netns exec "$name" curl -sS --fail -H 'Content-Type: application/json' "$@"; }
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | head -1; }
start() {
    # Nothing but the one right that a port below 1024 needs; the image itself can't be written to.
    # The limits: so that it also runs where root may not raise them.
    podman run --detach --name "$name" --network "ns:/run/netns/$name" --volume "$work/storage:/storage" \
        --read-only --cap-drop all --cap-add NET_BIND_SERVICE --security-opt no-new-privileges --pids-limit 200 --ulimit "nofile=$(ulimit -Hn)" --ulimit nproc=4096:4096 "inkspot:$version" >/dev/null
    for _ in $(seq 600); do
        ask -o /dev/null http://127.0.0.1/up 2>/dev/null && return
        sleep 0.05
    done
    fail "/up on port 80 does not answer"
}

mkdir "$work/storage"
podman load --quiet --input "target/dist/inkspot-$version-x86_64.oci.tar"
image=$(podman images --quiet | head -1)
podman tag "$image" "inkspot:$version"
shape=$(podman inspect --format '{{.Config.ExposedPorts}} {{.Config.Volumes}} {{.Config.StopSignal}} {{.Os}}/{{.Architecture}} {{.Size}}' "$image")
echo "== the image: $shape"
for part in 'map[80/tcp:' 'map[/storage:' SIGTERM linux/amd64; do grep -qF "$part" <<<"$shape" || fail "no $part in: $shape"; done

start
link=$(podman exec "$name" /inkspot setup-link | grep -o 'setup?token=[A-Za-z0-9_-]*' | head -1)
podman logs "$name" 2>&1 | grep -F "$link" >/dev/null || fail "the setup link is not what the log says"
made=$(ask http://127.0.0.1/api/setup -d "{\"token\":\"${link#*token=}\",\"username\":\"ann\",\"password\":\"correct horse battery\"}")
token=$(field token <<<"$made")
room=$(grep -o '"conversation":{"id":"[^"]*"' <<<"$made" | field id)
mine=(-H "Authorization: Bearer $token" -H 'X-Forwarded-Proto: https' -H 'X-Forwarded-For: 203.0.113.9')
ask "${mine[@]}" http://127.0.0.1/api/messages/realtime -d "{\"conversationId\":\"$room\",\"content\":\"in a box\"}" >/dev/null || fail "sending"
# The proxy in front of it says that it was asked by HTTPS: so begin the links that people send on.
invite=$(ask "${mine[@]}" -H 'Host: chat.example' http://127.0.0.1/api/invites -d '{}' | field link)
[[ $invite == https://chat.example/invite/* ]] || fail "an invite leads to $invite"
ask http://127.0.0.1/ | grep -i '<!doctype html>' >/dev/null || fail "the page"

podman stop --time 20 "$name" >/dev/null
code=$(podman inspect --format '{{.State.ExitCode}}' "$name")
[ "$code" = 0 ] || fail "it did not stop in order: $code"
podman rm "$name" >/dev/null
start
ask "${mine[@]}" "http://127.0.0.1/api/conversations/$room/messages" | grep 'in a box' >/dev/null || fail "the message is not in /storage"
echo "== it serves on port 80, keeps everything in /storage, stops in order"
