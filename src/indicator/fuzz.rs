//! The bodies of the fuzz targets `extract` and `classify`, run on their seeds by every test.

use super::{ExtractOptions, Found, classify, classify_as, defang, extract, native_to_ascii, refang};

/// Extracts, and holds every indicator against the text it was found in.
pub fn extraction(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let everything = ExtractOptions { include_low: true, ..ExtractOptions::default() };
    let mut end = 0;
    let mut all = 0;
    extract(&text, &everything, native_to_ascii, &mut |found| {
        all += 1;
        assert!(end <= found.bytes.start && found.bytes.start < found.bytes.end, "from the left, without overlap");
        end = found.bytes.end;
        check_place(&text, &found);
        let again = classify_as(found.kind, found.value, native_to_ascii).map(|again| (again.kind, again.value));
        assert_eq!(again, Some((found.kind, found.value.to_owned())), "a canonical value stays as it is");
    });
    let mut usual = 0;
    extract(&text, &ExtractOptions::default(), native_to_ascii, &mut |_| usual += 1);
    assert!(usual <= all, "leaving out adds nothing");
    drop((refang(&text, native_to_ascii), defang(&text, native_to_ascii)));
}

fn check_place(text: &str, found: &Found<'_>) {
    let units = |end: usize| text.get(..end).map(|before| before.encode_utf16().count());
    assert_eq!(units(found.bytes.start), Some(found.start), "offsets in both units say the same");
    assert_eq!(units(found.bytes.end), Some(found.end), "offsets in both units say the same");
}

/// Classifies, and classifies the canonical value again.
pub fn classification(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Some(first) = classify(&text, native_to_ascii) else { return };
    assert_eq!(classify(&first.value, native_to_ascii).as_ref(), Some(&first), "a canonical value stays as it is");
    assert_eq!(classify_as(first.kind, &text, native_to_ascii).as_ref(), Some(&first), "the guessed kind can be named");
}

#[cfg(test)]
mod tests {
    #[test]
    fn extract_holds_on_its_seeds() {
        crate::seeds::hold("extract", super::extraction);
    }

    #[test]
    fn classify_holds_on_its_seeds() {
        crate::seeds::hold("classify", super::classification);
    }
}
