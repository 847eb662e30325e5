//! Scores on synthetic texts.

use crate::generator::{Document, Placed, document};
use crate::score::Score;
use ioc_lookup::indicator::{ExtractOptions, extract, native_to_ascii};

type Spot = (String, String, usize, usize);

fn spots(placed: &[Placed], keep: impl Fn(&Placed) -> bool) -> Vec<Spot> {
    let spot = |one: &Placed| (one.kind.to_owned(), one.value.clone(), one.start, one.end);
    placed.iter().filter(|one| keep(one)).map(spot).collect()
}

fn found(text: &str) -> Vec<Spot> {
    let mut spots = Vec::new();
    extract(text, &ExtractOptions::default(), native_to_ascii, &mut |found| {
        spots.push((found.kind.name().to_owned(), found.value.to_owned(), found.bytes.start, found.bytes.end));
    });
    spots
}

#[test]
fn synthetic_texts_are_read_whole_and_to_the_byte() {
    let (mut all, mut urls, mut plain, mut defanged) = <(Score, Score, Score, Score)>::default();
    for seed in 0..1_500 {
        let Document { text, placed } = document(seed);
        let found = found(&text);
        let wanted = spots(&placed, |_| true);
        for spot in wanted.iter().filter(|spot| !found.contains(spot)) {
            let line = &text[text.floor_char_boundary(spot.2.saturating_sub(20))
                ..text.ceil_char_boundary((spot.3 + 20).min(text.len()))];
            println!("missing {seed} {spot:?} in {line:?}");
        }
        for spot in found.iter().filter(|spot| !wanted.contains(spot)) {
            let line = &text[text.floor_char_boundary(spot.2.saturating_sub(20))
                ..text.ceil_char_boundary((spot.3 + 20).min(text.len()))];
            println!("wrong {seed} {spot:?} in {line:?}");
        }
        let url = |spots: &[Spot]| spots.iter().filter(|spot| spot.0 == "url").cloned().collect::<Vec<_>>();
        all.add(&found, &wanted);
        urls.add(&url(&found), &url(&wanted));
        plain.add(&found, &spots(&placed, |one| !one.defanged));
        defanged.add(&found, &spots(&placed, |one| one.defanged));
    }
    println!(
        "F1 {:.4}, URLs {:.4}; recall plain {:.4}, defanged {:.4}",
        all.f1(),
        urls.f1(),
        plain.recall(),
        defanged.recall()
    );
    assert!(all.f1() >= 0.99 && urls.f1() >= 0.985, "{all:?} {urls:?}");
    assert!(plain.recall() >= 0.998 && defanged.recall() >= 0.98, "{plain:?} {defanged:?}");
}
