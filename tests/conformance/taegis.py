"""Taegis's clients from PyPI against the sandbox. A line of JSON on standard input names a part and gives access to it;
a line on standard output tells what came of it.

An answer has `outcome`, or `failed` with the traceback; and `removed`, the vendor's SDK's warnings that it took a member
out of a query. The SDK compares its queries with the schema that the server tells, and asks for less where that lacks
something: such a warning names a gap in the imitation that nothing else would show.

One process for all parts: the SDK takes seconds to be imported.
"""

import json
import logging
import os
import sys
import tempfile
import traceback

# The sandbox speaks http on loopback; the library insists on https without this.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session
from taegis_sdk_python import GraphQLService
from taegis_sdk_python.services.byoti.types import (
    GetIndicatorsInput,
    IndicatorInput,
    ObjectType,
    PaginateIndicatorsInput,
    SearchIndicatorsInput,
    Severity,
)
from taegis_sdk_python.services.clients.types import ClientsSearchInput
from taegis_sdk_python.services.threat.types import ThreatFacetObject, ThreatFilter, ThreatParentType, ThreatWhereInput
from taegis_sdk_python.services.threat_context.types import RiskyIndicatorArguments, ThreatContextIndicatorInput


def requests_oauthlib(access):
    """Client credentials as the vendor's guide for Python does it: a form with Basic."""
    session = OAuth2Session(client=BackendApplicationClient(client_id=access["clientId"]))
    session.fetch_token(
        access["baseUrl"] + "/auth/api/v2/auth/token",
        client_id=access["clientId"],
        client_secret=access["clientSecret"],
    )
    answer = session.get(access["baseUrl"] + "/assets/version")
    return {"status": answer.status_code, "tag": bool(answer.json()["tag"])}


def sdk_clients(access):
    """A client's life: made, found in three ways, given a new secret, deleted."""
    clients = sdk(access).clients
    made = clients.mutation.create_client(name="conformance")
    one = made.client.client_id
    renewed = clients.mutation.rotate_client_secret(id_=one)
    found = clients.query.clients_search(ClientsSearchInput(name="conformance"))
    outcome = {
        "roles": [assignment.role_name for assignment in made.client.role_assignments],
        "by_client_id": [client.name for client in clients.query.clients(client_ids=[one])],
        "by_id": clients.query.client(id_=made.client.id_).name,
        "searched": [client.name for client in found.results],
        "renewed": renewed.client_secret != made.client_secret,
        "deleted": clients.mutation.delete_client(id_=one).name,
    }
    return {**outcome, "left": clients.query.clients(client_ids=[one])}


def sdk_reputation(access):
    """Every kind of value, one that nobody knows, and the lists made of them."""
    query = sdk(access).threat_context.query
    values = ["bad.example", "198.51.100.200", "https://clean.example/", "d41d8cd98f00b204e9800998ecf8427e", "unknown.example"]
    asked = [ThreatContextIndicatorInput(indicator=value) for value in values]
    found = {item.indicator: item for item in query.reputation(indicators=asked)}
    return {
        "types": [type(found[value]).__name__ for value in values],
        "malicious": found["bad.example"].reputation_stats.vt_malicious >= 3,
        "nsrl": found[values[3]].bigbird_results.file_context.nsrl,
        "unknown": found["unknown.example"].error,
        "risky": len(query.risky_indicators(RiskyIndicatorArguments(page=1, per_page=5))),
        "summary": bool(query.reputation_summaries(indicators=asked[:1]).summary),
    }


def sdk_own_indicators(access):
    """The tenant's own list: written, asked in the query language, by filters and by cursor, deleted from."""
    byoti = sdk(access).byoti
    written = byoti.mutation.upsert_indicators(
        [
            IndicatorInput(value="sdk.example", object_type=ObjectType.DOMAIN, severity=Severity.HIGH),
            IndicatorInput(value="not a domain", object_type=ObjectType.DOMAIN),
        ]
    )
    mine = "from byoti_indicator where value in ('SDK.example') and deleted_at is null"
    searched = byoti.query.search_indicators(SearchIndicatorsInput(query=mine))
    by_filters = byoti.query.get_indicators(GetIndicatorsInput(severity=Severity.HIGH, per_page=200))
    pages, cursor = [], ""
    while not pages or cursor:
        page = byoti.query.paginate_indicators(PaginateIndicatorsInput(per_page=50, exclude_deleted=True, cursor=cursor))
        pages.append(page)
        cursor = page.cursor
    seen = [indicator.id_ for page in pages for indicator in page.indicators]
    gone = byoti.mutation.delete_indicators(mine)
    return {
        "accepted": [indicator.value for indicator in written.accepted_indicators],
        "rejected": [(indicator.value, indicator.reason) for indicator in written.rejected_indicators],
        "searched": [(indicator.value, indicator.severity) for indicator in searched.indicators],
        "by_filters": "sdk.example" in [indicator.value for indicator in by_filters.indicators],
        "pages": len(pages) > 1,
        "all": len(seen) == len(set(seen)) == pages[0].total_entries_size,
        "deleted": [(indicator.value, indicator.deleted_at is not None) for indicator in gone.indicators],
        "left": byoti.query.search_indicators(SearchIndicatorsInput(query=mine)).total_entries_size,
    }


def sdk_intelligence(access):
    """The vendor's own intelligence: searched, followed to what it belongs to, and as lists."""
    services = sdk(access)
    query = services.threat.query
    wanted = ThreatFilter(where=ThreatWhereInput(text_search="nobody else"))
    found = query.threat_intelligence(ThreatFacetObject.INDICATOR, filters=wanted).intel.indicators
    ids = [indicator.id_ for indicator in found]
    relations = query.threat_indicators_intelligence(id_=ids)[0]
    publications = services.threat_publications.query.threat_publications(text="SampleRAT")
    return {
        "found": [indicator.original_indicator for indicator in found],
        "by_id": [indicator.original_indicator for indicator in query.threat_indicators(ids=ids)],
        "malware": [each.malware.name for each in relations.malware],
        "groups": [each.group.name for each in relations.groups],
        "addresses": [each.source_ref for each in query.threat_watchlist(ThreatParentType.IP)],
        "domains": bool(query.threat_watchlist(ThreatParentType.DOMAIN)),
        "files": bool(query.threat_tims_malware_files()),
        "publications": [publication.name for publication in publications],
    }


def sdk_removal(access):
    """A member that no schema has: shows that a removal is noticed."""
    found = sdk(access).clients.execute_query("clientsSearch", variables={}, output="totalCount noSuchMember")
    return {"members": list(found["clientsSearch"])}


def sdk(access):
    """The SDK with its settings for this region and tenant; credentials come from the environment, as it wants them."""
    os.environ["CLIENT_ID"] = access["clientId"]
    os.environ["CLIENT_SECRET"] = access["clientSecret"]
    return GraphQLService(
        environment="sandbox", environments={"sandbox": access["baseUrl"]}, tenant_id=access["tenantId"]
    )


class Removals(logging.Handler):
    """Keeps the SDK's warnings about members that it removed."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.texts = []

    def emit(self, record):
        if "Removing from query string" in record.getMessage():
            self.texts.append(record.getMessage())


PARTS = {
    part.__name__: part
    for part in (requests_oauthlib, sdk_clients, sdk_reputation, sdk_own_indicators, sdk_intelligence, sdk_removal)
}


def run(part, access):
    """Runs a part in a home of its own: the SDK keeps its tokens there, and would take one of another part."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["HOME"] = home
        try:
            return {"outcome": PARTS[part](access)}
        except Exception:
            return {"failed": traceback.format_exc()}


if __name__ == "__main__":
    removals = Removals()
    logging.getLogger("taegis_sdk_python").addHandler(removals)
    for line in sys.stdin:
        asked = json.loads(line)
        answer = run(asked["part"], asked["access"])
        print(json.dumps({**answer, "removed": removals.texts}), flush=True)
        removals.texts.clear()
