"""ThreatQ's clients from PyPI against the sandbox, one per call: `threatq.py NAME`, access as JSON on standard input.

Prints what came of it as one line of JSON. What the client sent is in the sandbox's log.
"""

import json
import os
import sys

# The sandbox speaks http on loopback; both libraries insist on https without this.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session


def requests_oauthlib(access):
    """Client credentials as a form with Basic; the library writes `Bearer` whatever the server calls its token type."""
    client_id, secret = access["privateClientId"], access["privateClientSecret"]
    session = OAuth2Session(client=BackendApplicationClient(client_id=client_id))
    token = session.fetch_token(access["baseUrl"] + "/api/token", client_id=client_id, client_secret=secret)
    return outcome(token, session, access)


def authlib_client(access):
    """Client credentials as a form with Basic, then a refresh as a form with Basic."""
    session = AuthlibSession(
        access["privateClientId"], access["privateClientSecret"], token_endpoint_auth_method="client_secret_basic"
    )
    url = access["baseUrl"] + "/api/token"
    token = session.fetch_token(url, grant_type="client_credentials")
    before = outcome(token, session, access)
    renewed = session.refresh_token(url, refresh_token=token["refresh_token"])
    return {**before, "renewed": renewed["access_token"] != token["access_token"], "after": status(session, access)}


def authlib_password(access):
    """The password as a form, without authentication of the client."""
    session = AuthlibSession(access["clientId"], token_endpoint_auth_method="none")
    url = access["baseUrl"] + "/api/token"
    token = session.fetch_token(url, grant_type="password", email=access["email"], password=access["password"])
    return outcome(token, session, access)


def outcome(token, session, access):
    return {
        "token": bool(token["access_token"]),
        "expires": token["expires_in"] > 0,
        "refresh": "refresh_token" in token,
        "status": status(session, access),
    }


def status(session, access):
    answer = session.get(access["baseUrl"] + "/api/indicators?limit=1")
    return answer.status_code if "data" in answer.json() else None


CLIENTS = {each.__name__: each for each in (requests_oauthlib, authlib_client, authlib_password)}

if __name__ == "__main__":
    print(json.dumps(CLIENTS[sys.argv[1]](json.load(sys.stdin))))
