//! Any heading line, above a good row.
#![no_main]

const ROW: &[u8] = b"\nada.renard;Ada;Renard;ada.renard@moulin.example;Paris;01/03/2010;Direction;ada.renard;Manager;fr-FR;00001\n";

libfuzzer_sys::fuzz_target!(|heading: &[u8]| passerelle_fuzz::take_in(&[heading, ROW].concat()));
