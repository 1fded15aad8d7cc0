//! A small PNG that is different for each person: a pattern of squares, the same left and right.

/// Pixels on each side.
const SIDE: usize = 64;

/// One bit for each pixel and two colours, uncompressed: less than 700 bytes.
pub fn png(number: u64) -> Vec<u8> {
    let number = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let colour = [(number >> 40) as u8 / 2, (number >> 48) as u8 / 2, (number >> 56) as u8 / 2];
    let mut pixels = Vec::with_capacity(SIDE * (SIDE / 8 + 1));
    for row in 0..SIDE {
        pixels.push(0); // the filter of the line: none
        pixels.extend((0..8_usize).map(|column| {
            let square = (row / 8) * 4 + column.min(7 - column);
            if number >> (square % 40) & 1 == 1 { 0xFF } else { 0x00 }
        }));
    }
    let side = (SIDE as u32).to_be_bytes();
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut file, b"IHDR", &[&side[..], &side[..], &[1, 3, 0, 0, 0]].concat());
    chunk(&mut file, b"PLTE", &[&[0xF4, 0xF4, 0xF4], &colour[..]].concat());
    chunk(&mut file, b"IDAT", &stored(&pixels));
    chunk(&mut file, b"IEND", &[]);
    file
}

fn chunk(file: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    let length = u32::try_from(data.len()).expect("a small picture has small chunks");
    file.extend(length.to_be_bytes());
    let named = [kind, data].concat();
    file.extend(&named);
    file.extend(crc32(&named).to_be_bytes());
}

/// A zlib stream of one stored block (RFC 1950, RFC 1951).
fn stored(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("a small picture fits a block");
    let mut stream = vec![0x78, 0x01, 0x01];
    stream.extend(length.to_le_bytes());
    stream.extend((!length).to_le_bytes());
    stream.extend(data);
    stream.extend(adler32(data).to_be_bytes());
    stream
}

fn adler32(data: &[u8]) -> u32 {
    let (low, high) = data.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    high << 16 | low
}

fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xEDB8_8320 } else { sum >> 1 })
    })
}
