//! Whether a file is a whole picture: by its content, never by its name. What is cut off or damaged
//! shows as a torn image to everybody who opens a page, so it is found when it is handed in.

/// What a PNG file begins with.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
/// What a JPEG file begins and ends with.
const JPEG: &[u8] = &[0xff, 0xd8, 0xff];
const JPEG_END: &[u8] = &[0xff, 0xd9];
/// The most pixels on a side.
const SIDE_MAX: u32 = 8_192;

/// A kind of picture that every browser shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    WebP,
}

/// What is wrong with a file that should be a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAPicture {
    /// By its content no PNG, JPEG or WebP.
    Unknown,
    /// It begins like one, and is cut off or damaged.
    Broken,
}

impl Picture {
    /// The picture that a file is.
    ///
    /// # Errors
    /// When it is none, or not a whole one.
    pub fn of(bytes: &[u8]) -> Result<Self, NotAPicture> {
        let (kind, is_whole) = if let Some(chunks) = bytes.strip_prefix(PNG) {
            (Self::Png, is_whole_png(chunks).is_some())
        } else if bytes.starts_with(JPEG) {
            (Self::Jpeg, is_whole_jpeg(bytes).is_some())
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            (Self::WebP, is_whole_webp(bytes).is_some())
        } else {
            return Err(NotAPicture::Unknown);
        };
        is_whole.then_some(kind).ok_or(NotAPicture::Broken)
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
        }
    }
}

/// The checksum of PNG chunks (CRC-32).
fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            let carry = crc & 1;
            crc >>= 1;
            if carry == 1 {
                crc ^= 0xedb8_8320;
            }
        }
    }
    !crc
}

/// Head, pixels and end, each chunk with its right checksum, and nothing behind.
fn is_whole_png(mut rest: &[u8]) -> Option<()> {
    let (mut is_first, mut has_pixels) = (true, false);
    loop {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (named, after) = after.split_at_checked(length.checked_add(4)?)?;
        let (sum, after) = after.split_first_chunk::<4>()?;
        if crc(named) != u32::from_be_bytes(*sum) {
            return None;
        }
        let (name, data) = named.split_first_chunk::<4>()?;
        if is_first != (name == b"IHDR") {
            return None;
        }
        match name {
            b"IHDR" => {
                let (width, data) = data.split_first_chunk::<4>()?;
                let (height, _) = data.split_first_chunk::<4>()?;
                let sides = [u32::from_be_bytes(*width), u32::from_be_bytes(*height)];
                if !sides.iter().all(|s| (1..=SIDE_MAX).contains(s)) {
                    return None;
                }
            }
            b"IDAT" => has_pixels = true,
            b"IEND" => return (has_pixels && after.is_empty()).then_some(()),
            _ => {}
        }
        is_first = false;
        rest = after;
    }
}

/// Every segment up to the pixels fits, and the mark of the end is there.
fn is_whole_jpeg(bytes: &[u8]) -> Option<()> {
    let mut rest = bytes.get(2..)?;
    loop {
        let ([0xff, kind], after) = rest.split_first_chunk::<2>()? else {
            return None;
        };
        let (length, _) = after.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (segment, after) = after.split_at_checked(length)?;
        // From here on the pixels run to the end.
        if *kind == 0xda {
            let has_end = after.windows(2).any(|pair| pair == JPEG_END);
            return (segment.len() > 2 && has_end).then_some(());
        }
        rest = after;
    }
}

/// Every part fits into the length that the file tells, and one of them has pixels.
fn is_whole_webp(bytes: &[u8]) -> Option<()> {
    let (told, _) = bytes.get(4..)?.split_first_chunk::<4>()?;
    let told = usize::try_from(u32::from_le_bytes(*told)).ok()?;
    let mut rest = bytes.get(12..told.checked_add(8)?)?;
    let mut has_pixels = false;
    while !rest.is_empty() {
        let (name, after) = rest.split_first_chunk::<4>()?;
        let (length, after) = after.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        has_pixels |= length > 0 && [b"VP8 ", b"VP8L", b"ANMF"].contains(&name);
        // Parts begin at even places.
        let padded = length.checked_add(length % 2)?;
        rest = after.get(padded..)?;
    }
    has_pixels.then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(name: &[u8], data: &[u8]) -> Vec<u8> {
        let named = [name, data].concat();
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length, named.as_slice(), &crc(&named).to_be_bytes()].concat()
    }

    fn png() -> Vec<u8> {
        let head = [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0];
        let pixel = [0x78, 0x9c, 0x63, 0x60, 0, 0, 0, 2, 0, 1];
        [
            PNG,
            &chunk(b"IHDR", &head),
            &chunk(b"IDAT", &pixel),
            &chunk(b"IEND", &[]),
        ]
        .concat()
    }

    fn jpeg() -> Vec<u8> {
        let mut file = vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2];
        file.extend([0xff, 0xda, 0, 4, 1, 1, 9, 9, 9, 0xff, 0xd9]);
        file
    }

    fn webp() -> Vec<u8> {
        let mut file = b"RIFF\x10\0\0\0WEBPVP8L\x03\0\0\0".to_vec();
        file.extend([1, 2, 3, 0]);
        file
    }

    #[test]
    fn the_checksum_is_that_of_the_format() {
        // The end of every PNG file there is.
        assert_eq!(crc(b"IEND"), 0xae42_6082);
        assert_eq!(crc(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn whole_pictures_are_told_by_their_content() {
        assert_eq!(Picture::of(&png()), Ok(Picture::Png));
        assert_eq!(Picture::of(&jpeg()), Ok(Picture::Jpeg));
        assert_eq!(Picture::of(&webp()), Ok(Picture::WebP));
        for not in [
            &b""[..],
            b"<svg onload=alert(1)>",
            b"GIF89a",
            b"RIFF1234WAVE",
        ] {
            assert_eq!(Picture::of(not), Err(NotAPicture::Unknown));
        }
    }

    #[test]
    fn a_picture_that_is_cut_off_anywhere_is_refused() {
        for file in [png(), jpeg(), webp()] {
            for length in 0..file.len() {
                assert!(Picture::of(&file[..length]).is_err(), "{length} bytes");
            }
        }
    }

    #[test]
    fn a_png_with_any_wrong_bit_is_refused() {
        let whole = png();
        for at in 0..whole.len() {
            for bit in 0..8 {
                let mut file = whole.clone();
                file[at] ^= 1 << bit;
                assert!(Picture::of(&file).is_err(), "bit {bit} of byte {at}");
            }
        }
        assert!(Picture::of(&[whole, vec![0]].concat()).is_err());
    }

    #[test]
    fn a_picture_of_no_size_or_without_pixels_is_refused() {
        let of = |head: [u8; 13], pixels: bool| {
            let mut file = [PNG, &chunk(b"IHDR", &head)].concat();
            if pixels {
                file.extend(chunk(b"IDAT", &[1]));
            }
            file.extend(chunk(b"IEND", &[]));
            Picture::of(&file)
        };
        let (one, none) = (
            [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0],
            [0, 0, 0, 1, 0, 0, 0, 0, 8, 0, 0, 0, 0],
        );
        let huge = [0, 1, 0, 0, 0, 0, 0, 1, 8, 0, 0, 0, 0];
        assert_eq!(of(one, true), Ok(Picture::Png));
        assert_eq!(of(one, false), Err(NotAPicture::Broken));
        assert_eq!(of(none, true), Err(NotAPicture::Broken));
        assert_eq!(of(huge, true), Err(NotAPicture::Broken));
    }
}
