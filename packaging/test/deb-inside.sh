#!/usr/bin/env bash
# The life of the package on a Debian that systemd has started; deb.sh runs this in there.
set -euo pipefail

step() { printf '\n== %s\n' "$*"; }
fail() { echo "FAILED: $*" >&2; journalctl -u inkspot --no-pager -n 40 >&2; exit 1; }
ask() { curl -sS --fail --cacert /var/lib/inkspot/tls/ca.crt "$@"; }
api() { ask -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "https://127.0.0.1:8443$1" "${@:2}"; }
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | head -1; }
until_it_answers() {
    for _ in $(seq 3000); do
        curl -sk --fail -o /dev/null https://127.0.0.1:8443/up && return
        sleep 0.01
    done
    fail "no answer on port 8443"
}
milliseconds() { echo $(($(date +%s%N) / 1000000)); }

ip link add lan0 type veth peer name lan1
ip address add 192.168.77.5/24 dev lan0
ip link set lan0 up

step "install: it serves by itself, and says the link for the first account"
begun=$(milliseconds)
dpkg -i /packages/old.deb >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; fail "dpkg -i"; }
until_it_answers
echo "dpkg -i to the first answer over HTTPS: $(($(milliseconds) - begun)) ms"
systemctl is-active --quiet inkspot || fail "the service does not run"
systemctl is-enabled --quiet inkspot || fail "it would not start with the machine"
# It is written once the network had time to object to the server's name.
for _ in $(seq 600); do
    link=$(journalctl -u inkspot -o cat --no-pager | grep -o 'https://192.168.77.5:8443/setup?token=[A-Za-z0-9_-]*' | head -1) || true
    [ -z "$link" ] || break
    sleep 0.1
done
[ -n "$link" ] || fail "the journal has no setup link with the machine's address"
inkspot setup-link | grep -F "$link" >/dev/null || fail "inkspot setup-link shows another link than the journal: $(inkspot setup-link)"

step "what belongs where, and to whom"
[ "$(stat -c '%U:%G %a' /var/lib/inkspot)" = "inkspot:inkspot 700" ] || fail "/var/lib/inkspot: $(stat -c '%U:%G %a' /var/lib/inkspot)"
[ "$(ps -o user= -p "$(systemctl show -p MainPID --value inkspot)")" = inkspot ] || fail "it does not run as its own user"
[ "$(dpkg-query -Wf '${Conffiles}' inkspot | grep -c /etc/inkspot/config.toml)" = 1 ] || fail "config.toml is no conffile"
inkspot config check || fail "the settings"
for page in inkspot inkspot-serve inkspot-user-add inkspot-backup; do
    gzip -t "/usr/share/man/man1/$page.1.gz" || fail "no manual page $page"
done
bash -c '. /usr/share/bash-completion/bash_completion; _load_comp=_completion_loader; _completion_loader inkspot; complete -p inkspot' >/dev/null || fail "no completion for bash"
zsh -fc 'autoload -Uz compinit && compinit -u -D && [ "${_comps[inkspot]}" = _inkspot ]' || fail "no completion for zsh"
fish -c 'complete -C "inkspot setup-"' | grep setup-link >/dev/null || fail "no completion for fish"
zcat -f /usr/share/doc/inkspot/third-party-licenses.txt* | grep '^tokio 1' >/dev/null || fail "no licences"
grep '"panels"' /usr/share/inkspot/grafana.json >/dev/null || fail "no dashboard"
grep '^groups:' /usr/share/inkspot/prometheus.rules.yml >/dev/null || fail "no alarms"

step "how far the service is shut in"
systemd-analyze verify inkspot.service || fail "the unit"
systemd-analyze security --no-pager --threshold=15 inkspot | tail -1 || fail "exposure is above 1.5"

step "the first account, by the link; a message"
setup() { printf '{"token":"%s","username":"ann","password":"correct horse battery"}' "${link#*token=}"; }
made=$(ask -H 'Content-Type: application/json' https://127.0.0.1:8443/api/setup -d "$(setup)") || fail "the setup link"
token=$(field token <<<"$made")
room=$(grep -o '"conversation":{"id":"[^"]*"' <<<"$made" | field id)
[ -n "$room" ] || fail "no conversation in $made"
api /api/messages/realtime -d "{\"conversationId\":\"$room\",\"content\":\"before the upgrade\"}" >/dev/null || fail "sending"
# Everything that was said; also shows that the session lasts.
said() { api "/api/conversations/$room/messages"; }
printf 'correct horse battery\n' | inkspot user add bob --password-stdin || fail "inkspot user add, as root, while it runs"

step "the doctor sees through the walls around the service"
# 0 or 1: what is merely to be looked at depends on the machine.
inkspot doctor --json >/tmp/doctor.json || [ $? = 1 ] || fail "something does not work: $(grep -B2 -A8 '"fail"' /tmp/doctor.json)"
grep -E '"mostBytes": [1-9]' /tmp/doctor.json >/dev/null || fail "no figure for memory: $(grep -A8 '"memory"' /tmp/doctor.json)"

step "reload, and an end by force"
systemctl reload inkspot && systemctl is-active --quiet inkspot || fail "reload"
# (systemd starts it anew after RestartSec.)
before=$(systemctl show -p MainPID --value inkspot)
kill -KILL "$before"
for _ in $(seq 1000); do
    now=$(systemctl show -p MainPID --value inkspot)
    [ "$now" != 0 ] && [ "$now" != "$before" ] && break
    sleep 0.01
done
until_it_answers
said | grep 'before the upgrade' >/dev/null || fail "a message is gone after kill -9"

step "a server that stands still is started anew by the watchdog"
mkdir /run/systemd/system/inkspot.service.d
printf '[Service]\nWatchdogSec=2\n' >/run/systemd/system/inkspot.service.d/soon.conf
systemctl daemon-reload && systemctl restart inkspot
before=$(systemctl show -p NRestarts --value inkspot)
kill -STOP "$(systemctl show -p MainPID --value inkspot)"
for _ in $(seq 3000); do
    [ "$(systemctl show -p NRestarts --value inkspot)" -gt "$before" ] && break
    sleep 0.01
done
[ "$(systemctl show -p NRestarts --value inkspot)" -gt "$before" ] || fail "the watchdog"
rm -r /run/systemd/system/inkspot.service.d
systemctl daemon-reload && systemctl restart inkspot
until_it_answers

step "upgrade while people chat: nobody is turned away, changed settings stay, people stay signed in, messages stay"
sed -i 's|^#name = "Inkspot"|name = "At home"|' /etc/inkspot/config.toml
cp /var/lib/inkspot/tls/ca.crt /chat/
person() { printf '{"name":"%s","password":"correct horse battery"}' "$1"; }
printf '{"url":"https://127.0.0.1:8443","caFile":"ca.crt","ann":%s,"bob":%s}' "$(person ann)" "$(person bob)" >/chat/place.new
mv /chat/place.new /chat/place.json
# upgrade.mjs talks to the server from outside, through this network.
chat_says() {
    for _ in $(seq 1200); do
        [ ! -e "/chat/$1" ] || return 0
        grep -s '^failed' /chat/told && break
        sleep 0.1
    done
    fail "the chat during the upgrade: no $1"
}
main() { systemctl show -p MainPID --value inkspot; }
runs_what_is_installed() { [ "$(stat -Lc %d:%i "/proc/$(main)/exe")" = "$(stat -c %d:%i /usr/bin/inkspot)" ]; }
chat_says chatting
before=$(main)
begun=$(milliseconds)
dpkg -i /packages/new.deb >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; fail "the upgrade"; }
echo "dpkg -i of the newer one: $(($(milliseconds) - begun)) ms"
grep 'has taken over' /tmp/dpkg.log || { cat /tmp/dpkg.log; fail "the upgrade does not say that it took over"; }
[ "$(main)" = "$before" ] || fail "it is another process: not taken over but started anew"
runs_what_is_installed || fail "the old program still runs"
touch /chat/upgraded
chat_says told
cat /chat/told
grep '^good' /chat/told >/dev/null || fail "the chat during the upgrade"
systemctl is-active --quiet inkspot || fail "systemd does not think that it serves: $(systemctl is-active inkspot)"
grep -qx 'name = "At home"' /etc/inkspot/config.toml || fail "the changed settings are gone"
api /api/auth/me | grep '"serverName":"At home"' >/dev/null || fail "the settings don't count: $(api /api/auth/me)"
said | grep 'before the upgrade' >/dev/null || fail "a message is gone after the upgrade"

step "a package whose program can't run changes nothing but the file, and says so"
before=$(main)
dpkg -i /packages/broken.deb >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; fail "dpkg -i of the broken one"; }
grep "can't take over: this one is broken" /tmp/dpkg.log || { cat /tmp/dpkg.log; fail "nothing is said of a broken program"; }
[ "$(main)" = "$before" ] || fail "the server was ended by a broken package"
! runs_what_is_installed || fail "what runs is what is broken"
said | grep 'before the upgrade' >/dev/null || fail "it does not serve any more"
dpkg -i /packages/old.deb >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; fail "going back"; }
grep 'has taken over' /tmp/dpkg.log || { cat /tmp/dpkg.log; fail "going back to the older one"; }
runs_what_is_installed || fail "the older one does not run"
dpkg -i /packages/new.deb >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; fail "upgrading again"; }

step "an upgrade of a server that somebody has stopped"
systemctl stop inkspot
dpkg -i /packages/new.deb >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; fail "dpkg -i on a stopped server"; }
! grep -i 'does not serve' /tmp/dpkg.log || fail "it complains about a stopped server"
systemctl start inkspot
until_it_answers

step "a backup into its folder, as the README says"
install -d -o inkspot -g inkspot -m 0700 /var/backups/inkspot
inkspot backup /var/backups/inkspot/now.inkspot || fail "backup"
inkspot restore --verify /var/backups/inkspot/now.inkspot || fail "the backup can't be read"

step "remove: settings and data stay; installed again, everything is back"
dpkg -r inkspot >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; fail "remove"; }
! systemctl is-active --quiet inkspot || fail "it still runs"
! pgrep -x inkspot || fail "a process is left"
[ -e /etc/inkspot/config.toml ] && [ -d /var/lib/inkspot ] || fail "remove took settings or data"
[ ! -e /usr/bin/inkspot ] || fail "the program is left"
dpkg -i /packages/new.deb >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; fail "install again"; }
until_it_answers
said | grep 'before the upgrade' >/dev/null || fail "a message is gone after remove and install"

step "purge: nothing stays but the backups that were put elsewhere"
dpkg -P inkspot >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; fail "purge"; }
! pgrep -x inkspot || fail "a process is left"
! getent passwd inkspot || fail "the user is left"
! getent group inkspot || fail "the group is left"
[ -e /var/backups/inkspot/now.inkspot ] || fail "purge took a backup"
left=$(find / -xdev -name '*inkspot*' -not -path '/proc/*' -not -path '/var/backups/inkspot*' -not -path '/var/log/*' -not -path '/var/cache/man/*') || true
[ -z "$left" ] || fail "left behind: $left"
systemctl list-units --all --no-legend 'inkspot*' | grep . && fail "systemd still knows it" || true

step "all of it holds"
