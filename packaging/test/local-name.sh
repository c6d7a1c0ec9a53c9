#!/usr/bin/env bash
# The name on the own network against Avahi: packaging/test/local-name.sh [PROGRAM]
#
# A server and a neighbour, each in a network of its own with a cable between them. The neighbour finds the
# server by its name and as a service, trusts its certificate under that name, and hears its goodbye. Where
# the neighbour has the name already, the server takes another one. Nothing leaves the two networks.
# Runs as root on Debian 12, since it makes networks; installs avahi-daemon, avahi-utils, dbus and curl.
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$(realpath "${1:-target/debug/inkspot}")
export DEBIAN_FRONTEND=noninteractive
for pair in avahi-daemon=avahi-daemon avahi-resolve=avahi-utils dbus-daemon=dbus curl=curl ip=iproute2; do
    command -v "${pair%%=*}" >/dev/null || apt-get install -qy --no-install-recommends "${pair#*=}"
done

work=$(mktemp -d)
here=ink-$$-a there=ink-$$-b
neighbour= server=
finish() {
    leave
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    wait 2>/dev/null || true
    ip netns delete "$here" 2>/dev/null || true
    ip netns delete "$there" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

fail() {
    echo "local-name: $1" >&2
    tail -n 30 "$work"/*.log >&2 || true
    exit 1
}

# Until it says so, for a minute: "what is waited for" command…
until_true() {
    local what=$1
    shift
    for _ in $(seq 240); do
        if "$@" >/dev/null 2>&1; then return; fi
        sleep 0.25
    done
    fail "$what"
}

cable() {
    ip netns add "$here"
    ip netns add "$there"
    ip -n "$here" link add lan0 type veth peer name lan0 netns "$there"
    for net in "$here" "$there"; do ip -n "$net" link set lo up && ip -n "$net" link set lan0 up; done
    ip -n "$here" address add 10.99.0.1/24 dev lan0
    ip -n "$here" address add 203.0.113.1/24 dev lan0
    ip -n "$there" address add 10.99.0.2/24 dev lan0
}

# The neighbour with this name: a system bus and Avahi, in a /run of their own.
neighbour() {
    cat >"$work/avahi.conf" <<CONF
[server]
host-name=$1
use-ipv4=yes
use-ipv6=no
[publish]
publish-workstation=no
CONF
    ip netns exec "$there" unshare --mount bash -c '
        mount -t tmpfs tmpfs /run && mkdir /run/dbus /run/avahi-daemon && chown avahi:avahi /run/avahi-daemon
        dbus-daemon --system --nofork --nopidfile &
        for _ in $(seq 100); do [ -S /run/dbus/system_bus_socket ] && break; sleep 0.1; done
        exec avahi-daemon --no-rlimits --file "$1"
    ' - "$work/avahi.conf" >"$work/neighbour.log" 2>&1 &
    neighbour=$!
    until_true "Avahi does not start" asks avahi-resolve -4 -n "$1.local"
}

# Asks as the neighbour.
asks() { timeout 10 nsenter --mount --net --target "$neighbour" "$@"; }

# Avahi, and the bus that it was started with.
leave() {
    [ -n "$neighbour" ] || return 0
    # shellcheck disable=SC2046
    kill $(pgrep -P "$neighbour") "$neighbour" 2>/dev/null || true
    wait "$neighbour" 2>/dev/null || true
    neighbour=
}

serve() {
    ip netns exec "$here" "$program" serve --data "$work/data" --listen 0.0.0.0:8443 --plain-listen off >"$work/server.log" 2>&1 &
    server=$!
    until_true "the server does not start" grep -q "told the network" "$work/server.log"
}

stop() {
    kill "$server"
    wait "$server" || fail "the server ended with an error"
    server=
}

finds() { asks avahi-resolve -4 -n "$1" | grep -Eq "[[:space:]]10\.99\.0\.1$"; }
browses() { asks avahi-browse -rtp _https._tcp | grep -E "^=;.*;$1;10\.99\.0\.1;8443;" ; }
forgotten() { ! asks avahi-browse -ctp _https._tcp | grep -q "_https._tcp"; }
trusted() {
    ip netns exec "$there" curl -sSf --cacert "$work/data/tls/ca.crt" --resolve "$1:8443:10.99.0.1" "https://$1:8443/api/health"
}
links() { ip netns exec "$here" "$program" setup-link --no-qr --data "$work/data"; }

cable
neighbour neighbour
serve
until_true "inkspot.local is not found" finds inkspot.local
until_true "the service is not found" browses inkspot.local
until_true "the certificate is not for inkspot.local" trusted inkspot.local
links | grep -q "^https://inkspot.local:8443/setup" || fail "no link names inkspot.local"
! asks avahi-browse -rtp _https._tcp | grep -q 203.0.113.1 || fail "a public address was told"
stop
until_true "the goodbye was not heard" forgotten
echo "found, trusted, gone"

leave
neighbour inkspot
serve
until_true "inkspot-2.local is not found" finds inkspot-2.local
asks avahi-resolve -4 -n inkspot.local | grep -q "10\.99\.0\.2" || fail "the neighbour lost its name"
until_true "the certificate is not for inkspot-2.local" trusted inkspot-2.local
links | grep -q "^https://inkspot-2.local:8443/setup" || fail "no link names inkspot-2.local"
grep -q "another machine has the name" "$work/server.log" || fail "the log does not say that the name was taken"
stop
asks avahi-resolve -4 -n inkspot.local | grep -q "10\.99\.0\.2" || fail "the goodbye took the neighbour's name away"
echo "another name where it is taken"
