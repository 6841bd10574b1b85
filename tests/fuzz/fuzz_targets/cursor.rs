#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| restwell_fuzz::cursor(data));
