//! English.

use super::{Steps, Words};

pub(in crate::server::trust) const WORDS: Words = Words {
    tag: "en",
    direction: "ltr",
    own_name: "English",
    languages: "Language",
    title: "Let this device trust {name}",
    lede: "{name} runs on a machine near you, so no public authority vouches for it. It has an authority of its own. Install that once on each device, and the browser’s warning is gone for good.",
    looking: "Looking whether this device trusts {name} …",
    trusts: "This device trusts {name}.",
    not_yet: "This device does not trust {name} yet. The page notices by itself when it does.",
    passed_by: "Unless you have clicked a warning away in this browser: then only the steps below make it true.",
    scriptless: "If a tick stands here, this device trusts {name}. Reload the page after the steps.",
    no_tick: "No tick",
    open: "Open {name}",
    here: "On this device",
    others: "On other systems",
    each: "Which system is it?",
    download: "Download the certificate",
    download_profile: "Download the profile",
    ios: Steps {
        system: "iPhone and iPad",
        steps: &[
            "In Safari, tap the button above and allow the download.",
            "Open Settings and tap “Profile Downloaded” at the top. (Later it is under General, VPN & Device Management.) Tap “Install” and enter your passcode.",
            "In Settings, go to General, About, Certificate Trust Settings, and switch on “{authority}”.",
        ],
    },
    android: Steps {
        system: "Android",
        steps: &[
            "Tap the button above. Keep the file; don’t open it.",
            "Open Settings and search for “CA certificate”. Tap it, then “Install anyway”.",
            "Choose `inkspot-ca.cer` from the downloads.",
            "Android may say from now on that the network may be monitored. It says so of every authority that you install; this one can’t do that: see below.",
        ],
    },
    windows: Steps {
        system: "Windows",
        steps: &[
            "Click the button above and open the file.",
            "Click “Install Certificate…”, choose “Current User”, and go on.",
            "Choose “Place all certificates in the following store”, click “Browse…”, and choose “Trusted Root Certification Authorities”.",
            "Finish, say “Yes”, and restart the browser.",
        ],
    },
    mac: Steps {
        system: "Mac",
        steps: &[
            "Click the button above and open the file. Keychain Access adds it.",
            "Find “{authority}” in the list and double-click it.",
            "Open “Trust”, choose “Always Trust” for “When using this certificate”, close the window and enter your password.",
            "Restart the browser.",
        ],
    },
    linux: Steps {
        system: "Linux and ChromeOS",
        steps: &[
            "Download the certificate by the button above.",
            "Chrome and Chromium: open Settings, Privacy and security, Security, Manage certificates. Import the file there, as a trusted certificate or an authority that identifies websites.",
            "For all programs on Debian and Ubuntu: `sudo cp inkspot-ca.crt /usr/local/share/ca-certificates/ && sudo update-ca-certificates`",
            "On Fedora and Arch: `sudo trust anchor inkspot-ca.crt`",
        ],
    },
    firefox: Steps {
        system: "Firefox, where it still warns",
        steps: &[
            "Click the button above and keep the file.",
            "Open Settings, Privacy & Security, Certificates, View Certificates…, Authorities, and click “Import…”.",
            "Choose `inkspot-ca.crt`, tick “Trust this CA to identify websites”, and confirm.",
        ],
    },
    compare_title: "Is it the right one?",
    compare: "Before you install it, compare its fingerprint (SHA-256). The device shows it with the certificate; the server prints it when it starts, and whoever runs it can read it to you.",
    power_title: "What it may do",
    power: "It can vouch for private addresses and names, like those of a home network, and for this server’s own, and for nothing else: not even somebody who stole its key could pretend to be another website.",
    elsewhere_title: "On another device",
    elsewhere: "Scan the code with its camera, or type the address:",
    code: "QR code of this page’s address",
    profile: "Lets this device trust {name}.",
};
