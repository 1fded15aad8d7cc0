//! What an image is, by the bytes that it begins with, whatever its name or its server says.

/// An image that every browser and office program shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Image {
    Jpeg,
    Png,
    Gif,
    WebP,
}

impl Image {
    /// None: it is none of these.
    pub fn recognise(bytes: &[u8]) -> Option<Image> {
        match bytes {
            [0xff, 0xd8, 0xff, ..] => Some(Image::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Image::Png),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Image::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Image::WebP),
            _ => None,
        }
    }

    /// Of the name of such a file, without a dot.
    pub fn ending(self) -> &'static str {
        match self {
            Image::Jpeg => "jpg",
            Image::Png => "png",
            Image::Gif => "gif",
            Image::WebP => "webp",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_what_its_bytes_say() {
        for (bytes, image) in [
            (&b"\xff\xd8\xff\xe0\0\x10JFIF"[..], Some(Image::Jpeg)),
            (b"\x89PNG\r\n\x1a\n\0", Some(Image::Png)),
            (b"GIF89a", Some(Image::Gif)),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Some(Image::WebP)),
            (b"RIFF\x24\0\0\0WAVEfmt ", None),
            (b"<svg xmlns='http://www.w3.org/2000/svg'>", None),
            (b"<!DOCTYPE html>", None),
            (b"MZ", None),
            (b"", None),
        ] {
            assert_eq!(Image::recognise(bytes), image, "{bytes:?}");
        }
    }
}
