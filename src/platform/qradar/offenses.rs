//! Offenses of addresses, in two hops: the addresses tell the ids of their offenses.

use super::api::{Api, List, literal};
use crate::error::{Code, Error};
use crate::http::{Boxed, Response};
use crate::indicator::Kind;
use crate::json::{Raw, array};
use crate::options::Options;
use crate::platform::member::{items, number};
use crate::platform::{Output, Query};
use std::rc::Rc;

/// Lists of addresses: path and the field of the address.
const SOURCES: (&str, &str) = ("/siem/source_addresses", "source_ip");
const VICTIMS: (&str, &str) = ("/siem/local_destination_addresses", "local_destination_ip");

/// What is known about some addresses.
#[derive(Default)]
pub(super) struct Traces {
    /// As sources of offenses, and as their victims.
    addresses: [Vec<Response>; 2],
    offenses: Vec<Response>,
}

/// Address and record of an address, and whether it is one of a source.
pub(super) type Address<'a> = (&'static str, Raw<'a>, bool);

impl Traces {
    /// Each address record, with the name of the member that holds the address, and whether it is a source.
    pub(super) fn addresses(&self, api: &Rc<Api>) -> Result<Vec<Address<'_>>, Error> {
        let [sources, victims] = &self.addresses;
        let mut all: Vec<Address<'_>> =
            api.all_rows(sources, false)?.into_iter().map(|row| (SOURCES.1, row, true)).collect();
        all.extend(api.all_rows(victims, false)?.into_iter().map(|row| (VICTIMS.1, row, false)));
        Ok(all)
    }

    pub(super) fn offenses(&self, api: &Rc<Api>) -> Result<Vec<Raw<'_>>, Error> {
        api.all_rows(&self.offenses, false)
    }
}

/// Asks for addresses and their offenses.
pub(super) async fn trace(api: &Rc<Api>, ips: &[String]) -> Result<Traces, Error> {
    let literals: Vec<String> = ips.iter().map(|ip| literal(ip)).collect();
    let mut traces = Traces::default();
    for ((path, field), answers) in [SOURCES, VICTIMS].into_iter().zip(&mut traces.addresses) {
        *answers = api.whose(List { path, members: &[], inside: false }, field, &literals).await?;
    }
    let mut ids: Vec<String> = Vec::new();
    for (_, row, _) in traces.addresses(api)? {
        for id in items(row.get("offense_ids")) {
            if id.is_number() && !ids.iter().any(|known| known == id.text()) {
                ids.push(id.text().to_owned());
            }
        }
    }
    traces.offenses = api.whose(List { path: "/siem/offenses", members: &[], inside: false }, "id", &ids).await?;
    Ok(traces)
}

/// `offenses`: those of sources and victims alike, each once, the highest id first.
pub(super) fn offenses(api: Rc<Api>, options: &Options<'_>) -> Result<Boxed<Result<Output, Error>>, Error> {
    let mut ips = Vec::new();
    for ip in options.texts("ips")?.ok_or_else(|| options.wrong("ips"))? {
        let query = Query::read(&ip, None, api.host().to_ascii())?;
        if !matches!(query.kind, Some(Kind::Ipv4 | Kind::Ipv6)) {
            return Err(Error::new(Code::IndicatorInvalid));
        }
        if !ips.contains(&query.value) {
            ips.push(query.value);
        }
    }
    Ok(Box::pin(async move {
        let traces = trace(&api, &ips).await?;
        let id = |offense: &Raw<'_>| number(offense.get("id")).unwrap_or(0.0);
        let mut offenses = Vec::new();
        for offense in traces.offenses(&api)? {
            let place = offenses.partition_point(|before| id(before) > id(&offense));
            offenses.insert(place, offense);
        }
        Ok(Output::Json(array(offenses.into_iter().map(Raw::text))))
    }))
}
