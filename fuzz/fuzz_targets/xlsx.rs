//! A good workbook of which one part is replaced by any bytes. A checksum per part would stop all others at the door.
#![no_main]

use std::io::{Cursor, Read, Write};
use std::panic;
use std::sync::{LazyLock, Once};

use libfuzzer_sys::fuzz_target;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

const WORKBOOK: &[u8] = include_bytes!("../../samples/a-workbook-with-days-and-numbers/file.xlsx");

static PARTS: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let mut archive = ZipArchive::new(Cursor::new(WORKBOOK)).expect("an archive");
    let part = |index| {
        let mut part = archive.by_index(index).expect("a part");
        let mut content = Vec::new();
        part.read_to_end(&mut content).expect("its content");
        (part.name().expect("a name").to_string(), content)
    };
    (0..ZipArchive::new(Cursor::new(WORKBOOK)).expect("an archive").len()).map(part).collect()
});

static QUIET: Once = Once::new();

fuzz_target!(|bytes: &[u8]| {
    // The library panics, and is caught: only what nobody catches counts.
    QUIET.call_once(|| panic::set_hook(Box::new(|_| {})));
    let Some((choice, content)) = bytes.split_first() else { return };
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (index, (name, original)) in PARTS.iter().enumerate() {
        let is_replaced = index == usize::from(*choice) % PARTS.len();
        writer.start_file(name.as_str(), stored).expect("a part");
        writer.write_all(if is_replaced { content } else { original }).expect("its content");
    }
    passerelle_fuzz::take_in(&writer.finish().expect("an archive").into_inner());
});
