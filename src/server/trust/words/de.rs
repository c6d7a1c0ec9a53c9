//! German.

use super::{Steps, Words};

pub(in crate::server::trust) const WORDS: Words = Words {
    tag: "de",
    direction: "ltr",
    own_name: "Deutsch",
    languages: "Sprache",
    title: "Diesem Gerät {name} bekannt machen",
    lede: "{name} läuft auf einem Rechner in deiner Nähe, deshalb bürgt keine öffentliche Stelle dafür. Der Server hat eine eigene. Installiere deren Zertifikat einmal auf jedem Gerät, und die Warnung des Browsers ist für immer weg.",
    looking: "Es wird geprüft, ob dieses Gerät {name} vertraut …",
    trusts: "Dieses Gerät vertraut {name}.",
    not_yet: "Dieses Gerät vertraut {name} noch nicht. Sobald es das tut, merkt es die Seite von selbst.",
    passed_by: "Es sei denn, du hast in diesem Browser eine Warnung weggeklickt: Dann machen erst die Schritte unten es wahr.",
    scriptless: "Steht hier ein Haken, vertraut dieses Gerät {name}. Lade die Seite nach den Schritten neu.",
    no_tick: "Kein Haken",
    open: "{name} öffnen",
    here: "Auf diesem Gerät",
    others: "Auf anderen Systemen",
    each: "Welches System ist es?",
    download: "Zertifikat laden",
    download_profile: "Profil laden",
    ios: Steps {
        system: "iPhone und iPad",
        steps: &[
            "Tippe in Safari auf die Schaltfläche oben und erlaube den Download.",
            "Öffne die Einstellungen und tippe oben auf „Profil geladen“. (Später steht es unter Allgemein, VPN und Geräteverwaltung.) Tippe auf „Installieren“ und gib deinen Code ein.",
            "Gehe in den Einstellungen zu Allgemein, Info, Zertifikatsvertrauenseinstellungen und schalte „{authority}“ ein.",
        ],
    },
    android: Steps {
        system: "Android",
        steps: &[
            "Tippe auf die Schaltfläche oben. Behalte die Datei, öffne sie nicht.",
            "Öffne die Einstellungen und suche nach „CA-Zertifikat“. Tippe darauf und dann auf „Trotzdem installieren“.",
            "Wähle `inkspot-ca.cer` aus den Downloads.",
            "Android sagt von nun an vielleicht, das Netzwerk werde möglicherweise überwacht. Das sagt es bei jeder Stelle, die man installiert; diese hier kann das nicht: siehe unten.",
        ],
    },
    windows: Steps {
        system: "Windows",
        steps: &[
            "Klicke auf die Schaltfläche oben und öffne die Datei.",
            "Klicke auf „Zertifikat installieren…“, wähle „Aktueller Benutzer“ und gehe weiter.",
            "Wähle „Alle Zertifikate in folgendem Speicher speichern“, klicke auf „Durchsuchen…“ und wähle „Vertrauenswürdige Stammzertifizierungsstellen“.",
            "Schließe ab, sage „Ja“ und starte den Browser neu.",
        ],
    },
    mac: Steps {
        system: "Mac",
        steps: &[
            "Klicke auf die Schaltfläche oben und öffne die Datei. Die Schlüsselbundverwaltung nimmt sie auf.",
            "Suche „{authority}“ in der Liste und doppelklicke darauf.",
            "Öffne „Vertrauen“, wähle bei „Bei Verwendung dieses Zertifikats“ die Option „Immer vertrauen“, schließe das Fenster und gib dein Passwort ein.",
            "Starte den Browser neu.",
        ],
    },
    linux: Steps {
        system: "Linux und ChromeOS",
        steps: &[
            "Lade das Zertifikat über die Schaltfläche oben.",
            "Chrome und Chromium: Öffne Einstellungen, Datenschutz und Sicherheit, Sicherheit, Zertifikate verwalten. Importiere die Datei dort als vertrauenswürdiges Zertifikat oder als Zertifizierungsstelle, die Websites identifiziert.",
            "Für alle Programme unter Debian und Ubuntu: `sudo cp inkspot-ca.crt /usr/local/share/ca-certificates/ && sudo update-ca-certificates`",
            "Unter Fedora und Arch: `sudo trust anchor inkspot-ca.crt`",
        ],
    },
    firefox: Steps {
        system: "Firefox, wo er noch warnt",
        steps: &[
            "Klicke auf die Schaltfläche oben und behalte die Datei.",
            "Öffne Einstellungen, Datenschutz & Sicherheit, Zertifikate, Zertifikate anzeigen…, Zertifizierungsstellen und klicke auf „Importieren…“.",
            "Wähle `inkspot-ca.crt`, setze den Haken bei „Dieser CA vertrauen, um Websites zu identifizieren“ und bestätige.",
        ],
    },
    compare_title: "Ist es das richtige?",
    compare: "Vergleiche vor dem Installieren den Fingerabdruck (SHA-256). Das Gerät zeigt ihn beim Zertifikat; der Server nennt ihn beim Start, und wer den Server betreibt, kann ihn dir vorlesen.",
    power_title: "Was sie darf",
    power: "Die Stelle kann für private Adressen und Namen bürgen, wie es sie in einem Heimnetz gibt, und für die eigenen dieses Servers, sonst für nichts: Selbst wer ihren Schlüssel stiehlt, kann sich für keine andere Website ausgeben.",
    elsewhere_title: "Auf einem anderen Gerät",
    elsewhere: "Lies den Code mit dessen Kamera, oder tippe die Adresse ein:",
    code: "QR-Code mit der Adresse dieser Seite",
    profile: "Damit vertraut dieses Gerät {name}.",
};
