//! The fields that queries, filters and sorting know, and the SQL that stands for each.

/// What a field holds, which decides how a value is read and compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    Number,
    Time,
    /// A text of something attached: the SQL is a subquery with `{}` where the comparison of `x.name` goes.
    Attached,
    /// Words anywhere in the indicator.
    Anything,
}

/// One field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) sql: &'static str,
    pub(super) holds: Holds,
}

/// The score that counts.
pub(super) const SCORE: &str = "coalesce(i.manual_score, i.generated_score)";
const CLASS: &str = "(SELECT class FROM tq_type WHERE id = i.type_id)";
const TYPE: &str = "i.type_id IN (SELECT x.id FROM tq_type x WHERE {})";
const STATUS: &str = "i.status_id IN (SELECT x.id FROM tq_status x WHERE {})";
const SOURCE: &str = "EXISTS (SELECT 1 FROM tq_source_link l JOIN tq_source x ON x.id = l.source_id
                       WHERE l.object_id = i.id AND l.object = 1 AND {})";
const TAG: &str = "EXISTS (SELECT 1 FROM tq_tag_link l JOIN tq_tag x ON x.id = l.tag_id
                    WHERE l.object_id = i.id AND l.object = 1 AND {})";

/// A field of a query's criteria and filters.
pub(super) fn of_query(name: &str) -> Option<Field> {
    let (sql, holds) = match name {
        "type_name" => (TYPE, Holds::Attached),
        "status_name" => (STATUS, Holds::Attached),
        "source_name" => (SOURCE, Holds::Attached),
        "tag" => (TAG, Holds::Attached),
        "mentions" => ("", Holds::Anything),
        "id" | "value" | "score" | "class" | "created_at" | "updated_at" | "touched_at" | "published_at"
        | "expires_at" => return of_list(name),
        _ => return None,
    };
    Some(Field { sql, holds })
}

/// A column of the GET list: what may be filtered and sorted by.
pub(super) fn of_list(name: &str) -> Option<Field> {
    let (sql, holds) = match name {
        "id" => ("i.id", Holds::Number),
        "value" => ("i.value", Holds::Text),
        "description" => ("i.description", Holds::Text),
        "class" => (CLASS, Holds::Text),
        "type_id" => ("i.type_id", Holds::Number),
        "status_id" => ("i.status_id", Holds::Number),
        "score" => (SCORE, Holds::Number),
        "created_at" | "created" => ("i.created_at", Holds::Time),
        "updated_at" => ("i.updated_at", Holds::Time),
        "touched_at" => ("i.touched_at", Holds::Time),
        "published_at" => ("i.published_at", Holds::Time),
        "expires_at" => ("i.expires_at", Holds::Time),
        "expired_at" => ("i.expired_at", Holds::Time),
        "last_detected_at" => ("i.last_detected_at", Holds::Time),
        _ => return None,
    };
    Some(Field { sql, holds })
}
