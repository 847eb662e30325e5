#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ioc_lookup::indicator::fuzz::extraction(data));
