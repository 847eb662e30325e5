"""Judges the bundle on standard input; prints complaints, and how many observables have the id that stix2 gives them."""

import json
import sys

import stix2
from stix2validator import ValidationOptions, validate_string

OBSERVABLES = {
    "autonomous-system": stix2.AutonomousSystem,
    "domain-name": stix2.DomainName,
    "email-addr": stix2.EmailAddress,
    "file": stix2.File,
    "ipv4-addr": stix2.IPv4Address,
    "ipv6-addr": stix2.IPv6Address,
    "url": stix2.URL,
}

text = sys.stdin.read()
verdict = validate_string(text, ValidationOptions(strict=True, version="2.1"))
results = verdict if isinstance(verdict, list) else [verdict]
complaints = [str(error) for each in results for error in (each.errors or [])]
complaints += [str(warning) for each in results for warning in (each.warnings or [])]
if not all(each.is_valid for each in results) and not complaints:
    complaints = ["not valid"]

observables = same = 0
for found in json.loads(text).get("objects", []):
    if found["type"] in OBSERVABLES:
        members = {name: value for name, value in found.items() if name not in ("type", "spec_version", "id")}
        observables += 1
        same += OBSERVABLES[found["type"]](**members).id == found["id"]
print(json.dumps({"complaints": complaints, "observables": observables, "sameIds": same}))
