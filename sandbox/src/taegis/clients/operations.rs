//! GraphQL about client credentials: create, search, rotate, delete, roles.
//!
//! Each tenant sees its own clients. Whoever manages clients gives, and touches, roles up to its own only.

use serde::Deserialize;
use serde_json::{Value, json};

use super::store::{self, Client};
use crate::taegis::graphql::{Call, Fault, list_of_texts, text};
use crate::taegis::role::{Right, Role};

/// No clients are made in this tenant, on any installation.
const FORBIDDEN_TENANT: &str = "5000";
const PER_PAGE: usize = 100;

/// Of `createClient`.
#[derive(Deserialize)]
pub(in crate::taegis) struct Create {
    name: String,
    #[serde(default)]
    roles: Option<Vec<Value>>,
    #[serde(default)]
    input: Option<Owner>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Owner {
    #[serde(default, rename = "ownerTenantID")]
    owner_tenant: Option<Value>,
}

/// `createClient`
pub(in crate::taegis) fn create(call: &Call<'_>, arguments: Create) -> Result<Value, Fault> {
    call.require(Right::ManageClients)?;
    let owner = arguments.input.and_then(|input| input.owner_tenant).map(|id| text(&id));
    let owner = owner.unwrap_or_else(|| call.caller.tenant.clone());
    if owner == FORBIDDEN_TENANT || call.caller.tenant == FORBIDDEN_TENANT || !call.caller.is_of(&owner) {
        return Err(Fault::Forbidden);
    }
    let roles = match arguments.roles {
        Some(ids) => roles(&ids)?,
        None => vec![Role::Analyst],
    };
    within_rank(call, roles.iter().copied().max())?;
    if arguments.name.trim().is_empty() {
        return Err(Fault::Invalid("client name is required".to_owned()));
    }
    if store::by_name(call.db, &call.caller.tenant, &arguments.name)?.is_some() {
        return Err(Fault::NameTaken);
    }
    let new = store::New {
        tenant: &call.caller.tenant,
        owner_tenant: &owner,
        name: &arguments.name,
        by: &call.caller.client_id,
    };
    let (client, secret) = store::create(call.db, &new, call.now)?;
    for role in roles {
        store::grant(call.db, &client, &call.caller.tenant, role)?;
    }
    with_secret(call, &client, &secret)
}

/// Of operations on one client.
#[derive(Deserialize)]
pub(in crate::taegis) struct One {
    id: Value,
}

/// Of `rotateClientSecret`.
#[derive(Deserialize)]
pub(in crate::taegis) struct Rotate {
    id: Value,
    #[serde(default)]
    secret: Option<String>,
}

/// Of `appendClientRoles` and `removeClientRoles`.
#[derive(Deserialize)]
pub(in crate::taegis) struct Roles {
    id: Value,
    roles: Vec<Value>,
}

/// `client`
pub(in crate::taegis) fn one(call: &Call<'_>, arguments: One) -> Result<Value, Fault> {
    call.require(Right::Read)?;
    Ok(find(call, &arguments.id)?.json())
}

/// `rotateClientSecret`, `forceRotateClientSecret`
pub(in crate::taegis) fn rotate(call: &Call<'_>, arguments: Rotate) -> Result<Value, Fault> {
    let client = manageable(call, &arguments.id)?;
    let secret = store::rotate(call.db, &client, arguments.secret, &call.caller.client_id, call.now)?;
    with_secret(call, &client, &secret)
}

/// `deleteClient`
pub(in crate::taegis) fn delete(call: &Call<'_>, arguments: One) -> Result<Value, Fault> {
    let client = manageable(call, &arguments.id)?;
    store::delete(call.db, &client, call.now)?;
    Ok(client.json())
}

/// `appendClientRoles`
pub(in crate::taegis) fn append_roles(call: &Call<'_>, arguments: Roles) -> Result<Value, Fault> {
    let client = manageable(call, &arguments.id)?;
    let roles = roles(&arguments.roles)?;
    within_rank(call, roles.iter().copied().max())?;
    for role in roles {
        store::grant(call.db, &client, &call.caller.tenant, role)?;
    }
    again(call, &client).map(|client| client.json())
}

/// `removeClientRoles`
pub(in crate::taegis) fn remove_roles(call: &Call<'_>, arguments: Roles) -> Result<Value, Fault> {
    let client = manageable(call, &arguments.id)?;
    for role in roles(&arguments.roles)? {
        store::withdraw(call.db, &client, &call.caller.tenant, role)?;
    }
    again(call, &client).map(|client| client.json())
}

/// Of `clients`, and as `filters` of `clientsSearch`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::taegis) struct Filters {
    name: Option<String>,
    #[serde(rename = "clientIDs", deserialize_with = "list_of_texts")]
    client_ids: Option<Vec<String>>,
    #[serde(rename = "tenantID")]
    tenant: Option<Value>,
    #[serde(rename = "roleIDs", deserialize_with = "list_of_texts")]
    role_ids: Option<Vec<String>>,
    #[serde(rename = "tenantIDs", deserialize_with = "list_of_texts")]
    tenants: Option<Vec<String>>,
    /// From 1; 0 is the first page too.
    page: usize,
    #[serde(rename = "pageOffset")]
    page_offset: usize,
    #[serde(rename = "perPage")]
    per_page: Option<usize>,
    #[serde(rename = "sortBy")]
    sort_by: Option<String>,
    #[serde(rename = "sortOrder")]
    sort_order: Option<String>,
}

/// Of `clientsSearch`.
#[derive(Deserialize)]
pub(in crate::taegis) struct Search {
    #[serde(default)]
    filters: Option<Filters>,
}

/// `clients`
pub(in crate::taegis) fn list(call: &Call<'_>, filters: Filters) -> Result<Value, Fault> {
    call.require(Right::Read)?;
    let found = filters.of(visible(call, &filters)?);
    let skip = filters.page.saturating_sub(1).saturating_mul(filters.per_page());
    Ok(page(&found, skip, filters.per_page()))
}

/// `clientsSearch`
pub(in crate::taegis) fn search(call: &Call<'_>, arguments: Search) -> Result<Value, Fault> {
    call.require(Right::Read)?;
    let filters = arguments.filters.unwrap_or_default();
    let visible = visible(call, &filters)?;
    let unfiltered = visible.len();
    let mut found = filters.of(visible);
    sort(&mut found, filters.sort_by.as_deref(), filters.sort_order.as_deref());
    let skip = filters.page_offset.saturating_mul(filters.per_page());
    let results = page(&found, skip, filters.per_page());
    Ok(json!({
        "result_count": results.as_array().map_or(0, Vec::len),
        "totalCount": found.len(),
        "totalUnfilteredCount": unfiltered,
        "results": results,
    }))
}

impl Filters {
    fn per_page(&self) -> usize {
        self.per_page.filter(|number| *number > 0).unwrap_or(PER_PAGE)
    }

    fn of(&self, clients: Vec<Client>) -> Vec<Client> {
        clients.into_iter().filter(|client| self.matches(client)).collect()
    }

    fn matches(&self, client: &Client) -> bool {
        let name_fits = |name: &String| client.name.to_lowercase().contains(&name.to_lowercase());
        let id_fits = |ids: &Vec<String>| ids.contains(&client.client_id) || ids.contains(&client.id);
        let has_role =
            |ids: &Vec<String>| client.assignments.iter().any(|has| ids.iter().any(|id| id == has.role.id()));
        self.name.as_ref().is_none_or(name_fits)
            && self.client_ids.as_ref().is_none_or(id_fits)
            && self.role_ids.as_ref().is_none_or(has_role)
    }
}

/// The clients of the call's tenant, or of those that it asks for and belongs to.
fn visible(call: &Call<'_>, filters: &Filters) -> Result<Vec<Client>, Fault> {
    let mut wanted = filters.tenants.clone().unwrap_or_default();
    wanted.extend(filters.tenant.as_ref().map(text));
    if wanted.is_empty() {
        wanted.push(call.caller.tenant.clone());
    }
    wanted.retain(|tenant| call.caller.is_of(tenant));
    Ok(store::of_tenants(call.db, &wanted)?)
}

fn page(clients: &[Client], skip: usize, count: usize) -> Value {
    clients.iter().skip(skip).take(count).map(Client::json).collect()
}

fn sort(clients: &mut [Client], by: Option<&str>, order: Option<&str>) {
    match by {
        Some("NAME") => clients.sort_by(|one, other| one.name.cmp(&other.name)),
        Some("CLIENT_ID") => clients.sort_by(|one, other| one.client_id.cmp(&other.client_id)),
        Some("ROLE_ASSIGNMENT_NAME") => clients.sort_by_key(|client| client.rank().map(Role::title)),
        Some("TOKEN_REQUEST_COUNT") => clients.sort_by_key(|client| client.token_request_count),
        Some("TOKEN_REQUEST_TIME") => clients.sort_by(|one, other| one.last_token().cmp(&other.last_token())),
        _ => {}
    }
    if order == Some("DESC") {
        clients.reverse();
    }
}

fn roles(ids: &[Value]) -> Result<Vec<Role>, Fault> {
    let role = |id: &Value| Role::from_id(&text(id)).ok_or_else(|| Fault::Invalid("role not found".to_owned()));
    ids.iter().map(role).collect()
}

/// Nobody hands out, or changes, more than the own role.
fn within_rank(call: &Call<'_>, wanted: Option<Role>) -> Result<(), Fault> {
    if wanted <= call.caller.role { Ok(()) } else { Err(Fault::Forbidden) }
}

fn find(call: &Call<'_>, id: &Value) -> Result<Client, Fault> {
    let found = store::by_text(call.db, &text(id))?;
    found.filter(|client| client.tenant == call.caller.tenant).ok_or(Fault::ClientNotFound)
}

/// The client that the caller may change.
fn manageable(call: &Call<'_>, id: &Value) -> Result<Client, Fault> {
    call.require(Right::ManageClients)?;
    let client = find(call, id)?;
    within_rank(call, client.rank())?;
    Ok(client)
}

/// The client as it is now.
fn again(call: &Call<'_>, client: &Client) -> Result<Client, Fault> {
    store::by_text(call.db, &client.id)?.ok_or(Fault::ClientNotFound)
}

fn with_secret(call: &Call<'_>, client: &Client, secret: &str) -> Result<Value, Fault> {
    let client = again(call, client)?.json();
    Ok(json!({ "client": client, "clientSecret": secret, "client_secret": secret }))
}
