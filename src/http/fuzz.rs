//! The bodies of the fuzz targets `retry_after` and `url`, run on their seeds by every test.

use super::Response;
use super::retry::{LONGEST_REPORT_MS, retry_after_ms};
use super::sim::parse_url;
use super::url::{Base, check_path, form_body, query_string};
use crate::auth::token::pause_asked_ms;

/// Reads the headers about asking again: one line of the input for each.
pub fn retry_after(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let names = ["retry-after", "date", "retry-after-ms", "x-ratelimit-retryafter"];
    let headers = names.into_iter().zip(text.split('\n'));
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let answer = Response { status: 429, headers, ..Response::default() };
    for now in [0.0, 1_700_000_000_000.0] {
        assert!(retry_after_ms(&answer, now).is_none_or(|wait| wait >= 0.0), "no pause is negative");
        let asked = pause_asked_ms(&answer, now);
        assert!(asked.is_none_or(|wait| (0.0..=LONGEST_REPORT_MS).contains(&wait)), "a report is a day at most");
    }
}

/// Joins a path to a base, a line each: whatever passes the judgement of paths stays on the base's origin, below its prefix.
pub fn url(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (configured, path) = text.split_once('\n').unwrap_or(("https://p.example/threatq", &text));
    let query = query_string([("q", path)]);
    let parsed = url::Url::parse(&["https://p.example/", &query].concat());
    let read = parsed.as_ref().ok().and_then(|url| url.query_pairs().next()).map(|(_, value)| value);
    assert_eq!(read.as_deref(), Some(path), "what is encoded is read back");
    let form = form_body([("q", path)]);
    let read = url::form_urlencoded::parse(form.as_bytes()).next().map(|(_, value)| value);
    assert_eq!(read.as_deref(), Some(path), "what is encoded is read back");
    let Ok(base) = Base::from_parts(parse_url(configured), "baseUrl", true) else { return };
    if check_path(path).is_ok() {
        let parts = parse_url(&base.join(path));
        assert!(parts.is_some_and(|parts| base.holds(&parts)), "a judged path stays: {configured} {path:?}");
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn retry_after_holds_on_its_seeds() {
        crate::seeds::hold("retry_after", super::retry_after);
    }

    #[test]
    fn url_holds_on_its_seeds() {
        crate::seeds::hold("url", super::url);
    }
}
