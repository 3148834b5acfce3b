//! Bytes to text, and what separates cells.

/// The letters of Windows-1252 from 0x80 to 0x9F; elsewhere it is Latin-1, which Unicode begins
/// with. The five places that are not given out stand for themselves.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text of a file: UTF-8, or UTF-16 with its mark as spreadsheets write it, else Windows-1252.
/// Lines end in one way, so that they can be counted.
pub(super) fn text(bytes: &[u8]) -> String {
    decoded(bytes).replace("\r\n", "\n").replace('\r', "\n")
}

fn decoded(bytes: &[u8]) -> String {
    let utf16 = |body: &[u8], join: fn([u8; 2]) -> u16| {
        let (pairs, _) = body.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| join(*pair)).collect();
        String::from_utf16_lossy(&units)
    };
    if let Some(body) = bytes.strip_prefix(&[0xff, 0xfe]) {
        return utf16(body, u16::from_le_bytes);
    }
    if let Some(body) = bytes.strip_prefix(&[0xfe, 0xff]) {
        return utf16(body, u16::from_be_bytes);
    }
    let bytes = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|b| letter(*b)).collect(),
    }
}

fn letter(byte: u8) -> char {
    let special = byte
        .checked_sub(0x80)
        .and_then(|n| WINDOWS_1252.get(usize::from(n)));
    special.copied().unwrap_or(char::from(byte))
}

/// What separates cells: of comma, semicolon and tab, the one that gives the most columns, the same
/// number in most of the first lines.
pub(super) fn separator(text: &str) -> u8 {
    let mut best = (0, b',');
    for candidate in *b",;\t" {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(candidate)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let widths: Vec<usize> = reader
            .records()
            .take(20)
            .map(|r| r.map_or(1, |r| r.len()))
            .collect();
        let first = widths.first().copied().unwrap_or(1);
        let agree = widths.iter().filter(|w| **w == first).count();
        let score = (first - 1) * agree;
        if score > best.0 {
            best = (score, candidate);
        }
    }
    best.1
}
