//! Names and claims don't count, and what could run is never shown.

use image::ImageFormat;

use super::super::{Class, SNIFF_LEN, sniff};
use super::samples::*;

fn check(head: &[u8], name: &str, mime: &str, class: Class, inline: bool) {
    let kind = sniff(head, name);
    let found = (kind.mime, kind.class, kind.inline);
    assert_eq!(
        found,
        (mime, class, inline),
        "{name} {}",
        head[..head.len().min(20)].escape_ascii()
    );
}

fn movie(brand: &[u8]) -> Vec<u8> {
    movie_box(b"ftyp", &[brand.to_vec(), vec![0; 4], b"isom".to_vec()])
}

#[test]
fn pictures() {
    let quarters = || quarters(8, 8);
    for (bytes, mime) in [
        (jpeg(8, 8), "image/jpeg"),
        (gif(1), "image/gif"),
        (encoded(quarters(), ImageFormat::Png), "image/png"),
        (encoded(quarters(), ImageFormat::WebP), "image/webp"),
    ] {
        check(&bytes, "page.html", mime, Class::Image, true);
    }
    for (brand, mime) in [
        (b"heic", "image/heic"),
        (b"avif", "image/avif"),
        (b"mif1", "image/heic"),
    ] {
        check(&movie(brand), "a.png", mime, Class::Other, false);
    }
    check(
        b"II*\0\x08\0\0\0\0\0\0\0",
        "a.png",
        "image/tiff",
        Class::Other,
        false,
    );
}

#[test]
fn films_and_sounds() {
    let webm = |codec: &[u8]| [b"\x1A\x45\xDF\xA3\x9F\x42\x82\x84webm\x42", codec].concat();
    let ogg = |codec: &[u8]| [b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0", codec].concat();
    let mut mp3 = vec![0; 1000];
    mp3[..4].copy_from_slice(b"\xFF\xFB\x90\x64");
    mp3[417..421].copy_from_slice(b"\xFF\xFB\x90\x64");
    let mut aac = vec![0; 100];
    aac[..7].copy_from_slice(b"\xFF\xF1\x50\x80\x02\x1F\xFC");
    aac[16..23].copy_from_slice(b"\xFF\xF1\x50\x80\x02\x1F\xFC");
    for (bytes, mime) in [
        (movie(b"isom"), "video/mp4"),
        (movie(b"mp42"), "video/mp4"),
        (movie(b"3gp5"), "video/mp4"),
        (movie(b"qt  "), "video/quicktime"),
        (webm(b"..V_VP9..A_OPUS"), "video/webm"),
        (webm(b"..A_OPUS"), "audio/webm"),
        (ogg(b"OpusHead"), "audio/ogg"),
        (ogg(b"\x01vorbis"), "audio/ogg"),
        (ogg(b"\x80theora..\x01vorbis"), "video/ogg"),
        (movie(b"M4A "), "audio/mp4"),
        (b"ID3\x04\0\0\0\0\x02\x01".to_vec(), "audio/mpeg"),
        (mp3, "audio/mpeg"),
        (aac, "audio/aac"),
        (b"RIFF\x24\0\0\0WAVEfmt ".to_vec(), "audio/wav"),
        (b"fLaC\0\0\0\x22".to_vec(), "audio/flac"),
    ] {
        let class = if mime.starts_with("video") {
            Class::Video
        } else {
            Class::Audio
        };
        check(&bytes, "run.js", mime, class, true);
    }
    let matroska = b"\x1A\x45\xDF\xA3\xA3\x42\x82\x88matroska";
    check(matroska, "a.webm", "video/x-matroska", Class::Other, false);
}

#[test]
fn texts_are_never_run() {
    let text = |content: &str, name: &str, mime: &str| {
        check(content.as_bytes(), name, mime, Class::Text, false);
    };
    let svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    text(svg, "a.svg", "text/plain");
    text(svg, "a.png", "text/plain");
    text(
        "<!doctype html><script>alert(1)</script>",
        "a.html",
        "text/plain",
    );
    text("<?xml version='1.0'?><a/>", "a.xml", "text/plain");
    text("alert(1)", "a.js", "text/plain");
    text("#!/bin/sh\n", "a.sh", "text/plain");
    text("", "", "text/plain");
    text("a,b\n", "A.CSV", "text/csv");
    text("# Title\n", "notes.md", "text/markdown");
    text("{}", "a.json", "application/json");
    text("Grüße, 世界 🦀", "…", "text/plain");
    check(b"\xFF\xFEh\0i\0", "a.txt", "text/plain", Class::Text, false);
    // In an encoding of old, so that it isn't taken for text at first.
    let latin = b"<!doctype html><p>Gr\xFC\xDFe<script>alert(1)</script>";
    check(latin, "a.html", "text/plain", Class::Text, false);
    let latin = b"<?xml version=\"1.0\" encoding=\"latin1\"?><svg>\xFC</svg>";
    check(latin, "a.svg", "text/plain", Class::Text, false);
}

#[test]
fn a_character_may_be_cut_where_the_head_ends() {
    let long = "ü".repeat(SNIFF_LEN);
    let odd = [b"x", long.as_bytes()].concat();
    check(&odd, "a", "text/plain", Class::Text, false);
    check(&odd[..3], "a", "text/plain", Class::Text, false);
    check(
        &odd[..2],
        "a",
        "application/octet-stream",
        Class::Other,
        false,
    );
}

#[test]
fn polyglots_are_what_is_served() {
    check(
        b"GIF89a/*\0\0*/=1;alert(1)",
        "a.js",
        "image/gif",
        Class::Image,
        true,
    );
    check(
        b"\xFF\xD8\xFF\xE0/*<html><script>",
        "a.html",
        "image/jpeg",
        Class::Image,
        true,
    );
    check(
        b"%PDF-1.7\n<script>",
        "a.png",
        "application/pdf",
        Class::Other,
        false,
    );
    check(
        b"PK\x03\x04\x14\0\0\0\x08\0",
        "a.png",
        "application/zip",
        Class::Other,
        false,
    );
    check(
        b"MZ\x90\0\x03\0\0\0",
        "a.png",
        "application/vnd.microsoft.portable-executable",
        Class::Other,
        false,
    );
    check(
        &[&b"\x7fELF\x02\x01\x01"[..], &[0; 60]].concat(),
        "a.txt",
        "application/x-executable",
        Class::Other,
        false,
    );
    check(
        b"\0\x01\x02\x03",
        "a.png",
        "application/octet-stream",
        Class::Other,
        false,
    );
}
