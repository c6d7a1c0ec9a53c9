//! WebSocket frames as a client writes and reads them.

const MASK: [u8; 4] = [9, 8, 7, 6];

/// A masked frame.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        len @ 0..126 => frame.push(0x80 | u8::try_from(len).unwrap()),
        len @ 126..65_536 => {
            frame.push(0x80 | 0x7E);
            frame.extend_from_slice(&u16::try_from(len).unwrap().to_be_bytes());
        }
        len => {
            frame.push(0x80 | 0x7F);
            frame.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(&MASK);
    frame.extend(payload.iter().zip(MASK.iter().cycle()).map(|(a, b)| a ^ b));
    frame
}

/// Takes an unmasked frame off the front: its kind, and what is in it.
pub fn take_frame(input: &mut Vec<u8>) -> Option<(u8, Vec<u8>)> {
    let (header, len) = match *input.get(1)? {
        126 => (
            4,
            usize::from(u16::from_be_bytes(input.get(2..4)?.try_into().unwrap())),
        ),
        127 => {
            let len = u64::from_be_bytes(input.get(2..10)?.try_into().unwrap());
            (10, usize::try_from(len).unwrap())
        }
        len => (2, usize::from(len)),
    };
    let payload = input.get(header..header + len)?.to_vec();
    let opcode = input[0] & 0x0F;
    input.drain(..header + len);
    Some((opcode, payload))
}
