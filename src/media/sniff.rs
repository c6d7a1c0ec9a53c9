//! What a file is. Its bytes decide; its name only tells plain texts apart, and what the sender
//! declares is not asked at all.
//!
//! One file can be many things at once (a GIF that is also a script). That does no harm as
//! long as it is only ever served as the one thing that is found here, with `nosniff`.

mod audio;

/// Bytes of a file's beginning that [`sniff`] wants to see; fewer only when the file is shorter.
pub const SNIFF_LEN: usize = 8 << 10;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its media type. Never one that a browser runs: whatever is text is some plain text.
    pub mime: &'static str,
    /// What it is to a person.
    pub class: Class,
    /// Whether it may be shown in place, in our own origin. All else is for downloading only.
    pub inline: bool,
}

/// What a file is to a person. All but [`Class::Text`] and [`Class::Other`] are shown in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A picture that [`picture`](super::picture) knows.
    Image,
    /// A film that browsers play.
    Video,
    /// A sound that browsers play.
    Audio,
    /// Something to read, of whatever language.
    Text,
    /// Any other file.
    Other,
}

impl Kind {
    /// A file of which nothing is known or wanted to be: what a damaged picture is taken for.
    pub const FILE: Self = Self::other("application/octet-stream");

    const fn shown(mime: &'static str, class: Class) -> Self {
        Self {
            mime,
            class,
            inline: true,
        }
    }

    const fn text(mime: &'static str) -> Self {
        Self {
            mime,
            class: Class::Text,
            inline: false,
        }
    }

    const fn other(mime: &'static str) -> Self {
        Self {
            mime,
            class: Class::Other,
            inline: false,
        }
    }
}

/// Tells what a file is by its first [`SNIFF_LEN`] bytes and, if they are plain text, its name.
pub fn sniff(head: &[u8], name: &str) -> Kind {
    let head = &head[..head.len().min(SNIFF_LEN)];
    shown_in_place(head)
        .or_else(|| movie(head))
        .or_else(|| text(head, name))
        .unwrap_or_else(|| guessed(head))
}

/// What browsers show and can't be led astray by.
fn shown_in_place(head: &[u8]) -> Option<Kind> {
    let (mime, class) = match head {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => ("image/png", Class::Image),
        [0xFF, 0xD8, 0xFF, ..] => ("image/jpeg", Class::Image),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => ("image/gif", Class::Image),
        [b'R', b'I', b'F', b'F', _, _, _, _, kind @ ..] => match kind.first_chunk()? {
            b"WEBP" => ("image/webp", Class::Image),
            b"WAVE" => ("audio/wav", Class::Audio),
            _ => return None,
        },
        [0x1A, 0x45, 0xDF, 0xA3, rest @ ..] => return Some(matroska(rest)),
        [b'O', b'g', b'g', b'S', 0, rest @ ..] => return Some(ogg(rest)),
        [b'f', b'L', b'a', b'C', ..] => ("audio/flac", Class::Audio),
        _ => (audio::frames(head)?, Class::Audio),
    };
    Some(Kind::shown(mime, class))
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// `WebM`, with a picture or (as recorders of voices write it) without, or another Matroska file.
fn matroska(rest: &[u8]) -> Kind {
    // The document's type stands in the header, which is short.
    if !contains(&rest[..rest.len().min(64)], b"\x42\x82\x84webm") {
        return Kind::other("video/x-matroska");
    }
    let names = |codecs: &[&[u8]]| codecs.iter().any(|codec| contains(rest, codec));
    if names(&[b"A_OPUS", b"A_VORBIS"]) && !names(&[b"V_VP8", b"V_VP9", b"V_AV1"]) {
        Kind::shown("audio/webm", Class::Audio)
    } else {
        Kind::shown("video/webm", Class::Video)
    }
}

fn ogg(rest: &[u8]) -> Kind {
    let sounds: [&[u8]; 4] = [b"\x01vorbis", b"OpusHead", b"\x7fFLAC", b"Speex   "];
    if contains(rest, b"\x80theora") {
        Kind::shown("video/ogg", Class::Video)
    } else if sounds.iter().any(|sound| contains(rest, sound)) {
        Kind::shown("audio/ogg", Class::Audio)
    } else {
        Kind::other("application/ogg")
    }
}

/// MP4 and its relatives, by the brand that the file gives itself first.
fn movie(head: &[u8]) -> Option<Kind> {
    let [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] = head else {
        // A film of the time before brands.
        let old = matches!(head.get(4..8)?, b"moov" | b"wide") && contains(head, b"mvhd");
        return old.then_some(Kind::shown("video/quicktime", Class::Video));
    };
    Some(match brand.first_chunk()? {
        b"qt  " => Kind::shown("video/quicktime", Class::Video),
        b"M4A " | b"M4B " => Kind::shown("audio/mp4", Class::Audio),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1" => {
            Kind::other("image/heic")
        }
        b"avif" | b"avis" => Kind::other("image/avif"),
        b"crx " => Kind::other("image/x-canon-cr3"),
        [b'i', b's', b'o', _]
        | [b'm', b'p', b'4', _]
        | [b'3', b'g', ..]
        | b"avc1"
        | b"dash"
        | b"M4V "
        | b"M4VH"
        | b"M4VP"
        | b"MSNV"
        | b"mmp4"
        | b"f4v "
        | b"cmfc" => Kind::shown("video/mp4", Class::Video),
        _ => Kind::FILE,
    })
}

/// Something to read: UTF-8 without control characters, or whatever begins with a mark of
/// UTF-16. HTML, SVG and scripts are plain text too: to be read, never to be run.
fn text(head: &[u8], name: &str) -> Option<Kind> {
    let wide = matches!(head, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..]);
    let readable = match std::str::from_utf8(head) {
        Ok(_) => true,
        // The last character may be cut.
        Err(error) => error.error_len().is_none() && head.len() == SNIFF_LEN,
    };
    let control = |byte: &u8| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C | 0x1B);
    if head.starts_with(b"%PDF-") || !wide && (!readable || head.iter().any(control)) {
        return None;
    }
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    Some(Kind::text(match &*ending.to_ascii_lowercase() {
        "csv" => "text/csv",
        "md" | "markdown" => "text/markdown",
        "json" => "application/json",
        "ics" => "text/calendar",
        "vcf" => "text/vcard",
        _ => "text/plain",
    }))
}

/// All the rest: named, so that a person may know, but never shown.
fn guessed(head: &[u8]) -> Kind {
    let Some(found) = infer::get(head) else {
        return Kind::FILE;
    };
    match found.mime_type() {
        // Its guess at markup and scripts in some other encoding.
        mime if found.matcher_type() == infer::MatcherType::Text || runs(mime) => {
            Kind::text("text/plain")
        }
        mime => Kind::other(mime),
    }
}

fn runs(mime: &str) -> bool {
    mime.starts_with("text/") || mime.contains("script") || mime.contains("xml")
}
