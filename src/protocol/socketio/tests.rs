use super::*;
use proptest::prelude::*;

type Parts<'a> = (Kind, &'a str, Option<u64>, Option<&'a str>, usize);

fn parse(text: &str) -> Result<Parts<'_>, Malformed> {
    let packet = Packet::parse(text, 16)?;
    let data = packet.data.map(RawValue::get);
    Ok((
        packet.kind,
        packet.namespace,
        packet.id,
        data,
        packet.attachments,
    ))
}

#[test]
fn packets_of_clients_are_read() {
    for (text, expected) in [
        ("0", (Kind::Connect, "/", None, None, 0)),
        ("0{}", (Kind::Connect, "/", None, Some("{}"), 0)),
        ("0/a,{}", (Kind::Connect, "/a", None, Some("{}"), 0)),
        ("0/a", (Kind::Connect, "/a", None, None, 0)),
        ("0/a?token=1,", (Kind::Connect, "/a", None, None, 0)),
        ("1", (Kind::Disconnect, "/", None, None, 0)),
        ("1/a,", (Kind::Disconnect, "/a", None, None, 0)),
        (
            r#"2["a",1]"#,
            (Kind::Event, "/", None, Some(r#"["a",1]"#), 0),
        ),
        (
            r#"212["a"]"#,
            (Kind::Event, "/", Some(12), Some(r#"["a"]"#), 0),
        ),
        (
            r#"2/a,0["a"]"#,
            (Kind::Event, "/a", Some(0), Some(r#"["a"]"#), 0),
        ),
        ("37[]", (Kind::Ack, "/", Some(7), Some("[]"), 0)),
        (
            r#"51-["a",{"_placeholder":true,"num":0}]"#,
            (
                Kind::Event,
                "/",
                None,
                Some(r#"["a",{"_placeholder":true,"num":0}]"#),
                1,
            ),
        ),
        (
            r#"61-/a,3[{"num":0,"_placeholder":true}]"#,
            (
                Kind::Ack,
                "/a",
                Some(3),
                Some(r#"[{"num":0,"_placeholder":true}]"#),
                1,
            ),
        ),
        (r#"50-["a"]"#, (Kind::Event, "/", None, Some(r#"["a"]"#), 0)),
    ] {
        assert_eq!(parse(text), Ok(expected), "{text}");
    }
}

#[test]
fn what_no_client_sends_is_malformed() {
    let deep = format!("51-[\"a\",{}{{}}{}]", "[".repeat(500), "]".repeat(500));
    let cases = [
        "",
        "7",
        "abc",
        "é",
        // Payloads that don't fit their kind.
        "0[]",
        "01{}",
        "0\"x\"",
        "0{",
        "1{}",
        "11",
        "2",
        "2{}",
        "2\"a\"",
        "2null",
        "2[",
        "2[]]",
        "2abc[\"a\"]",
        "3[]",
        "31",
        "31{}",
        "4{}",
        "4",
        // Numbers.
        "212345678901234567[\"a\"]",
        "2-1[\"a\"]",
        // Attachments.
        "5",
        "5[\"a\"]",
        "5-[\"a\"]",
        "5-1-[\"a\"]",
        "51[\"a\"]",
        "517-[\"a\"]",
        "51000000000-[\"a\"]",
        "5+1-[\"a\"]",
        "51.0-[\"a\"]",
        "51-[\"a\"]",
        "51-[\"a\",{\"_placeholder\":true}]",
        "51-[\"a\",{\"_placeholder\":true,\"num\":1}]",
        "51-[\"a\",{\"_placeholder\":true,\"num\":-1}]",
        "51-[\"a\",{\"_placeholder\":true,\"num\":0.5}]",
        "51-[\"a\",{\"_placeholder\":true,\"num\":\"0\"}]",
        "51-[\"a\",{\"_placeholder\":1,\"num\":0}]",
        "52-[\"a\",{\"_placeholder\":true,\"num\":0}]",
        &deep,
    ];
    for text in cases {
        assert_eq!(parse(text), Err(Malformed), "{text}");
    }
    let long = format!("0/{},", "a".repeat(MAX_NAMESPACE));
    assert_eq!(parse(&long), Err(Malformed));
}

#[test]
fn odd_json_is_passed_on_or_refused_but_never_expanded() {
    // What a value means is for its reader to say; only its form counts here.
    let deep = format!("2[\"a\",{}{}]", "[".repeat(100_000), "]".repeat(100_000));
    let keys = (0..10_000).map(|key| format!("\"k{key}\":0"));
    let keys = format!("2[\"a\",{{{}}}]", keys.collect::<Vec<_>>().join(","));
    for text in [
        &deep,
        &keys,
        r#"2["a",{"x":1,"x":2}]"#,
        r#"2["a",{"__proto__":{"x":1}}]"#,
        r#"2["a",1e400]"#,
        r#"2["a","\u0000"]"#,
        r#"2["a","\ud800"]"#,
    ] {
        assert_eq!(Packet::parse(text, 16).unwrap().args().unwrap().len(), 2);
    }
    for text in [
        "2[\"a\",01]",
        "2[\"a\",\"\u{0}\"]",
        "2[\"a\",NaN]",
        "2[\"a\",'b']",
    ] {
        assert_eq!(parse(text), Err(Malformed), "{text}");
    }
}

#[test]
fn an_event_has_a_short_name_of_its_own() {
    let name = |json: &str| {
        let raw: &RawValue = serde_json::from_str(json).unwrap();
        event_name(raw).map(Cow::into_owned)
    };
    assert_eq!(name(r#""typing-start""#), Ok("typing-start".to_owned()));
    assert_eq!(name(r#""a\u0062\"""#), Ok("ab\"".to_owned()));
    let longest = "é".repeat(MAX_NAME / 2);
    assert_eq!(name(&format!("\"{longest}\"")), Ok(longest.clone()));
    assert_eq!(name(&format!("\"{longest}a\"")), Err(Malformed));
    let million = format!("\"{}\"", "a".repeat(1_000_000));
    for wrong in [
        "\"\"",
        "1",
        "[]",
        "null",
        "{}",
        "true",
        "\"\\ud800\"",
        &million,
    ] {
        assert_eq!(name(wrong), Err(Malformed));
    }
    for reserved in RESERVED {
        assert_eq!(name(&format!("\"{reserved}\"")), Err(Malformed));
    }
    // A reserved name in disguise.
    assert_eq!(name(r#""\u0063onnect""#), Err(Malformed));
}

#[test]
fn packets_of_the_server_are_what_clients_read() {
    for (packet, expected) in [
        (encode(Kind::Connect, "/", None, 0, "{}"), "40{}"),
        (encode(Kind::Disconnect, "/a", None, 0, ""), "41/a,"),
        (encode(Kind::Event, "/a", Some(7), 0, "[]"), "42/a,7[]"),
        (encode(Kind::Ack, "/", Some(0), 0, "[1]"), "430[1]"),
        (encode(Kind::ConnectError, "/x", None, 0, "{}"), "44/x,{}"),
        (encode(Kind::Event, "/", None, 2, "[]"), "452-[]"),
        (encode(Kind::Ack, "/a", Some(1), 1, "[]"), "461-/a,1[]"),
    ] {
        assert_eq!(packet, expected);
    }
}

proptest! {
    #[test]
    fn what_is_encoded_reads_back(
        namespace in "/[a-z]{0,8}",
        id in proptest::option::of(0_u64..10_000_000_000_000_000),
        text in any::<String>(),
    ) {
        let mut data = String::from("[");
        push_string(&mut data, &text);
        data.push(']');
        let packet = encode(Kind::Event, &namespace, id, 0, &data);
        let parsed = parse(&packet[1..]);
        prop_assert_eq!(parsed, Ok((Kind::Event, &*namespace, id, Some(&*data), 0)));
        let strings: Vec<String> = serde_json::from_str(&data).unwrap();
        prop_assert_eq!(strings, [text]);
    }

    #[test]
    fn no_text_makes_it_panic(text in "[0-6]?[0-9/,\\-]{0,4}[\\[{]?.{0,40}") {
        if let Ok(packet) = Packet::parse(&text, 16)
            && let Ok(args) = packet.args()
            && let Some(name) = args.first()
        {
            let _ = event_name(name);
        }
    }
}
