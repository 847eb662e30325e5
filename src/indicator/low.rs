//! What has the form of an indicator but hardly the meaning: versions, paths, detection names, files, code.
//!
//! A defanged name or IPv4 address is never low: somebody took the trouble. The tables are what real reports, logs
//! and code ask for; they are matched without case unless said.

use super::host::Run;
use super::ip::V6;
use super::text::{Text, class, is};
use super::tld;

/// Words before a version or section number.
static NUMBERED: [&str; 30] = [
    "annex",
    "api",
    "appendix",
    "article",
    "build",
    "chapter",
    "clause",
    "driver",
    "fig",
    "figure",
    "firmware",
    "item",
    "kernel",
    "no",
    "oid",
    "paragraph",
    "patch",
    "release",
    "rev",
    "revision",
    "rfc",
    "sdk",
    "section",
    "software",
    "step",
    "table",
    "update",
    "v",
    "ver",
    "version",
];

/// Last labels that are a file's ending far more often.
static FILE_ENDINGS: [&str; 13] =
    ["cab", "inc", "java", "la", "md", "mov", "properties", "ps", "py", "rs", "sh", "so", "zip"];

/// Last labels that are a file's ending behind a common stem.
static SOME_FILE_ENDINGS: [&str; 35] = [
    "ai", "app", "as", "bar", "box", "bz", "cat", "cc", "data", "day", "docs", "download", "foo", "id", "in", "io",
    "is", "link", "map", "mk", "ml", "mm", "name", "new", "pet", "pl", "pub", "rip", "run", "sc", "st", "tab", "tf",
    "vi", "win",
];

/// Stems of file names.
static STEMS: [&str; 56] = [
    "agent",
    "app",
    "build",
    "client",
    "common",
    "conf",
    "config",
    "configure",
    "core",
    "data",
    "default",
    "doc",
    "document",
    "dump",
    "file",
    "helper",
    "image",
    "index",
    "info",
    "init",
    "install",
    "installer",
    "invoice",
    "lib",
    "list",
    "loader",
    "log",
    "main",
    "makefile",
    "malware",
    "manifest",
    "module",
    "output",
    "payload",
    "plugin",
    "readme",
    "report",
    "result",
    "results",
    "run",
    "sample",
    "script",
    "script1",
    "server",
    "service",
    "settings",
    "setup",
    "start",
    "system",
    "temp",
    "template",
    "test",
    "tmp",
    "update",
    "user",
    "util",
];

/// First labels of names of packages.
static PACKAGE_ROOTS: [&str; 9] = ["android", "com", "edu", "gov", "java", "javax", "net", "org", "sun"];

/// First labels that are a variable or a module.
static OBJECTS: [&str; 47] = [
    "app", "args", "array", "cls", "config", "console", "context", "ctx", "data", "document", "element", "event",
    "exports", "file", "form", "input", "item", "json", "list", "math", "model", "module", "node", "np", "obj",
    "object", "options", "os", "path", "pd", "process", "props", "re", "req", "request", "res", "response", "row",
    "self", "state", "std", "string", "sys", "system", "this", "user", "window",
];

/// Last labels that are a member then.
static MEMBERS: [&str; 39] = [
    "add", "call", "data", "download", "events", "format", "group", "host", "id", "in", "info", "io", "is", "link",
    "live", "map", "name", "next", "now", "open", "page", "parent", "parents", "play", "run", "save", "search",
    "select", "self", "services", "show", "status", "stream", "style", "target", "to", "update", "watch", "zone",
];

/// Products, in this case.
static PRODUCTS: [&str; 5] = ["ADO.NET", "ASP.NET", "ML.NET", "Socket.io", "VB.NET"];

/// Whether an IPv4 address is rather a version.
pub(crate) fn v4(text: Text<'_>, run: &Run) -> bool {
    if run.defanged {
        return false;
    }
    let before = text.before(run.start);
    let product = before == b'/' && run.start > 1 && text.before(run.start - 1).is_ascii_alphabetic();
    product || before == b'\\' || follows_numbered_word(text, run.start)
}

/// Whether one of the words stands before a number, with what may stand between them: `Version: "`, `(`.
fn follows_numbered_word(text: Text<'_>, start: usize) -> bool {
    let floor = start.saturating_sub(24);
    let mut end = start;
    while end > floor && matches!(text.before(end), b' ' | b'\t' | b'.' | b':' | b'=' | b'(' | b'"' | b'\'' | b'`') {
        end -= 1;
    }
    let mut word = end;
    while word > floor && text.before(word).is_ascii_alphabetic() {
        word -= 1;
    }
    // A quote that closes behind the word ends what it says, unless it is a key: `"version": "`.
    let closes =
        matches!(text.at(end), b'"' | b'\'' | b'`') && !matches!(text.at(end + 1), b':' | b'=') && end + 1 < start;
    if end == word || is(text.before(word), class::ALNUM) || closes {
        return false;
    }
    let word = text.cut(word, end).to_ascii_lowercase();
    among(&NUMBERED, &word) || among(&NUMBERED, word.strip_suffix('s').unwrap_or_default())
}

/// Whether an IPv6 address is rather a fingerprint, or code.
pub(crate) fn v6(found: &V6) -> bool {
    let global = found.address >> 125 == 1
        || found.address >> 121 == 0x7e
        || found.address >> 118 == 0x3fa
        || found.address >> 120 == 0xff;
    let few = found.groups < 3 && !global;
    !found.defanged && (!found.compressed && found.pairs || few || !found.digits)
}

/// Whether an autonomous system is rather an abbreviation, or a computer.
pub(crate) fn asn(number: u32) -> bool {
    number < 100 || number == 400
}

/// Whether a name is rather a file, a detection, or code. `name` is its canonical form.
pub(crate) fn name(text: Text<'_>, run: &Run, name: &str) -> bool {
    if run.defanged && !is_escaped_path(text, run) {
        return false;
    }
    in_path(text, run) || is_prose(text, run) || is_file(name) || is_code(text, run, name)
}

/// `dir\.name\`: a path whose dots look escaped.
fn is_escaped_path(text: Text<'_>, run: &Run) -> bool {
    let raw = text.cut(run.start, run.end);
    (text.before(run.start) == b'\\' || text.at(run.end) == b'\\')
        && raw.bytes().any(|byte| byte == b'\\')
        && raw.bytes().all(|byte| is(byte, class::ALNUM | class::JOINER) || matches!(byte, b'.' | b'\\'))
}

fn in_path(text: Text<'_>, run: &Run) -> bool {
    let before = text.before(run.start);
    let slash = before == b'/' && run.start > 1 && text.before(run.start - 1) != b'/';
    let bundle = text.has(run.end, "/contents") && text.has(run.end.saturating_sub(4), ".app");
    slash || before == b'\\' || text.at(run.end) == b'\\' && text.at(run.end + 1).is_ascii_alphabetic() || bundle
}

/// Detection names and sentences without a blank: the last label has a case of its own.
fn is_prose(text: Text<'_>, run: &Run) -> bool {
    let last = text.cut(run.last, run.end);
    let rest = text.cut(run.start, run.last);
    let upper = |byte: u8| byte.is_ascii_uppercase();
    let lower = |byte: u8| byte.is_ascii_lowercase();
    let all_upper = last.bytes().any(upper) && !last.bytes().any(lower);
    let title = last.bytes().next().is_some_and(upper) && last.len() > 1 && !last.bytes().skip(1).any(upper);
    all_upper && rest.bytes().any(lower) || title || among(&PRODUCTS, text.cut(run.start, run.end))
}

fn is_file(name: &str) -> bool {
    let mut labels = name.rsplit('.');
    let (last, before) = (labels.next().unwrap_or_default(), labels.next().unwrap_or_default());
    let two = labels.next().is_none();
    if before.contains('_') {
        return true;
    }
    if among(&FILE_ENDINGS, last) {
        return !name.starts_with("www")
            && !tld::is_registry_suffix(name.get(name.len() - last.len() - before.len() - 1..).unwrap_or_default());
    }
    two && among(&SOME_FILE_ENDINGS, last) && among(&STEMS, before)
}

fn is_code(text: Text<'_>, run: &Run, name: &str) -> bool {
    let first = name.split('.').next().unwrap_or_default();
    let last = tld::last_label(name);
    text.has(run.end, "()")
        || run.labels >= 3 && among(&PACKAGE_ROOTS, first)
        || among(&MEMBERS, last) && among(&OBJECTS, first)
}

fn among(words: &[&str], word: &str) -> bool {
    words.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        for table in
            [&NUMBERED[..], &FILE_ENDINGS, &SOME_FILE_ENDINGS, &STEMS, &PACKAGE_ROOTS, &OBJECTS, &MEMBERS, &PRODUCTS]
        {
            assert!(table.is_sorted_by(|a, b| a < b), "{table:?}");
        }
    }
}
