//! What an AQL text says, as data. Names are as written: whether a column is there is decided later.

/// A whole query.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Query {
    pub(super) items: Vec<Item>,
    pub(super) database: Database,
    pub(super) condition: Option<Expression>,
    pub(super) groups: Vec<Expression>,
    pub(super) having: Option<Expression>,
    pub(super) orders: Vec<(Expression, Direction)>,
    pub(super) limit: Option<u64>,
    pub(super) window: Window,
}

/// What a query reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::qradar) enum Database {
    Events,
    Flows,
}

impl Database {
    /// The name in queries, paths and results.
    pub(in crate::qradar) fn name(self) -> &'static str {
        match self {
            Database::Events => "events",
            Database::Flows => "flows",
        }
    }
}

/// A column of the result.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Item {
    /// The database's usual columns.
    Star,
    /// One, under this name.
    One { expression: Expression, name: String },
}

/// Order of a sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Ascending,
    Descending,
}

/// Which span of time is looked at, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Window {
    /// So much before now.
    Last(i64),
    /// From then to then, since 1970.
    Between(i64, i64),
}

/// A value or a condition.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    Column(String),
    Text(String),
    Number(String),
    Call(Function, Vec<Expression>),
    CountAll,
    Case { subject: Option<Box<Expression>>, arms: Vec<(Expression, Expression)>, otherwise: Option<Box<Expression>> },
    // From here on: conditions.
    Compare(Comparison, Box<Expression>, Box<Expression>),
    In(Box<Expression>, Vec<Expression>),
    Like { value: Box<Expression>, pattern: String, any_case: bool },
    Matches { value: Box<Expression>, pattern: String, any_case: bool },
    Between(Box<Expression>, Box<Expression>, Box<Expression>),
    IsNull(Box<Expression>),
    InCidr(String, Box<Expression>),
    InSet(String, Box<Expression>),
    InOffense(i64),
    TextSearch(String),
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
}

impl Expression {
    /// Whether it is true or false, and not a value.
    pub(super) fn is_condition(&self) -> bool {
        !matches!(
            self,
            Expression::Column(_)
                | Expression::Text(_)
                | Expression::Number(_)
                | Expression::Call(..)
                | Expression::CountAll
                | Expression::Case { .. }
        )
    }
}

/// Comparisons that SQL spells alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Different,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// In SQL.
    pub(super) fn sql(self) -> &'static str {
        match self {
            Comparison::Equal => "=",
            Comparison::Different => "<>",
            Comparison::Less => "<",
            Comparison::LessOrEqual => "<=",
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => ">=",
        }
    }
}

/// The functions that give a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    Count,
    UniqueCount,
    Min,
    Max,
    Sum,
    Avg,
    Lower,
    Upper,
    /// What is text here already.
    Text,
    DateFormat,
    /// A name for a number, from the list of that name.
    Name(&'static str),
}

impl Function {
    /// By name, in any case, with the number of its arguments.
    pub(super) fn from_name(name: &str) -> Option<(Function, usize)> {
        const ALL: [(&str, Function, usize); 19] = [
            ("COUNT", Function::Count, 1),
            ("UNIQUECOUNT", Function::UniqueCount, 1),
            ("MIN", Function::Min, 1),
            ("MAX", Function::Max, 1),
            ("SUM", Function::Sum, 1),
            ("AVG", Function::Avg, 1),
            ("LOWER", Function::Lower, 1),
            ("UPPER", Function::Upper, 1),
            ("STR", Function::Text, 1),
            ("UTF8", Function::Text, 1),
            ("DATEFORMAT", Function::DateFormat, 2),
            ("QIDNAME", Function::Name("qid"), 1),
            ("CATEGORYNAME", Function::Name("category"), 1),
            ("LOGSOURCENAME", Function::Name("log source"), 1),
            ("LOGSOURCETYPENAME", Function::Name("log source type"), 1),
            ("PROTOCOLNAME", Function::Name("protocol"), 1),
            ("DOMAINNAME", Function::Name("domain"), 1),
            ("RULENAME", Function::Name("rule"), 1),
            ("APPLICATIONNAME", Function::Name("application"), 1),
        ];
        let found = ALL.iter().find(|(known, _, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, function, arguments)| (*function, *arguments))
    }

    /// Whether it looks at many rows at once.
    pub(super) fn is_aggregate(self) -> bool {
        matches!(
            self,
            Function::Count | Function::UniqueCount | Function::Min | Function::Max | Function::Sum | Function::Avg
        )
    }
}
