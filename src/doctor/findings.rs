//! Everything that can be found around a server from where it runs. The UI says each in its languages: it
//! does not build while it lacks one. A code is never used for something else.

use super::finding::{Bytes, Millis, Moment, Several, findings};
use crate::model::certificate::Advice;

findings! {
    /// What was found.
    pub(super) enum Finding {
        "proxy-none" NoProxy { address: String } => Ok
            "It came from {address}, with no proxy between.";
        "proxy-known" ProxyKnown { address: String } => Ok
            "It came from {address} through your proxy.";
        "proxy-disbelieved" ProxyDisbelieved { address: String } => Warn
            "It came from {address} with an X-Forwarded-For that is not believed.",
            "If {address} is your proxy, add it to server.trusted_proxies; until then all people count as one address, with its limits.";
        "proxy-silent" ProxySilent { address: String } => Warn
            "It came from the proxy {address}, which does not say for whom it asks.",
            "The proxy must send X-Forwarded-For; until then all people count as one address, with its limits.";
        "proxy-unencrypted" ProxyUnencrypted { address: String } => Warn
            "It came from {address} through your proxy, which does not say that it is encrypted.",
            "The proxy must send X-Forwarded-Proto: https.";

        "names-none" NoNames => Ok
            "No name is set; people use the machine's addresses.";
        "names-here" NamesHere { names: Several } => Ok
            "This machine has the addresses of {names}.";
        "names-proxied" NamesProxied { ways: Several } => Ok
            "{ways}: no address of this machine. A proxy is set, which it may be.";
        "names-elsewhere" NamesElsewhere { ways: Several } => Warn
            "{ways}: no address of this machine.",
            "That is right behind a router that forwards the port; else correct the record of the name.";
        "names-unanswered" NameUnanswered { name: String } => Fail
            "{name} leads nowhere: the resolver gave no answer.",
            "Make an A or AAAA record for it, or correct server.public_url or server.hostnames.";
        "names-nowhere" NameNowhere { name: String, error: String } => Fail
            "{name} leads nowhere: {error}.",
            "Make an A or AAAA record for it, or correct server.public_url or server.hostnames.";

        "ports-later" PortsLater => Ok
            "The server chooses its port when it starts.";
        "ports-answered" PortsAnswered { version: String, addresses: Several } => Ok
            "Inkspot {version} answers on {addresses}.";
        "ports-free" PortsFree { free: Several } => Ok
            "Inkspot does not run, and nobody else listens on {free}.";
        "ports-partly" PortsPartly { version: String, addresses: Several, free: Several } => Ok
            "Inkspot {version} answers on {addresses}; nobody listens on {free}.";
        "ports-unusable" PortUnusable { address: String, error: String } => Fail
            "Inkspot can't listen on {address}: {error}.",
            "Take an address of this machine; for a port below 1024 use the service, whose unit allows it, or another port.";
        "ports-taken" PortTaken { address: String } => Fail
            "Another program has {address}, where plain HTTP is to lead people to HTTPS.",
            "`ss -ltnp` names it: stop it, or choose another address in server.plain_listen.";
        "ports-other" PortOther { address: String, status: u16 } => Fail
            "Another program has {address}: it answered {status}.",
            "`ss -ltnp` names it: stop it, or choose another address in server.listen.";
        "ports-silent" PortSilent { address: String } => Fail
            "Another program has {address}: no answer came in time.",
            "`ss -ltnp` names it: stop it, or choose another address in server.listen.";
        "ports-no-tls" PortNoTls { address: String, error: String } => Fail
            "Another program has {address}: the TLS handshake failed: {error}.",
            "`ss -ltnp` names it: stop it, or choose another address in server.listen.";
        "ports-no-http" PortNoHttp { address: String, error: String } => Fail
            "Another program has {address}: the answer is no HTTP: {error}.",
            "`ss -ltnp` names it: stop it, or choose another address in server.listen.";

        "certificate-elsewhere" CertificateElsewhere => Ok
            "TLS is off: the proxy in front has the certificate.";
        "certificate-authority" CertificateAuthority => Ok
            "The server's own authority is there; it makes the certificate itself.";
        "certificate-later" CertificateLater => Ok
            "There is none yet; the server gets one when it starts.";
        "certificate-awaited" CertificateAwaited { names: Several } => Warn
            "The public authority has given none for {names} yet; until it does browsers warn.",
            "It is being asked: look again in a minute.";
        "certificate-not-given" CertificateNotGiven { names: Several, error: String, advice: Advice } => Fail
            "The public authority gives none for {names}: {error}.",
            "{advice}";
        "certificate-not-renewed" CertificateNotRenewed { until: Moment, error: String, advice: Advice } => Warn
            "It ends on {until}, and the public authority gives no new one: {error}.",
            "{advice}";
        "certificate-good" CertificateGood { until: Moment } => Ok
            "It is good, until {until}.";
        "certificate-public" CertificatePublic { names: Several, until: Moment } => Ok
            "It is good for {names}, everybody trusts it, until {until}.";
        "certificate-own" CertificateOwn { names: Several, until: Moment } => Ok
            "It is good for {names}, devices trust it that have the server's own authority, until {until}.";
        "certificate-unset" CertificateUnset => Fail
            "tls.cert or tls.key is missing.",
            "Set both.";
        "certificate-unreadable" CertificateUnreadable { path: String, error: String } => Fail
            "{path} can't be used: {error}.",
            "It must be PEM, and readable for the server's user.";
        "certificate-empty" CertificateEmpty { path: String } => Fail
            "{path} can't be used: it holds no certificate.",
            "It must be PEM, and readable for the server's user.";
        "certificate-other-key" CertificateOtherKey { cert: String, key: String, error: String } => Fail
            "{cert} and {key}: {error}.",
            "The key must belong to the first certificate of the chain.";
        "certificate-key-open" CertificateKeyOpen { path: String } => Warn
            "{path} can be read by everybody on this machine.",
            "`chmod o= {path}`";
        "certificate-not-shown" CertificateNotShown => Fail
            "The server shows no certificate.",
            "Look at its log.";
        "certificate-garbled" CertificateGarbled => Fail
            "The certificate can't be read.",
            "Make a new one.";
        "certificate-ends" CertificateEnds { until: Moment } => Warn
            "It ends on {until}.",
            "Renew it, or see why it was not renewed; then SIGHUP or a restart reads it.";
        "certificate-ended" CertificateEnded { until: Moment } => Fail
            "It ended on {until}.",
            "Renew it.";
        "certificate-early" CertificateEarly => Fail
            "It is not valid yet.",
            "Look at the clock of this machine, and of the one that made it.";
        "certificate-other-name" CertificateOtherName { name: String } => Fail
            "It is not for {name}.",
            "Get one that names it, or correct server.hostnames or server.public_url.";
        "certificate-unknown" CertificateUnknown => Warn
            "Nobody knows who made it, or the certificates between are missing.",
            "Put the whole chain into the file; with an authority of one's own all is well where devices trust it.";
        "certificate-refused" CertificateRefused { name: String, error: String } => Fail
            "For {name}: {error}.",
            "Make a new one.";

        "local-name-off" LocalNameOff => Ok
            "The network is told no name: server.local_name is empty.";
        "local-name-public" LocalNamePublic => Ok
            "The network is told no name: people use server.public_url.";
        "local-name-not-local" LocalNameNotLocal => Ok
            "The network is told no name: it is for servers of a network with tls.mode \"local-ca\".";
        "local-name-nowhere" LocalNameNowhere => Ok
            "No address that the server listens on is one of an own network, so that none is told a name.";
        "local-name-free" LocalNameFree { name: String } => Ok
            "Nobody on the own network is called {name}.";
        "local-name-there" LocalNameThere { name: String } => Ok
            "This machine is called {name} already.";
        "local-name-leads" LocalNameLeads { name: String } => Ok
            "Who asks the own network for {name} is led here.";
        "local-name-unasked" LocalNameUnasked { error: String } => Warn
            "The network can't be asked: {error}.",
            "Look again in a moment; the log says more.";
        "local-name-taken" LocalNameTaken { address: String, name: String } => Warn
            "{address} is called {name} already; the server will add a number to the name.",
            "Choose another server.local_name, or rename the other one.";
        "local-name-untold" LocalNameUntold { name: String } => Warn
            "The network was not told {name}.",
            "In the first seconds that is right: look again. Else another program has UDP port 5353 for itself (`ss -lunp`), or no interface takes multicast (`ip link`).";
        "local-name-blocked" LocalNameBlocked { name: String } => Warn
            "The network was told {name}, but not even this machine gets an answer to it: multicast is blocked here.",
            "Let UDP port 5353 in and out of this machine's firewall, for instance by `ufw allow 5353/udp`. Until then people use the addresses that `inkspot setup-link` and the log show.";
        "local-name-changed" LocalNameChanged { wanted: String, name: String } => Warn
            "Another machine was called {wanted} when the server started, so the network knows this server as {name}.",
            "{name} works as well. For another name set server.local_name; for {wanted}, rename the other machine and restart.";
        "local-name-changed-for" LocalNameChangedFor { address: String, wanted: String, name: String } => Warn
            "{address} is called {wanted} already, so the network knows this server as {name}.",
            "{name} works as well. For another name set server.local_name; for {wanted}, rename the other machine and restart.";
        "local-name-shared" LocalNameShared { address: String, name: String } => Warn
            "{address} answers to {name}, too: devices may end up there.",
            "Choose another server.local_name, or rename the other one.";

        "clock-seen" ClockSeen { now: Moment } => Ok
            "This machine says that it is {now}.";
        "clock-kept" ClockKept { now: Moment } => Ok
            "This machine says that it is {now}. systemd-timesyncd keeps it right.";
        "clock-unkept" ClockUnkept { now: Moment } => Warn
            "This machine says that it is {now}, but systemd-timesyncd has not reached a time server since it started.",
            "`timedatectl timesync-status` shows which one it asks; UDP port 123 must lead outside. Certificates and signing in depend on the time.";
        "clock-wrong" ClockWrong { now: Moment } => Fail
            "This machine says that it is {now}.",
            "Set the time, for instance by `timedatectl set-ntp true`; certificates and signing in depend on it.";

        "memory-unknown" MemoryUnknown => Ok
            "The system does not say how much memory there is.";
        "memory-sized" MemorySized { most_bytes: Bytes, budget_bytes: Bytes } => Ok
            "{most_bytes} may be used; the budget of the server is {budget_bytes}.";
        "memory-good" MemoryGood { most_bytes: Bytes, free_bytes: Bytes, budget_bytes: Bytes } => Ok
            "{most_bytes} may be used and {free_bytes} are free; the budget of the server is {budget_bytes}.";
        "memory-short" MemoryShort { most_bytes: Bytes, free_bytes: Bytes, budget_bytes: Bytes } => Warn
            "{most_bytes} may be used and {free_bytes} are free; the budget of the server is {budget_bytes}.",
            "Stop what is not needed, or set memory.budget_mib lower.";
        "memory-exceeded" MemoryExceeded { most_bytes: Bytes, budget_bytes: Bytes, fits_mib: u64 } => Fail
            "{most_bytes} may be used; the budget of the server is {budget_bytes}.",
            "Set memory.budget_mib to {fits_mib} or less.";

        "descriptors-unlimited" DescriptorsUnlimited => Ok
            "The system does not limit how many connections are open.";
        "descriptors-good" DescriptorsGood { most: u64 } => Ok
            "The system allows {most} open files, nearly all of them for connections.";
        "descriptors-few" DescriptorsFew { most: u64 } => Warn
            "The system allows {most} open files, nearly all of them for connections.",
            "Raise the limit: `LimitNOFILE=65536` in the unit (`systemctl edit inkspot`), `--ulimit nofile=65536` for a container.";

        "service-no-systemd" ServiceNoSystemd => Ok
            "systemd does not run here; whatever starts Inkspot should restart it.";
        "service-watched" ServiceWatched => Ok
            "systemd has started this server and watches it.";
        "service-no-unit" ServiceNoUnit => Ok
            "There is no unit inkspot.service; who starts Inkspot is unknown.";
        "service-enabled" ServiceEnabled => Ok
            "The unit inkspot.service starts with the machine.";
        "service-not-enabled" ServiceNotEnabled => Warn
            "The unit inkspot.service does not start with the machine.",
            "`systemctl enable --now inkspot`";

        "data-private" DataPrivate { path: String } => Ok
            "{path} is for the server's user alone.";
        "data-later" DataLater { path: String } => Ok
            "{path} is not there; the first start makes it.";
        "data-no-directory" DataNoDirectory { path: String } => Fail
            "{path} is not a directory.",
            "Name another one in server.data or by --data.";
        "data-unseen" DataUnseen { path: String, error: String } => Fail
            "{path} can't be looked at: {error}.",
            "Run this as the server's user, or as root.";
        "data-of-another" DataOfAnother { path: String, owner: String, user: String } => Fail
            "{path} belongs to user {owner}, this is user {user}.",
            "`chown -R` it to the server's user: {path}";
        "data-open" DataOpen { path: String, mode: String } => Warn
            "{path} is open to others: its mode is {mode}.",
            "`chmod 700 {path}`";

        "disk-good" DiskGood { free_bytes: Bytes, total_bytes: Bytes, reserve_bytes: Bytes } => Ok
            "{free_bytes} of {total_bytes} are free; uploads stop at {reserve_bytes}.";
        "disk-low" DiskLow { free_bytes: Bytes, total_bytes: Bytes, reserve_bytes: Bytes } => Warn
            "{free_bytes} of {total_bytes} are free; uploads stop at {reserve_bytes}.",
            "Make room before it stops.";
        "disk-full" DiskFull { free_bytes: Bytes, total_bytes: Bytes, reserve_bytes: Bytes } => Fail
            "{free_bytes} of {total_bytes} are free; uploads stop at {reserve_bytes}.",
            "Make room on this disk; reading goes on meanwhile.";
        "disk-unseen" DiskUnseen { error: String } => Fail
            "How much is free can't be seen: {error}.",
            "Look at the disk by `df -h` and `dmesg`.";

        "sync-good" SyncGood { usual_ms: Millis, worst_ms: Millis } => Ok
            "Something small is safe after {usual_ms}, at worst after {worst_ms}.";
        "sync-slow" SyncSlow { usual_ms: Millis, worst_ms: Millis } => Warn
            "Something small is safe after {usual_ms}, at worst after {worst_ms}.",
            "Each message waits for this. Another disk helps; a worn or slow SD card often is like that, and a disk that is busy with something else.";
        "sync-impossible" SyncImpossible { path: String, error: String } => Fail
            "Nothing can be written to {path}: {error}.",
            "Look at its mount and its owner: `findmnt`, `ls -ld`.";

        "backups-off" BackupsOff => Ok
            "The server makes none, as backups.every_hours is set.";
        "backups-later" BackupsLater { folder: String } => Ok
            "There is none in {folder} yet.";
        "backups-good" BackupsGood { folder: String, hours: u64, made_at: Moment } => Ok
            "The newest in {folder} is {hours} hours old.";
        "backups-none" BackupsNone { folder: String } => Warn
            "There is none in {folder} yet.",
            "The log says why: `journalctl -u inkspot`; most often there is no room.";
        "backups-old" BackupsOld { folder: String, hours: u64, made_at: Moment } => Warn
            "The newest in {folder} is {hours} hours old.",
            "The log says why: `journalctl -u inkspot`; most often there is no room.";
        "backups-secret-no-file" SecretNoFile { path: String } => Fail
            "The passphrase should be in {path}, which is no file.",
            "Correct backups.passphrase_file: without it no backup is made.";
        "backups-secret-unreadable" SecretUnreadable { path: String, error: String } => Fail
            "The passphrase in {path} can't be read: {error}.",
            "Give the file to the server's user, or correct backups.passphrase_file: without it no backup is made.";
        "backups-secret-short" SecretShort { path: String, least: usize } => Fail
            "The passphrase in {path} has fewer than {least} characters, so that no backup is made.",
            "Put one line of at least {least} characters into it, for instance by `openssl rand -base64 24`, and keep a copy elsewhere. Backups that are there open with the passphrase they were made with.";
        "backups-secret-lines" SecretLines { path: String } => Fail
            "{path} is empty or has more than one line, so that no backup is made.",
            "Put the passphrase alone into it, as one line.";
        "backups-secret-long" SecretLong { path: String, most: usize } => Fail
            "The passphrase in {path} is longer than {most} bytes, so that no backup is made.",
            "Put one shorter line into it.";
        "backups-secret-open" SecretOpen { path: String } => Warn
            "Others can read the passphrase in {path}.",
            "`chmod 600 {path}`";
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_code_means_one_thing() {
        let codes: BTreeSet<&str> = Finding::ALL.iter().map(|(code, ..)| *code).collect();
        assert_eq!(codes.len(), Finding::ALL.len());
    }
}
