//! Synthetic texts, and what is in them: indicators in the surroundings and spellings of reports, logs and chats, next to
//! what only looks like them. A seed gives one text, always the same.

use std::net::Ipv6Addr;

/// One indicator of a text.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub kind: &'static str,
    pub value: String,
    /// Where it stands, in bytes.
    pub start: usize,
    pub end: usize,
    pub defanged: bool,
}

/// A text and all that is in it.
pub(crate) struct Document {
    pub text: String,
    pub placed: Vec<Placed>,
}

/// The generator's source of numbers: SplitMix64.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `limit`.
    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn hex(&mut self, digits: usize) -> String {
        loop {
            let text: String = (0..digits).map(|_| char::from_digit(self.below(16) as u32, 16).unwrap()).collect();
            if text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().any(|b| b.is_ascii_alphabetic()) {
                return text;
            }
        }
    }
}

/// An indicator: its kind, its canonical value, how it is written here, and whether that is defanged.
struct Written {
    kind: &'static str,
    value: String,
    raw: String,
    defanged: bool,
}

const SYLLABLES: [&str; 24] = [
    "ba", "cor", "del", "fin", "gra", "hos", "jum", "kel", "lor", "mit", "nav", "ost", "pra", "qui", "ros", "sil",
    "tor", "ulm", "vex", "wan", "xen", "yor", "zul", "x9",
];
const ENDINGS: [&str; 24] = [
    "com", "net", "org", "ru", "cn", "top", "xyz", "info", "biz", "io", "co.uk", "com.br", "de", "fr", "nl", "shop",
    "click", "online", "in", "me", "app", "is", "cc", "eu",
];
const DOTS: [&str; 12] = ["[.]", "[.]", "[.]", "[.]", "(.)", "{.}", "[dot]", "(dot)", "[.", ".]", "\\.", " [.] "];
const SEGMENTS: [&str; 16] = [
    "gate.php",
    "a",
    "wp-content",
    "index.html",
    "load",
    "x86",
    "panel",
    "1.bin",
    "file_2.exe",
    "api",
    "v1",
    "~root",
    "Foo_(bar)",
    "c.d.e",
    "update.zip",
    "%7Ehome",
];
const FRAMES: [(&str, &str); 22] = [
    ("The implant contacted ", " twice."),
    ("C2: ", "\n"),
    ("(", ")"),
    ("\"", "\""),
    ("<", ">"),
    ("`", "`"),
    ("| ", " |"),
    ("- ", "\n"),
    ("", ","),
    ("", ";"),
    ("traffic to ", ". The operators"),
    ("url=", "\n"),
    ("{\"ioc\":\"", "\"}"),
    ("'", "'"),
    ("[", "]"),
    ("**", "**"),
    ("", "\t"),
    ("访问 ", " 之后"),
    ("connects to ", ":"),
    ("“", "”"),
    ("seen at ", "…"),
    ("see ", "!"),
];
/// None of these holds an indicator.
const DECOYS: [&str; 48] = [
    "version 10.0.19041.1",
    "firmware 4.2.1.8",
    "Chrome/96.0.4664.110",
    "v1.2.3.4",
    "section 1.2.3.4",
    "1.2.3.4.5",
    "00:1a:2b:3c:4d:5e",
    "12:30:45",
    "2021-03-04T12:30:45.123Z",
    "setup.exe",
    "payload.dll",
    "install.sh",
    "loader.py",
    "readme.md",
    "libcrypto.so",
    "archive.zip",
    "index.html.bak",
    "Win32/Turla.BT",
    "MSIL/Agent.CK",
    "Trojan.Generic.KD",
    "System.IO",
    "System.Net.Sockets",
    "os.path.join",
    "self.name",
    "this.id",
    "console.log()",
    "com.android.settings",
    "java.util.zip.Inflater",
    "std::vec::Vec",
    "a ? b::c : d",
    "f(.5)",
    "x[0].name",
    "e.g. this",
    "i.e. that",
    "U.S. government",
    "3.14159",
    "$1,234.56",
    "10:1",
    "C:\\Windows\\System32\\drivers\\etc",
    "/usr/local/lib/python3.11",
    "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "deadbeef",
    "0x00000000deadbeefdeadbeefdeadbeef",
    "00000000000000000000000000000000",
    "user@localhost",
    "@handle",
    "polka dot dress",
    "and/or",
];
const FILLERS: [&str; 10] = [
    "Analysts followed the campaign for months. ",
    "No further activity was seen... ",
    "Die Nutzlast wird später geladen. ",
    "Далее загрузчик ждёт. ",
    "このファイルは暗号化されている。",
    "It then sleeps (for 30 s). ",
    "\n\n== Network ==\n",
    "See the appendix; ",
    "As of today, ",
    "| first | second |\n",
];

/// The text of a seed.
pub(crate) fn document(seed: u64) -> Document {
    let mut dice = Dice::new(seed);
    let mut document = Document { text: String::new(), placed: Vec::new() };
    for _ in 0..20 + dice.below(20) {
        match dice.below(8) {
            0 => document.text.push_str(dice.pick(&FILLERS)),
            1 | 2 => {
                document.text.push_str(dice.pick(&DECOYS));
                document.text.push_str(dice.pick(&[" ", ", ", "\n", "; "]));
            }
            _ => place(&mut dice, &mut document),
        }
    }
    document
}

fn place(dice: &mut Dice, document: &mut Document) {
    let written = indicator(dice);
    let (before, behind) = FRAMES[dice.below(FRAMES.len())];
    document.text.push_str(before);
    let start = document.text.len();
    document.text.push_str(&written.raw);
    let Written { kind, value, defanged, .. } = written;
    document.placed.push(Placed { kind, value, start, end: document.text.len(), defanged });
    document.text.push_str(behind);
    document.text.push(' ');
}

fn indicator(dice: &mut Dice) -> Written {
    match dice.below(14) {
        0..=2 => named(dice),
        3 | 4 => ipv4(dice),
        5..=8 => url(dice),
        9 => email(dice),
        10 => ipv6(dice),
        11 => network(dice),
        12 => digest(dice),
        _ => number(dice),
    }
}

fn name(dice: &mut Dice) -> String {
    let mut labels = Vec::new();
    for _ in 0..1 + dice.below(3) {
        labels.push(
            (0..2 + dice.below(2)).map(|_| dice.pick(&SYLLABLES)).collect::<Vec<_>>().join(if dice.one_in(6) {
                "-"
            } else {
                ""
            }),
        );
    }
    labels.push(dice.pick(&ENDINGS).to_owned());
    labels.join(".")
}

/// A host with its dots defanged: one of them, the last, or all.
fn defang_dots(dice: &mut Dice, host: &str) -> String {
    let dot = dice.pick(&DOTS);
    if dice.one_in(2) {
        return host.replace('.', dot);
    }
    let (before, last) = host.rsplit_once('.').unwrap();
    format!("{before}{dot}{last}")
}

fn named(dice: &mut Dice) -> Written {
    let value = name(dice);
    let defanged = dice.one_in(2);
    let raw = match dice.below(6) {
        _ if defanged => defang_dots(dice, &value),
        0 => value.to_uppercase(),
        _ => value.clone(),
    };
    Written { kind: "domain", value, raw, defanged }
}

fn quad(dice: &mut Dice) -> String {
    format!("{}.{}.{}.{}", 1 + dice.below(222), dice.below(256), dice.below(256), 1 + dice.below(254))
}

fn ipv4(dice: &mut Dice) -> Written {
    let value = quad(dice);
    let defanged = dice.one_in(2);
    let raw = if defanged { defang_dots(dice, &value) } else { value.clone() };
    Written { kind: "ipv4", value, raw, defanged }
}

fn ipv6(dice: &mut Dice) -> Written {
    let mut groups = [0x2a00u16, 0, 0, 0, 0, 0, 0, 0];
    for _ in 0..2 + dice.below(5) {
        groups[1 + dice.below(7)] = dice.next() as u16;
    }
    groups[7] |= 0x1000;
    let value = Ipv6Addr::from(groups).to_string();
    let (raw, defanged) = match dice.below(4) {
        0 => (groups.map(|group| format!("{group:X}")).join(":"), false),
        1 => (value.replace(':', "[:]"), true),
        _ => (value.clone(), false),
    };
    Written { kind: "ipv6", value, raw, defanged }
}

fn network(dice: &mut Dice) -> Written {
    let value = format!("{}.{}.{}.0/24", 1 + dice.below(222), dice.below(256), dice.below(256));
    let defanged = dice.one_in(2);
    let raw = if defanged { value.replace('.', "[.]") } else { value.clone() };
    Written { kind: "cidr", value, raw, defanged }
}

fn url(dice: &mut Dice) -> Written {
    let scheme = dice.pick(&["http", "http", "https", "https", "ftp"]);
    let host = if dice.one_in(3) { quad(dice) } else { name(dice) };
    let port = if dice.one_in(5) { format!(":{}", 1_024 + dice.below(60_000)) } else { String::new() };
    let mut rest: String = (0..dice.below(4)).map(|_| format!("/{}", dice.pick(&SEGMENTS))).collect();
    if rest.is_empty() {
        rest.push('/');
    }
    if dice.one_in(4) {
        rest += &format!("?id={}&k[]={}", dice.below(1_000), dice.hex(32));
    }
    let value = format!("{scheme}://{host}{port}{rest}");
    let defanged = dice.one_in(2);
    let raw = match dice.below(8) {
        _ if defanged => defanged_url(dice, scheme, &host, &port, &rest),
        0 if scheme == "http" && rest.len() > 1 => format!("{host}{port}{rest}"),
        1 if rest == "/" => format!("{scheme}://{host}{port}"),
        2 => format!("{}://{host}{port}{rest}", scheme.to_uppercase()),
        _ => value.clone(),
    };
    Written { kind: "url", value, raw, defanged }
}

fn defanged_url(dice: &mut Dice, scheme: &str, host: &str, port: &str, rest: &str) -> String {
    let tight = ["[.]", "(.)", "[dot]", "{.}"];
    let host = if dice.one_in(4) { host.to_owned() } else { host.replace('.', dice.pick(&tight)) };
    let named = match scheme {
        "http" => {
            dice.pick(&["hxxp://", "hXXp://", "h**p://", "http[:]//", "http[://]", "hxxp[:]//", "meow://", "h[tt]p://"])
        }
        "https" => dice.pick(&["hxxps://", "hXXps://", "https[:]//", "https[://]", "http[s]://", "meows://"]),
        _ => dice.pick(&["fxp://", "ftp[:]//"]),
    };
    format!("{named}{host}{port}{rest}")
}

fn email(dice: &mut Dice) -> Written {
    let local = format!("{}{}{}", dice.pick(&SYLLABLES), dice.pick(&[".", "_", "-", "+", ""]), dice.pick(&SYLLABLES));
    let domain = name(dice);
    let value = format!("{local}@{domain}");
    let defanged = dice.one_in(2);
    let at = dice.pick(&["[@]", "[at]", "(at)", "{@}"]);
    let raw = if defanged { format!("{local}{at}{}", domain.replace('.', "[.]")) } else { value.clone() };
    Written { kind: "email", value, raw, defanged }
}

fn digest(dice: &mut Dice) -> Written {
    let (kind, digits) = [("md5", 32), ("sha1", 40), ("sha256", 64), ("sha512", 128)][dice.below(4)];
    let value = dice.hex(digits);
    let raw = if dice.one_in(3) { value.to_uppercase() } else { value.clone() };
    Written { kind, value, raw, defanged: false }
}

fn number(dice: &mut Dice) -> Written {
    if dice.one_in(3) {
        let value = format!("AS{}", 1_000 + dice.below(60_000));
        return Written {
            kind: "asn",
            raw: value.replace("AS", dice.pick(&["AS", "AS ", "ASN"])),
            value,
            defanged: false,
        };
    }
    let value = format!("CVE-{}-{}", 1_999 + dice.below(28), 1_000 + dice.below(99_000));
    let raw = match dice.below(4) {
        0 => value.to_lowercase(),
        1 => value.replace('-', "\u{2011}"),
        _ => value.clone(),
    };
    Written { kind: "cve", value, raw, defanged: false }
}
