"""What stands in front of the laboratory's AWS: it denies, throttles, delays and counts calls, whatever protocol a service speaks.

A request is told apart by the scope of its signature (`Credential=KEY/DATE/REGION/SERVICE/aws4_request`, Signature Version 4) and, where
the protocol puts no operation in it, by the URI templates of the SDK's own service model.
"""

from __future__ import annotations

import io
import json
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, TypeAlias
from urllib.parse import parse_qs

import botocore.session

Environment: TypeAlias = "dict[str, Any]"
StartResponse: TypeAlias = "Callable[[str, list[tuple[str, str]]], object]"
Application: TypeAlias = "Callable[[Environment, StartResponse], Iterable[bytes]]"

_SCOPE = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")
_CLIENT = {
    "airflow": "mwaa",
    "aoss": "opensearchserverless",
    "aps": "amp",
    "cassandra": "keyspaces",
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elbv2",
    "elasticmapreduce": "emr",
    "es": "opensearch",
    "timestream": "timestream-write",
}
"""Names in a signature that differ from the SDK's name of the client."""
_TEMPORARY = "ASIA"
"""What the access keys of an assumed role begin with (IAM user guide, "IAM identifiers")."""
RULES_PATH, CALLS_PATH = "/herkomst-lab/rules", "/herkomst-lab/calls"


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens to calls; the first four fields are globs. It waits `wait_s`, and answers with the error `code` or with `body`, if any.

    `action` is the operation (`DescribeVolumes`), `service` the name in the signature, `key` the access key. A body is as the service's
    own protocol has it: XML, or JSON.
    """

    service: str = "*"
    region: str = "*"
    action: str = "*"
    key: str = "*"
    code: str = ""
    status: int = 403
    body: str = ""
    wait_s: float = 0.0
    asking: str = ""
    """What the request's body or query has to hold, such as the token of a page."""

    def meets(self, call: Call) -> bool:
        """Say whether the rule speaks of a call."""
        pairs = ((call.service, self.service), (call.region, self.region), (call.action, self.action), (call.key, self.key))
        return self.asking in call.body and all(fnmatchcase(value, glob) for value, glob in pairs)


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as its signature and protocol name it."""

    key: str
    region: str
    service: str
    action: str
    body: str = ""


class Gate:
    """A WSGI application around another one. `POST /herkomst-lab/rules` sets the rules, `GET /herkomst-lab/calls` lists the calls since.

    `account` is the account of every key but the temporary ones of an assumed role.
    """

    def __init__(self, application: Application, account: str) -> None:
        self._application = application
        self._account = account
        self._lock = threading.Lock()
        self._rules: tuple[Rule, ...] = ()
        self._calls: list[Call] = []

    def __call__(self, environment: Environment, start: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path = environment["PATH_INFO"]
        if path == RULES_PATH:
            given = json.loads(environment["wsgi.input"].read(int(environment.get("CONTENT_LENGTH") or 0)))
            with self._lock:
                self._rules, self._calls = tuple(Rule(**rule) for rule in given), []
            return _respond(start, 200, "application/json", "{}")
        if path == CALLS_PATH:
            with self._lock:
                listed = [[call.key, call.region, call.service, call.action] for call in self._calls]
            return _respond(start, 200, "application/json", json.dumps(listed))
        call = read_call(environment)
        if call is None:
            return self._application(environment, start)
        with self._lock:
            self._calls.append(call)
            rules = self._rules
        rule = next((rule for rule in rules if rule.meets(call)), None)
        if rule is not None and rule.wait_s:
            time.sleep(rule.wait_s)
        if rule is not None and rule.code:
            return _refuse(start, call, rule)
        if rule is not None and rule.body:
            return _respond(start, 200, "text/xml" if rule.body.startswith("<") else "application/json", rule.body)
        if not call.key.startswith(_TEMPORARY):  # moto knows the account of a key that it gave away itself
            environment["HTTP_X_MOTO_ACCOUNT_ID"] = self._account
        try:
            return self._application(environment, start)
        except NotImplementedError:  # what moto lacks is refused, as AWS refuses an operation that does not exist
            return _refuse(start, call, Rule(code="UnknownOperationException", status=400))


def read_call(environment: Environment) -> Call | None:
    """Return the call that a request makes; None where it is not signed. What was read of the body is put back."""
    match = _SCOPE.search(environment.get("HTTP_AUTHORIZATION", ""))
    if match is None:
        return None
    key, region, service = match.groups()
    length = int(environment.get("CONTENT_LENGTH") or 0)
    content = environment["wsgi.input"].read(length) if length else b""
    environment["wsgi.input"] = io.BytesIO(content)
    body = content.decode("utf-8", "replace")
    action = environment.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    if not action and environment.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        action = parse_qs(body).get("Action", [""])[0]
    if not action:
        parameters = frozenset(parse_qs(environment.get("QUERY_STRING", ""), keep_blank_values=True))
        action = _operation_at(service, environment["REQUEST_METHOD"], _path_of(environment), parameters)
    return Call(key, region, service, action, body + environment.get("QUERY_STRING", ""))


def _path_of(environment: Environment) -> str:
    """Return the path as it was sent: an ARN in it has slashes of its own, which are no longer encoded in PATH_INFO."""
    return str(environment.get("RAW_URI", environment["PATH_INFO"])).partition("?")[0]


def _operation_at(service: str, method: str, path: str, parameters: frozenset[str]) -> str:
    """Return the operation whose URI template fits best: the one that fixes most of the path and of the parameters."""
    fitting = [
        (len(fixed), weight, -len(name), name)
        for name, verb, pattern, fixed, weight in _templates(service)
        if verb == method and pattern.fullmatch(path) and fixed <= parameters
    ]
    return max(fitting)[-1] if fitting else f"{method} {path}"


@cache
def _templates(service: str) -> tuple[tuple[str, str, re.Pattern[str], frozenset[str], int], ...]:
    model = botocore.session.get_session().get_service_model(_CLIENT.get(service, service))
    found = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path, _, query = http["requestUri"].partition("?")
        pattern = re.compile("".join(_piece(piece) for piece in re.split(r"(\{[^}]+\})", path)) + "/?")
        fixed = frozenset(parse_qs(query, keep_blank_values=True)) - {"x-id"}
        found.append((name, http["method"], pattern, fixed, len(re.sub(r"\{[^}]+\}", "", path))))
    return tuple(found)


def _piece(piece: str) -> str:
    if not piece.startswith("{"):
        return re.escape(piece)
    return ".+" if piece.endswith("+}") else "[^/]+"


def _refuse(start: StartResponse, call: Call, rule: Rule) -> Iterable[bytes]:
    """Answer with an error in the service's own protocol."""
    message = f"not allowed in this laboratory: {call.service}:{call.action}"
    protocol = botocore.session.get_session().get_service_model(_CLIENT.get(call.service, call.service)).metadata["protocol"]
    inner = f"<Code>{rule.code}</Code><Message>{message}</Message>"
    if protocol == "ec2":
        body = f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>r</RequestID></Response>"
    elif call.service == "s3":
        body = f"<Error>{inner}</Error>"
    elif protocol in ("query", "rest-xml"):
        body = f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error><RequestId>r</RequestId></ErrorResponse>"
    else:
        return _respond(start, rule.status, "application/json", json.dumps({"__type": rule.code, "message": message}), rule.code)
    return _respond(start, rule.status, "text/xml", body)


def _respond(start: StartResponse, status: int, media_type: str, body: str, error: str = "") -> Iterable[bytes]:
    encoded = body.encode()
    headers = [("Content-Type", media_type), ("Content-Length", str(len(encoded)))]
    if error:
        headers.append(("x-amzn-errortype", error))
    start(f"{status} {'OK' if status == 200 else 'Refused'}", headers)
    return [encoded]
