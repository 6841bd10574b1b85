#![no_main]

libfuzzer_sys::fuzz_target!(|data: &str| restwell_fuzz::query_string(data));
