"""QRadar's clients from PyPI against the sandbox. A line of JSON on standard input names a part and gives access to it;
a line on standard output tells what came of it: `outcome`, or `failed` with the traceback.

stix-shifter speaks https only: `ca` of its access is the file with the authority to trust. One process for all parts:
importing the clients takes seconds.
"""

import json
import logging
import os
import subprocess
import sys
import traceback
import warnings
from pathlib import Path

# The sandbox speaks http on loopback; the library insists on https without this.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

import requests
import stix_shifter_modules.qradar
from oauthlib.oauth2 import BackendApplicationClient
from qradar4py.api import QRadarApi
from requests_oauthlib import OAuth2Session
from sigma.backends.QRadarAQL import QRadarAQLBackend
from sigma.collection import SigmaCollection
from sigma.conversion.state import ConversionState
from sigma.pipelines.QRadarAQL import QRadarAQL_payload_pipeline
from sigma.types import SigmaString
from stix_shifter.stix_translation.stix_translation import StixTranslation
from stix_shifter.stix_transmission.stix_transmission import StixTransmission

IDENTITY = json.dumps(
    {
        "type": "identity",
        "id": "identity--f431f809-377b-45e0-aa1c-6a4751cae5ff",
        "name": "QRadar",
        "identity_class": "events",
    }
)
# Comparisons of STIX patterns, each with a value that fits.
COMPARISONS = ["= '1'", "!= '1'", "IN ('1', '2')", "LIKE 'a_%'", "MATCHES '^a.*'", "> 1", "<= 1", "ISSUBSET '192.0.2.0/24'"]

RULE = """
title: conformance
logsource:
  category: proxy
  product: windows
detection:
  selection:
    {}
  condition: selection
"""


def requests_oauthlib(access):
    """Client credentials in the query of a GET, and a bearer afterwards."""
    session = OAuth2Session(client=BackendApplicationClient(client_id=access["clientId"]))
    token = session.fetch_token(
        access["tokenUrl"],
        method="GET",
        client_id=access["clientId"],
        client_secret=access["clientSecret"],
        include_client_id=True,
    )
    answer = session.get(access["baseUrl"] + "/api/ariel/databases")
    return {"members": sorted(token), "status": answer.status_code, "databases": answer.json()}


def qradar4py_help(access):
    """What the console serves; and that a wrong token is an answer that can be read."""
    newest = console(access).help
    versions = [version["version"] for version in ok(newest.get_versions()) if not version["removed"]]
    some = ok(newest.get_endpoints(Range="items=0-1", fields="id,path"))
    status, refused = QRadarApi(access["baseUrl"] + "/", "wrong").help.get_versions()
    return {
        "newest": max(versions, key=float),
        "endpoints": [sorted(endpoint) for endpoint in some],
        "refused": [status, refused["code"]],
        "logout": ok(console(access).auth.post_logout()),
    }


def qradar4py_ariel(access):
    """A search's life: the query in the URL, an empty body."""
    ariel = console(access).ariel
    query = "SELECT sourceip, COUNT(*) AS hits FROM events GROUP BY sourceip ORDER BY hits DESC LIMIT 60 LAST 7 DAYS"
    columns = ok(ariel.get_databases_by_database_name("events", fields="columns(name)"))["columns"]
    status, made = ariel.post_searches(query_expression=query)
    one = made["search_id"]
    done = ok(ariel.get_searches_by_search_id(one, Prefer="wait=5"))
    rows = ok(ariel.get_searches_results_by_search_id(one, Range="items=0-49"))["events"]
    described = ok(ariel.get_searches_metadata_by_search_id(one))["columns"]
    listed = one in ok(ariel.get_searches())
    deleted = ariel.delete_searches_by_search_id(one)[0]
    return {
        "databases": ok(ariel.get_databases()),
        "custom": {"name": "MD5 Hash"} in columns,
        "made": [status, made["query_string"] == query],
        "done": [done["status"], done["progress"]],
        "rows": [len(rows), sorted(rows[0])],
        "described": [[column["name"], column["object_value_type"]] for column in described],
        "listed": [listed, one in ok(ariel.get_searches())],
        "deleted": [deleted, ariel.get_searches_by_search_id(one)[0]],
        "valid": ok(ariel.post_validators_aql(query_expression=query)),
        "invalid": ok(ariel.post_validators_aql(query_expression="SELECT"))["error_messages"][0]["code"],
    }


def qradar4py_siem(access):
    """From an address to its offenses, and an offense closed."""
    siem = console(access).siem
    address = ok(siem.get_source_addresses(filter='source_ip="203.0.113.9"'))[0]
    wanted = "id in ({})".format(",".join(map(str, address["offense_ids"])))
    offenses = ok(siem.get_offenses(filter=wanted, fields="id,status", sort="-id", Range="items=0-49"))
    closed = ok(siem.post_offenses_by_offense_id(offenses[0]["id"], status="CLOSED", closing_reason_id=1))
    still_open = ok(siem.get_offenses(filter=f"status=OPEN and {wanted}", fields="id"))
    victims = ok(siem.get_local_destination_addresses(filter="local_destination_ip in ('192.0.2.77')"))
    return {
        "offenses": [[offense["id"], offense["status"]] for offense in offenses],
        "closed": [closed["status"], closed["closing_reason_id"]],
        "still_open": still_open,
        "same": ok(siem.get_source_addresses_by_source_address_id(address["id"])) == address,
        "victims": [victim["local_destination_ip"] for victim in victims],
    }


def qradar4py_reference(access):
    """The old names of reference data, with a version that still knows all of them."""
    data = console(access, version="13.1").referencedata
    made = data.post_sets(name="conformance", element_type="ALN")
    loaded = ok(data.post_sets_bulk_load_by_name("conformance", data=["a", "b", "it's"]))
    added = ok(data.post_sets_by_name("conformance", value="c", source="qradar4py"))
    found = ok(data.get_sets_by_name("conformance", filter='value="c"'))["data"]
    removed = ok(data.delete_sets_name_by_value("conformance", "c"))
    gone_for_newer = console(access).referencedata.post_sets_bulk_load_by_name("conformance", data=["a"])[0]
    purged = data.delete_sets_by_name("conformance", purge_only=True)[0]
    left = ok(data.get_sets_by_name("conformance"))["number_of_elements"]
    deleted = data.delete_sets_by_name("conformance")[0]
    known = ok(data.get_sets_by_name("bad_ips", filter='value="203.0.113.9"'))
    return {
        "made": [made[0], made[1]["number_of_elements"]],
        "loaded": loaded["number_of_elements"],
        "added": added["number_of_elements"],
        "found": [[entry["value"], entry["source"]] for entry in found],
        "removed": removed["number_of_elements"],
        "gone_for_newer": gone_for_newer,
        "purged": [purged, left],
        "deleted": [deleted, data.get_sets_by_name("conformance")[0]],
        "known": [entry["value"] for entry in known["data"]],
        "others": [ok(data.get_maps()), ok(data.get_map_of_sets()), ok(data.get_tables())],
    }


def stix_shifter_transmit(access):
    """A search's life, and what the module makes of refusals."""
    console = StixTransmission("qradar", *shifter(access))
    made = console.query("SELECT sourceip, URL FROM events WHERE sourceip = '203.0.113.9' LIMIT 20 LAST 7 DAYS")
    one = made["search_id"]
    status = console.status(one)
    while status["success"] and status["status"] == "RUNNING":
        status = console.status(one)
    rows = console.results(one, 0, 10)["data"]
    return {
        "ping": console.ping(),
        "status": status,
        "rows": [bool(rows), sorted(rows[0]), sorted({row["sourceip"] for row in rows})],
        "deleted": console.delete(one),
        "deleted_again": console.delete(one)["code"],
        "gone": console.status(one)["code"],
        "invalid": console.query("SELECT nothing FROM events")["code"],
        "refused": StixTransmission("qradar", *shifter({**access, "secToken": "wrong"})).ping()["success"],
    }


def stix_shifter_execute(access):
    """The command line from a pattern to STIX: one search each in events and in flows."""
    program = Path(sys.executable).with_name("stix-shifter")
    settings = map(json.dumps, shifter(access))
    pattern = "[ipv4-addr:value = '203.0.113.9']"
    run = subprocess.run(
        [program, "execute", "qradar", "qradar", IDENTITY, *settings, pattern], capture_output=True, text=True
    )
    if run.returncode != 0:
        raise RuntimeError(run.stderr)
    bundle = json.loads(run.stdout)
    observed = [found for found in bundle["objects"] if found["type"] == "observed-data"]
    kinds = {by_type(found)["x-qradar"].get("flow_type", "event") for found in observed}
    return {
        "kinds": sorted(kinds),
        "all_with_the_address": all("203.0.113.9" in addresses(found) for found in observed),
        # ISO times of one form can be compared as texts.
        "none_ends_in_the_future": all(found["last_observed"] <= found["created"] for found in observed),
    }


def stix_shifter_patterns(access):
    """Everything that the module can ask for: each of its fields compared for equality, some in every way."""
    folder = Path(stix_shifter_modules.qradar.__path__[0], "stix_translation/json")
    translation = StixTranslation()
    queries = []
    for dialect in ("events", "flows"):
        fields = json.loads((folder / f"{dialect}_from_stix_map.json").read_text())
        paths = [f"{kind}:{path}" for kind, each in fields.items() for path in each["fields"]]
        patterns = [f"[{path} = '1']" for path in paths]
        for path in ("ipv4-addr:value", "url:value", "network-traffic:dst_port", "x-qradar:qid"):
            patterns += [f"[{path} {comparison}]" for comparison in COMPARISONS if path in paths]
        for pattern in patterns:
            queries += translation.translate(f"qradar:{dialect}", "query", "{}", pattern, {}).get("queries", [])
    return {"count": len(queries), "refused": refused(access, queries)}


def pysigma_queries(access):
    """What rules become, with bound fields and without."""
    selections = [
        "sourceip: 203.0.113.9",
        "sourceip|cidr: [203.0.113.0/24, '2001:db8::/32']",
        "username: \"O'Brien\"",
        "username: [anna, 'a*b?c', '']",
        "username: null",
        "username|re: '^a.*b$'",
        "magnitude|gt: 5",
        "destinationport: [22, 80]",
        "'DNS Request Domain|endswith': .example",
    ]
    collection = [SigmaCollection.from_yaml(RULE.format(selection)) for selection in selections]
    queries = [query for rule in collection for query in QRadarAQLBackend().convert(rule)]
    with warnings.catch_warnings(action="ignore"):
        unbound = QRadarAQLBackend(QRadarAQL_payload_pipeline()).convert(collection[2])
    return {"queries": queries + unbound, "refused": refused(access, queries + unbound)}


def pysigma_quotes(access):
    """How each of the values is written. They are values as they stand, without Sigma's wildcards."""
    backend, state = QRadarAQLBackend(), ConversionState()
    return [backend.convert_value_str(SigmaString.from_str(value), state) for value in access["values"]]


def console(access, version="26.0"):
    return QRadarApi(access["baseUrl"] + "/", access["secToken"], version=version)


def ok(answer):
    """The body of an answer that must be a success."""
    status, body = answer
    if status not in (200, 201):
        raise RuntimeError(f"{status}: {body}")
    return body


def shifter(access):
    """Connection and configuration, as the module wants them."""
    port = int(access["baseUrl"].rsplit(":", 1)[1])
    connection = {"host": "localhost", "port": port, "selfSignedCert": Path(access["ca"]).read_text()}
    return connection, {"auth": {"sec": access["secToken"]}}


def refused(access, queries):
    """The queries that the console's validator refuses, with its reasons."""
    session = requests.Session()
    session.headers["SEC"] = access["secToken"]
    url = access["baseUrl"] + "/api/ariel/validators/aql"
    answers = [(query, session.post(url, data={"query_expression": query})) for query in queries]
    return [[query, answer.text] for query, answer in answers if answer.status_code != 200 or answer.json() is not None]


def by_type(observed):
    return {thing["type"]: thing for thing in observed["objects"].values()}


def addresses(observed):
    return [thing["value"] for thing in observed["objects"].values() if thing["type"] == "ipv4-addr"]


PARTS = {
    part.__name__: part
    for part in (
        requests_oauthlib,
        qradar4py_help,
        qradar4py_ariel,
        qradar4py_siem,
        qradar4py_reference,
        stix_shifter_transmit,
        stix_shifter_execute,
        stix_shifter_patterns,
        pysigma_queries,
        pysigma_quotes,
    )
}


def run(part, access):
    try:
        return {"outcome": PARTS[part](access)}
    except Exception:
        return {"failed": traceback.format_exc()}


if __name__ == "__main__":
    # What the clients tell beside their answers: refusals that are wanted here.
    logging.disable()
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(run(asked["part"], asked["access"])), flush=True)
