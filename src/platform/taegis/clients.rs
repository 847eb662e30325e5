//! API clients of the tenant: create, search, rotate the secret, delete.
//!
//! - **Two spellings**: the vendor's pages ask for `client_id`, its SDK for `clientID`. Ours asks as the pages do; where the
//!   schema lacks that, nothing has run, and the same is asked once in the other spelling.
//! - **Secrets**: they come once, with the answer. An answer that is lost takes the secret along, so such a failure is not
//!   to be tried again, and says what to do instead.

use super::graphql::{Api, UNKNOWN_FIELD};
use crate::error::{Code, Error};
use crate::http::{Boxed, Response};
use crate::json::{Object, Raw, array, quoted};
use crate::options::Options;
use crate::platform::Output;
use crate::platform::member::{iso, items, text};

/// What an operation asks, before it is spelt.
struct Ask {
    root: &'static str,
    mutation: bool,
    /// Names, types and JSON values; an argument without a value is left out, and so is its variable.
    arguments: Vec<(&'static str, &'static str, String)>,
    shape: Shape,
}

/// What comes back.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    /// A client with its secret.
    New,
    /// A client.
    One,
    /// Clients.
    Many,
}

/// The operations of `clients`; `None` for other names.
pub(super) fn operation(
    name: &str,
    api: Api,
    arguments: &Options<'_>,
) -> Result<Option<Boxed<Result<Output, Error>>>, Error> {
    let ask = match name {
        "clients.create" => create(&arguments.object("input")?)?,
        "clients.search" => search(&arguments.object("filter")?)?,
        "clients.rotateSecret" => by_id("rotateClientSecret", Shape::New, arguments)?,
        "clients.delete" => by_id("deleteClient", Shape::One, arguments)?,
        _ => return Ok(None),
    };
    Ok(Some(Box::pin(async move { ask.run(&api).await })))
}

fn create(input: &Options<'_>) -> Result<Ask, Error> {
    let mut arguments = vec![("name", "String!", quoted(&input.plain("name")?))];
    if let Some(roles) = input.texts("roles")? {
        arguments.push(("roles", "[ID!]!", array(roles.iter().map(|role| quoted(role)))));
    }
    Ok(Ask { root: "createClient", mutation: true, arguments, shape: Shape::New })
}

fn search(filter: &Options<'_>) -> Result<Ask, Error> {
    let mut arguments = Vec::new();
    for (option, name, kind) in [("name", "name", "String!"), ("tenantId", "tenantID", "ID!")] {
        arguments.extend(filter.text(option)?.map(|text| (name, kind, quoted(&text))));
    }
    for (option, name, kind) in [("clientIds", "clientIDs", "[String!]!"), ("roleIds", "roleIDs", "[ID!]!")] {
        arguments.extend(filter.texts(option)?.map(|texts| (name, kind, array(texts.iter().map(|text| quoted(text))))));
    }
    for name in ["page", "perPage"] {
        arguments.extend(filter.whole(name, 0, u32::MAX)?.map(|number| (name, "Int!", number.to_string())));
    }
    Ok(Ask { root: "clients", mutation: false, arguments, shape: Shape::Many })
}

fn by_id(root: &'static str, shape: Shape, arguments: &Options<'_>) -> Result<Ask, Error> {
    let arguments = vec![("id", "ID!", quoted(&arguments.plain("id")?))];
    Ok(Ask { root, mutation: true, arguments, shape })
}

/// Members of a client and of a role assignment, in the pages' spelling.
const CLIENT: &str = "{id name client_id roles tenant_id role_assignments{id tenant_id role_id role_name expires_at} created_at updated_at environment}";
const SECRET: &str = "client_secret";

impl Ask {
    async fn run(&self, api: &Api) -> Result<Output, Error> {
        let answer = match self.send(api, false).await {
            Err(error) if error.reason.as_deref() == Some(UNKNOWN_FIELD) => self.send(api, true).await,
            answer => answer,
        };
        let answer = answer.map_err(|error| self.lost(error))?;
        let data = api.data(&answer)?;
        let result = data.get(self.root).filter(|result| !result.is_null());
        let told = match self.shape {
            Shape::Many => Some(array(items(result).map(client))),
            Shape::One => result.map(client),
            Shape::New => result.and_then(new_client),
        };
        told.map(Output::Json).ok_or_else(|| self.lost(api.invalid(&answer, "shape")))
    }

    /// Sends it in one of the spellings; an answer with errors is an error here.
    async fn send(&self, api: &Api, camel_case: bool) -> Result<Response, Error> {
        let mut variables = Object::new();
        self.arguments.iter().for_each(|(name, _, value)| {
            variables.raw(name, value);
        });
        let mut request = api.document(&self.document(camel_case), Some(&variables.finish()));
        request.idempotent = !self.mutation;
        let answer = api.send(request).await?;
        api.data(&answer)?;
        Ok(answer)
    }

    fn document(&self, camel_case: bool) -> String {
        let mut declared = String::new();
        let mut passed = String::new();
        for (name, kind, _) in &self.arguments {
            declared.push_str(&["$", name, ":", kind, " "].concat());
            passed.push_str(&[name, ":$", name, " "].concat());
        }
        let within = |text: String| if text.is_empty() { text } else { ["(", text.trim_end(), ")"].concat() };
        let spelt = |names: &str| if camel_case { camel(names) } else { names.to_owned() };
        let client = spelt(CLIENT);
        let selection = match self.shape {
            Shape::New => ["{client", &client, " ", &spelt(SECRET), "}"].concat(),
            Shape::One | Shape::Many => client,
        };
        let kind = if self.mutation { "mutation" } else { "query" };
        [kind, &within(declared), "{", self.root, &within(passed), &selection, "}"].concat()
    }

    /// A failure after which the secret may exist where nobody knows it.
    fn lost(&self, mut error: Error) -> Error {
        let unclear = matches!(
            error.code,
            Code::Network | Code::Timeout | Code::ServerError | Code::ResponseInvalid | Code::ResponseTooLarge
        );
        if self.shape != Shape::New || !unclear {
            return error;
        }
        error.retryable = false;
        error.advise("it may have happened all the same, and the new secret is lost: find the client with clients.search, then rotate its secret or delete it")
    }
}

/// Names in the SDK's spelling: `client_id` becomes `clientID`.
fn camel(names: &str) -> String {
    let mut out = String::new();
    for (index, part) in names.split('_').enumerate() {
        let id = part.strip_prefix("id").filter(|rest| !rest.starts_with(|c: char| c.is_ascii_lowercase()));
        match (index, id) {
            (0, _) => out.push_str(part),
            (_, Some(rest)) => {
                out.push_str("ID");
                out.push_str(rest);
            }
            _ => {
                let (first, rest) = part.split_at_checked(1).unwrap_or((part, ""));
                out.push_str(&first.to_ascii_uppercase());
                out.push_str(rest);
            }
        }
    }
    out
}

/// A member in either spelling.
fn member<'a>(record: Raw<'a>, name: &str) -> Option<Raw<'a>> {
    record.get(name).or_else(|| record.get(&camel(name)))
}

/// `TaegisClient` of the contract.
fn client(record: Raw<'_>) -> String {
    let assignments = items(member(record, "role_assignments")).map(|assignment| {
        let of = |name: &str| text(member(assignment, name)).unwrap_or_default();
        Object::new()
            .text("id", &of("id"))
            .text("tenantId", &of("tenant_id"))
            .text("roleId", &of("role_id"))
            .text("roleName", &of("role_name"))
            .text_or_null("expiresAt", iso(member(assignment, "expires_at")).as_deref())
            .finish()
    });
    let of = |name: &str| text(member(record, name));
    Object::new()
        .text("id", &of("id").unwrap_or_default())
        .text("name", &of("name").unwrap_or_default())
        .text("clientId", &of("client_id").unwrap_or_default())
        .text_or_null("roles", of("roles").as_deref())
        .text_or_null("tenantId", of("tenant_id").as_deref())
        .text_or_null("createdAt", iso(member(record, "created_at")).as_deref())
        .text_or_null("updatedAt", iso(member(record, "updated_at")).as_deref())
        .text_or_null("environment", of("environment").as_deref())
        .raw("roleAssignments", &array(assignments))
        .finish()
}

/// A client with its secret; `None` where either is missing.
fn new_client(record: Raw<'_>) -> Option<String> {
    let secret = text(member(record, SECRET))?;
    let known = record.get("client").filter(|client| client.is_object())?;
    Some(Object::new().raw("client", &client(known)).text("clientSecret", &secret).finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_come_from_one_list() {
        assert_eq!(
            camel(CLIENT),
            "{id name clientID roles tenantID roleAssignments{id tenantID roleID roleName expiresAt} createdAt updatedAt environment}"
        );
        assert_eq!(camel(SECRET), "clientSecret");
    }
}
