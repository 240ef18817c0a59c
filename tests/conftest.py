"""What tests of several parts share: the reference data, and real DNS servers, started once a session and stopped by their own process id."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

sys.path.append(str(Path(__file__).parent))  # so that `servers`, the package of test servers, can be imported

from servers.kubernetes_api import KubernetesApi, run_kubernetes_api, unpack_program
from servers.real import run_nsd, run_unbound, sign_zone
from servers.zones import BROKEN, PLAIN, SIGNED, corrupt

settings.register_profile(
    "herkomst", deadline=None
)  # how long an example takes is the load of the machine; pytest-timeout bounds a test
settings.load_profile("herkomst")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data beside the checkout; what needs it is skipped by name where it is absent, in CI too."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here")
    return SHARED


@pytest.fixture(scope="session", autouse=True)
def no_data_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what the person who runs the tests has stored or updated, and any cloud account or cluster, out of them."""
    os.environ["XDG_DATA_HOME"] = str(tmp_path_factory.mktemp("user"))
    os.environ["KUBECONFIG"] = str(tmp_path_factory.mktemp("kube") / "none")
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    nowhere = str(tmp_path_factory.mktemp("aws") / "none")
    os.environ |= {"AWS_CONFIG_FILE": nowhere, "AWS_SHARED_CREDENTIALS_FILE": nowhere, "AWS_EC2_METADATA_DISABLED": "true"}


@dataclass(frozen=True)
class DnsServers:
    """nsd, which is authoritative for the zones of `servers.zones`, and unbound, which resolves and validates in front of it."""

    nsd_port: int
    unbound_port: int


@pytest.fixture(scope="session")
def dns_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DnsServers]:
    """Run nsd with a plain, a signed and a damaged signed zone, and unbound with the keys of both signed ones."""
    folder = tmp_path_factory.mktemp("dns")
    signed = sign_zone(folder / "signed", "signed.example", SIGNED)
    broken = sign_zone(folder / "broken", "broken.example", BROKEN)
    zones = {"plain.example": PLAIN, "signed.example": signed.text, "broken.example": corrupt(broken.text)}
    with run_nsd(folder / "nsd", zones) as nsd:
        # nsd serves neither lame.example nor anything else: it refuses, as a lame server does
        stubs = dict.fromkeys((*zones, "lame.example"), nsd.port)
        with run_unbound(folder / "unbound", stubs, (signed.trust_anchor, broken.trust_anchor)) as unbound:
            yield DnsServers(nsd.port, unbound.port)


@pytest.fixture(scope="module")
def kubernetes_api(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KubernetesApi]:
    """Run a real kube-apiserver with its etcd for the tests of one file."""
    with run_kubernetes_api(tmp_path_factory.mktemp("kubernetes"), unpack_program(shared / "bin" / "kube-apiserver.xz")) as api:
        yield api
