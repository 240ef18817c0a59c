"""Sessions and clients: one session an account, one client a service and Region, made under a lock and kept.

Making a client reads its model from disk (5-220 ms for the first of a service) and is not safe between threads; using one is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import DeferredRefreshableCredentials
from botocore.exceptions import CredentialRetrievalError
from botocore.loaders import Loader
from herkomst.collectors.aws.access import DEFAULT_REGIONS, Access, Hop

CONNECT_S, READ_S = 5, 20
ATTEMPTS = 3
SESSION_NAME = "herkomst"
"""Under which the account's own trail lists what was asked."""
DURATION_S = 3600
_CREATION = threading.Lock()
"""Clients of all sessions are made one at a time: they share what the SDK reads from disk."""


@dataclass
class AccountSession:
    """The session of one account, and the clients made from it."""

    session: boto3.Session
    partition: str
    clients: dict[tuple[str, str], Any] = field(default_factory=dict)
    regions: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    def client(self, service: str, region: str) -> Any:
        """Return the client of a service in a Region; safe to call from any thread."""
        with _CREATION:
            known = self.clients.get((service, region))
            if known is None:
                known = self.session.client(service, region_name=region, config=_config(service))
                self.clients[service, region] = known
            return known

    def release(self, region: str) -> None:
        """Let go of the clients of a Region that has been read: those of fifty services hold 13 MB. One that is asked for later is made anew."""
        with _CREATION:
            read = [key for key in self.clients if key[1] == region]
            clients = [self.clients.pop(key) for key in read]
        for client in clients:
            client.close()

    @property
    def main_region(self) -> str:
        """Where the partition answers for a whole account."""
        return DEFAULT_REGIONS.get(self.partition) or self.session.get_available_regions("ec2", self.partition)[0]

    def has_region(self, region: str) -> bool:
        """Say whether a Region is of the account's partition, by the SDK's table."""
        return region in self._regions_of("ec2")

    def offers(self, service: str, region: str) -> bool:
        """Say whether a service exists in a Region, by the SDK's table.

        A Region that the table lacks, and a service that it has in no partition, are asked. One that it has in other partitions alone has no
        host in this one: asking would only leave its roles open for ever.
        """
        if region in (known := self._regions_of(service)) or not self.has_region(region):
            return True
        return not known and not any(self._regions_of(service, other) for other in self.session.get_available_partitions())

    def _regions_of(self, service: str, partition: str = "") -> frozenset[str]:
        """Return where the SDK's table has a service, in the account's own partition or another. The SDK searches its whole table each time, so the answer is kept."""
        partition = partition or self.partition
        with _CREATION:
            known = self.regions.get((service, partition))
            if known is None:
                known = frozenset(self.session.get_available_regions(service, partition))
                self.regions[service, partition] = known
            return known


class Sessions:
    """The sessions of a run. The SDK finds the first credentials by itself; `AWS_ENDPOINT_URL` and the like are its own as well."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: dict[Access, AccountSession] = {}
        self._loader: Loader | None = None

    def open(self, access: Access) -> AccountSession:
        """Return the session of an account; no call is made before it is used. Raises the SDK's own errors for a profile that is not there."""
        with self._lock:
            known = self._sessions.get(access)
            if known is None:
                known = self._sessions[access] = self._make(access)
            return known

    def close(self) -> None:
        """Close the connections of every client."""
        with self._lock:
            for session in self._sessions.values():
                for client in session.clients.values():
                    client.close()
            self._sessions.clear()

    def _make(self, access: Access) -> AccountSession:
        base = self._begin(botocore.session.get_session())
        region = base.get_config_variable("region")
        partition = access.partition or (base.get_partition_for_region(region) if region else "aws")
        fits = region and base.get_partition_for_region(region) == partition
        session = boto3.Session(botocore_session=base, region_name=region if fits else DEFAULT_REGIONS.get(partition))
        for hop in access.hops:
            session = _through(hop, AccountSession(session, partition), self._begin(botocore.session.Session()))
        return AccountSession(session, partition)

    def _begin(self, session: botocore.session.Session) -> botocore.session.Session:
        """Let a session share what the others have read from disk: the models of all services take a second and a half, and tens of megabytes."""
        if self._loader is None:
            self._loader = session.get_component("data_loader")
        session.register_component("data_loader", self._loader)
        session.get_component("credential_provider").get_provider("assume-role")._prompter = _refuse_to_ask
        return session


def _refuse_to_ask(_: str) -> str:
    """Stand where the SDK would ask for a code: in the middle of a scan, and with no end to its waiting."""
    advice = "the profile asks for an MFA code; get keys for a session first, with aws sts get-session-token"
    raise CredentialRetrievalError(provider="assume-role", error_msg=advice)


def _through(hop: Hop, origin: AccountSession, session: botocore.session.Session) -> boto3.Session:
    """Return a session of the role behind a hop; its credentials are fetched when first used, and again before they run out."""
    session._credentials = DeferredRefreshableCredentials(refresh_using=_assume(hop, origin), method="assume-role")
    region = origin.session.region_name or origin.main_region
    return boto3.Session(botocore_session=session, region_name=region)


def _assume(hop: Hop, origin: AccountSession) -> Callable[[], dict[str, str]]:
    def fetch() -> dict[str, str]:
        arguments: dict[str, Any] = {"RoleArn": hop.role_arn, "RoleSessionName": SESSION_NAME, "DurationSeconds": DURATION_S}
        if hop.external_id:
            arguments["ExternalId"] = hop.external_id
        client = origin.client("sts", origin.session.region_name or origin.main_region)
        given = client.assume_role(**arguments)["Credentials"]
        return {
            "access_key": given["AccessKeyId"],
            "secret_key": given["SecretAccessKey"],
            "token": given["SessionToken"],
            "expiry_time": given["Expiration"].isoformat(),
        }

    return fetch


def _config(service: str) -> Config:
    """Return how a client behaves: bounded waits, and a budget of retries that it shares over its calls (retry mode `standard`)."""
    addressing = {"s3": {"addressing_style": "auto"}} if service == "s3" else {}
    return Config(
        connect_timeout=CONNECT_S,
        read_timeout=READ_S,
        retries={"mode": "standard", "max_attempts": ATTEMPTS},
        max_pool_connections=16,
        **addressing,
    )
