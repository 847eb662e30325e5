//! The columns of events and flows: those that outside clients select, and what each is made of.

use super::query::Database;

/// One column.
#[derive(Clone, Copy, Debug)]
pub(in crate::qradar) struct Column {
    pub(in crate::qradar) name: &'static str,
    pub(in crate::qradar) kind: Kind,
    /// A property that an administrator has to define first.
    pub(in crate::qradar) custom: bool,
    /// Whether `*` means it too.
    pub(in crate::qradar) usual: bool,
}

/// What a column holds.
#[derive(Clone, Copy, Debug)]
pub(in crate::qradar) enum Kind {
    Number,
    Text,
    /// An address.
    Host,
    /// A time: so many milliseconds after the row's own.
    Time(i64),
    /// What another column holds.
    Same(&'static str),
}

impl Kind {
    /// The word in a description of columns.
    pub(in crate::qradar) fn word(self) -> &'static str {
        match self {
            Kind::Number | Kind::Time(_) => "Numeric",
            Kind::Text => "String",
            Kind::Host | Kind::Same(_) => "Host",
        }
    }

    /// The type of a stored column; none for what is derived.
    pub(in crate::qradar) fn sql_type(self) -> Option<&'static str> {
        match self {
            Kind::Number => Some("INTEGER"),
            Kind::Text | Kind::Host => Some("TEXT"),
            Kind::Time(_) | Kind::Same(_) => None,
        }
    }
}

const fn column(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, custom: false, usual: false }
}

const fn usual(name: &'static str, kind: Kind) -> Column {
    Column { name, kind, custom: false, usual: true }
}

const fn custom(name: &'static str) -> Column {
    Column { name, kind: Kind::Text, custom: true, usual: false }
}

/// Of a database.
pub(in crate::qradar) fn of(database: Database) -> &'static [Column] {
    match database {
        Database::Events => EVENTS,
        Database::Flows => FLOWS,
    }
}

const EVENTS: &[Column] = &[
    usual("starttime", Kind::Time(0)),
    column("endtime", Kind::Time(1_000)),
    column("devicetime", Kind::Time(-500)),
    usual("protocolid", Kind::Number),
    usual("sourceip", Kind::Host),
    column("sourceaddress", Kind::Same("sourceip")),
    usual("logsourceid", Kind::Number),
    usual("qid", Kind::Number),
    usual("sourceport", Kind::Number),
    usual("eventcount", Kind::Number),
    usual("magnitude", Kind::Number),
    usual("identityip", Kind::Host),
    usual("destinationip", Kind::Host),
    column("destinationaddress", Kind::Same("destinationip")),
    usual("destinationport", Kind::Number),
    usual("category", Kind::Number),
    usual("username", Kind::Text),
    column("highlevelcategory", Kind::Number),
    column("devicetype", Kind::Number),
    column("sourcemac", Kind::Text),
    column("destinationmac", Kind::Text),
    column("eventdirection", Kind::Text),
    column("identityhostname", Kind::Text),
    column("payload", Kind::Text),
    column("severity", Kind::Number),
    column("credibility", Kind::Number),
    column("relevance", Kind::Number),
    column("sourcegeographiclocation", Kind::Text),
    column("destinationgeographiclocation", Kind::Text),
    column("creeventlist", Kind::Text),
    column("domainid", Kind::Number),
    column("hasoffense", Kind::Number),
    custom("URL"),
    custom("Filename"),
    custom("EventID"),
    custom("Message"),
    custom("ObjectName"),
    custom("File Hash"),
    custom("MD5 Hash"),
    custom("SHA1 Hash"),
    custom("SHA256 Hash"),
    custom("IMP Hash"),
    custom("File Path"),
    custom("DNS Request Domain"),
    custom("URL Host"),
    custom("CRE Name"),
    custom("CRE Description"),
    custom("Process Name"),
    custom("Process ID"),
    custom("Process Path"),
    custom("Process Guid"),
    custom("Process CommandLine"),
    custom("Parent Process ID"),
    custom("Parent Process Path"),
    custom("Parent Command"),
    custom("Target Process Path"),
    custom("Registry Key"),
    custom("Registry Value Name"),
    custom("Service Filename"),
    custom("Machine Identifier"),
];

const FLOWS: &[Column] = &[
    usual("starttime", Kind::Time(0)),
    column("endtime", Kind::Time(30_000)),
    usual("firstpackettime", Kind::Time(0)),
    usual("lastpackettime", Kind::Time(29_000)),
    usual("flowtype", Kind::Number),
    usual("sourceip", Kind::Host),
    usual("sourceport", Kind::Number),
    usual("destinationip", Kind::Host),
    usual("destinationport", Kind::Number),
    usual("sourcebytes", Kind::Number),
    usual("destinationbytes", Kind::Number),
    usual("sourcepackets", Kind::Number),
    usual("destinationpackets", Kind::Number),
    usual("protocolid", Kind::Number),
    usual("applicationid", Kind::Number),
    usual("qid", Kind::Number),
    column("category", Kind::Number),
    column("credibility", Kind::Number),
    column("relevance", Kind::Number),
    column("severity", Kind::Number),
    column("destinationasn", Kind::Number),
    column("destinationdscp", Kind::Number),
    column("destinationflags", Kind::Text),
    column("destinationifindex", Kind::Number),
    column("destinationprecedence", Kind::Number),
    column("destinationv6", Kind::Text),
    column("domainid", Kind::Number),
    column("fullmatchlist", Kind::Text),
    column("partialmatchlist", Kind::Text),
    column("flowbias", Kind::Text),
    column("flowdirection", Kind::Text),
    column("flowinterface", Kind::Text),
    column("flowinterfaceid", Kind::Number),
    column("flowsource", Kind::Text),
    column("flowid", Kind::Number),
    column("geographic", Kind::Text),
    column("hasoffense", Kind::Number),
    column("icmpcode", Kind::Number),
    column("icmptype", Kind::Number),
    column("intervalid", Kind::Number),
    column("isduplicate", Kind::Number),
    column("processorid", Kind::Number),
    column("retentionbucket", Kind::Number),
    column("sourceasn", Kind::Number),
    column("sourcedscp", Kind::Number),
    column("sourceflags", Kind::Text),
    column("sourceifindex", Kind::Number),
    column("sourceprecedence", Kind::Number),
    column("sourcev6", Kind::Text),
    column("sourcepayload", Kind::Text),
    column("destinationpayload", Kind::Text),
    custom("md5 file hash"),
    custom("sha1 file hash"),
    custom("sha256 file hash"),
    custom("file name"),
    custom("file size"),
    custom("file entropy"),
    custom("http host"),
    custom("http referrer"),
    custom("http response code"),
    custom("http server"),
    custom("http user agent"),
    custom("http version"),
    custom("dns domain name"),
    custom("tls server name indication"),
    custom("tls ja3 hash"),
    custom("tls ja3s hash"),
    custom("suspect content descriptions"),
    custom("content type"),
];
