#!/usr/bin/env bash
# The name on the own network against Avahi: packaging/test/local-name.sh [PROGRAM]
#
# A server and a neighbour, each in a network of its own with a cable between them. The neighbour finds the
# server by its name and as a service, hears of another name that people give it, trusts its certificate under its
# name, and hears its goodbye. Where the neighbour has the name already, the server takes another one. `inkspot doctor` says so each time, and
# where a firewall stops the questions. Nothing leaves the two networks.
# Runs as root on Debian 12, since it makes networks; installs avahi-daemon, avahi-utils, dbus, curl and nftables.
# Ends with 77 and the reason where the machine does not allow it.
set -euo pipefail
cd "$(dirname "$0")/../.."
program=$(realpath "${1:-target/debug/inkspot}")
source packaging/packages.sh

[ "$(id -u)" -eq 0 ] || not_here "only root makes networks"
packages avahi-daemon avahi-utils dbus curl iproute2 nftables python3

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
    ip netns add "$here" || not_here "no network can be made"
    ip netns add "$there" || not_here "no second network can be made"
    ip -n "$here" link add lan0 type veth peer name lan0 netns "$there" || not_here "no cable can be laid between networks"
    ip netns exec "$there" unshare --mount mount -t tmpfs tmpfs /run || not_here "nothing can be mounted"
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
    (until_true "Avahi does not start" asks avahi-resolve -4 -n "$1.local") || not_here "Avahi does not start"
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
    ip netns exec "$here" "$program" serve --config "$work/config.toml" --data "$work/data" --listen 0.0.0.0:8443 --plain-listen off >"$work/server.log" 2>&1 &
    server=$!
    until_true "the server does not start" grep -q "told the network" "$work/server.log"
}

stop() {
    kill "$server"
    wait "$server" || fail "the server ended with an error"
    server=
}

called() { printf '[server]\nname = "%s"\n' "$1" >"$work/config.toml"; }
finds() { asks avahi-resolve -4 -n "$1" | grep -Eq "[[:space:]]10\.99\.0\.1$"; }
still_there() { asks avahi-resolve -4 -n inkspot.local | grep -q "10\.99\.0\.2"; }
# Only by this name, and no more by another.
known_as() {
    local seen
    seen=$(asks avahi-browse -rtp _https._tcp | grep "^=")
    echo "$seen" | grep -q ";$1;[^;]*;local;inkspot.local;10\.99\.0\.1;8443;" && ! echo "$seen" | grep -q ";$2;"
}
browses() { asks avahi-browse -rtp _https._tcp | grep -E "^=;.*;$1;10\.99\.0\.1;8443;" ; }
told() { asks avahi-browse -rtp _https._tcp >"$work/told" && grep -q ";10\.99\.0\.1;8443;" "$work/told"; }
forgotten() {
    local seen
    seen=$(asks avahi-browse -ctp _https._tcp) && ! grep -q "_https._tcp" <<<"$seen"
}
trusted() {
    ip netns exec "$there" curl -sSf --cacert "$work/data/tls/ca.crt" --resolve "$1:8443:10.99.0.1" "https://$1:8443/api/health"
}
links() { ip netns exec "$here" "$program" setup-link --no-qr --data "$work/data"; }
# What the doctor says of the name: doctor_says STATE WORDS
doctor_says() {
    ip netns exec "$here" "$program" doctor --json --data "$work/data" >"$work/doctor.log" || true
    python3 - "$work/doctor.log" "$@" <<'PY'
import json, sys
found = next(check for check in json.load(open(sys.argv[1])) if check["id"] == "local-name")
text = found["detail"] + " " + found.get("remedy", "")
sys.exit(0 if found["state"] == sys.argv[2] and sys.argv[3] in text else f"not {sys.argv[2:]}: {found}")
PY
}
firewall() { ip netns exec "$here" nft "$@"; }

cable
called Garden
neighbour neighbour
until_true "the doctor does not say that the name is free" doctor_says ok "Nobody"
serve
until_true "inkspot.local is not found" finds inkspot.local
until_true "the service is not found" browses inkspot.local
until_true "the certificate is not for inkspot.local" trusted inkspot.local
links | grep -q "^https://inkspot.local:8443/setup" || fail "no link names inkspot.local"
until_true "the service is not told" told
! grep -q 203.0.113.1 "$work/told" || fail "a public address was told"
until_true "the doctor does not say that the name leads here" doctor_says ok "inkspot.local is led here"
if firewall add table inet shut; then
    firewall add chain inet shut in '{ type filter hook input priority 0; }'
    firewall add rule inet shut in udp dport 5353 drop
    until_true "the doctor does not see the firewall" doctor_says warn "multicast is blocked"
    firewall delete table inet shut
    until_true "the doctor still sees a firewall" doctor_says ok "inkspot.local is led here"
else
    echo "left out: what the doctor says of a firewall, since this kernel has no nf_tables"
fi
until_true "the service has another name" known_as Garden Meadow
called Meadow
kill -HUP "$server"
until_true "the server's new name is not told" known_as Meadow Garden
until_true "inkspot.local is lost with the old name" finds inkspot.local
stop
until_true "the goodbye was not heard" forgotten
echo "found, trusted, gone"

leave
neighbour inkspot
until_true "the doctor does not say who has the name" doctor_says warn "10.99.0.2 is called inkspot.local"
serve
until_true "inkspot-2.local is not found" finds inkspot-2.local
until_true "the neighbour lost its name" still_there
until_true "the certificate is not for inkspot-2.local" trusted inkspot-2.local
links | grep -q "^https://inkspot-2.local:8443/setup" || fail "no link names inkspot-2.local"
until_true "the doctor does not say which name was taken instead" doctor_says warn "knows this server as inkspot-2.local"
grep -q "another machine has the name" "$work/server.log" || fail "the log does not say that the name was taken"
stop
until_true "the goodbye took the neighbour's name away" still_there
echo "another name where it is taken"
