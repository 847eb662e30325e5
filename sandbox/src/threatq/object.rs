//! The things that sources, attributes, tags and links can be attached to.

/// A kind of object; the number stands in the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Object {
    Indicator = 1,
    Event = 2,
    Adversary = 3,
}

impl Object {
    /// As the tables have it.
    pub(super) fn number(self) -> i64 {
        self as i64
    }

    /// As search results have it, and as the plural's path begins.
    pub(super) fn name(self) -> &'static str {
        match self {
            Object::Indicator => "indicator",
            Object::Event => "event",
            Object::Adversary => "adversary",
        }
    }

    /// The member that holds its id in records of what is attached to it.
    pub(super) fn id_member(self) -> &'static str {
        match self {
            Object::Indicator => "indicator_id",
            Object::Event => "event_id",
            Object::Adversary => "adversary_id",
        }
    }

    /// Its table.
    pub(super) fn table(self) -> &'static str {
        match self {
            Object::Indicator => "tq_indicator",
            Object::Event => "tq_event",
            Object::Adversary => "tq_adversary",
        }
    }
}
