#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| ioc_lookup::auth::fuzz::token(data));
