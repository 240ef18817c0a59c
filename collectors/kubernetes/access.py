"""How a cluster is reached: a context of the kubeconfig, the service account of the pod we run in, or a server with its token and authority.

All of it goes through the official client. The server's certificate is always checked: a configuration that switches the check off is refused,
and so is plain HTTP to any machine but this one. Tokens and keys stay in the client's configuration and are never put in evidence.
"""

from __future__ import annotations

import ipaddress
import os
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from herkomst.collectors.kubernetes.plugin import PluginFailed, run_plugin
from herkomst.scanner.model.kubernetes import read_scope
from herkomst.scanner.model.target import Target
from kubernetes.client import ApiClient, Configuration
from kubernetes.config import kube_config
from kubernetes.config.config_exception import ConfigException
from kubernetes.config.incluster_config import InClusterConfigLoader

IN_CLUSTER = "in-cluster"
"""As a context: the service account of the pod that this runs in, unless the kubeconfig has a context of that name."""
PLUGIN_S = 30.0
"""A credential plug-in may take so long; one that asks a cloud for a token needs a second or two."""
SERVER, TOKEN_FILE, CA_FILE = "server", "token_file", "ca_file"
_SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


class NoAccess(Exception):
    """The cluster cannot be reached as declared; the text is one sentence with its remedy."""


@dataclass(frozen=True, slots=True)
class Access:
    """The declared way to a cluster, and the namespace that is read of it; empty for all."""

    context: str
    namespace: str
    server: str = ""
    token_file: str = ""
    ca_file: str = ""


def read_access(target: Target) -> Access:
    """Return how the cluster of a target is reached."""
    scope, given = read_scope(target.value), dict(target.access)
    return Access(scope.cluster, scope.namespace, given.get(SERVER, ""), given.get(TOKEN_FILE, ""), given.get(CA_FILE, ""))


def open_client(access: Access, plugin_s: float = PLUGIN_S) -> ApiClient:
    """Return a client of the cluster; it may run a credential plug-in. Raises NoAccess."""
    configuration = Configuration()
    configuration.retries = False  # we retry ourselves, within a budget; and a redirect is not followed with a token in hand
    try:
        _configure(access, configuration, plugin_s)
    except (ConfigException, PluginFailed) as error:
        raise NoAccess(_one_line(error)) from error
    except (OSError, yaml.YAMLError, ValueError, TypeError, KeyError, AttributeError) as error:
        # whatever a kubeconfig holds that is not of its form: the client takes its parts without looking at them
        raise NoAccess(f"the kubeconfig cannot be used ({type(error).__name__}: {_one_line(error)})") from error
    _check_server(configuration)
    return ApiClient(configuration)


def list_contexts() -> tuple[str, ...]:
    """Return the names of all contexts of the kubeconfig; raises NoAccess where there is none, or nothing in it."""
    try:
        names = _context_names(_kubeconfig())
    except (ConfigException, OSError, yaml.YAMLError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NoAccess(f"the kubeconfig cannot be used ({type(error).__name__}: {_one_line(error)})") from error
    if not names:
        raise NoAccess("the kubeconfig has no contexts; set KUBECONFIG, or declare each cluster")
    return tuple(sorted(names))


def _kubeconfig() -> Any:
    paths = os.environ.get("KUBECONFIG", kube_config.KUBE_CONFIG_DEFAULT_LOCATION)
    return kube_config.KubeConfigMerger(paths).config


def _context_names(config: Any) -> list[str]:
    return [item["name"] for item in (config.value.get("contexts") or [])] if config is not None else []


def host_of(client: ApiClient) -> str:
    """Return the host of the API server."""
    return urlsplit(client.configuration.host).hostname or ""


def _configure(access: Access, configuration: Configuration, plugin_s: float) -> None:
    if access.server:
        _configure_server(access, configuration)
        return
    config = _kubeconfig()
    names = _context_names(config)
    if access.context == IN_CLUSTER and IN_CLUSTER not in names:
        InClusterConfigLoader(_SERVICE_ACCOUNT / "token", _SERVICE_ACCOUNT / "ca.crt").load_and_set(configuration)
        return
    if config is None:
        raise NoAccess("there is no kubeconfig; set KUBECONFIG, or declare server, token_file and ca_file")
    if access.context not in names:
        known = ", ".join(sorted(names)) or "none"
        raise NoAccess(f"the kubeconfig has no context {access.context!r}; it has: {known}")
    _ask_plugin(config, access.context, plugin_s)
    loader = kube_config.KubeConfigLoader(config_dict=config, active_context=access.context)
    loader.load_and_set(configuration)


def _configure_server(access: Access, configuration: Configuration) -> None:
    configuration.host = access.server.rstrip("/")
    if access.ca_file:
        if not Path(access.ca_file).is_file():
            raise NoAccess(f"ca_file {access.ca_file} is not there")
        configuration.ssl_ca_cert = access.ca_file
    if access.token_file:
        token = Path(access.token_file).read_text(encoding="utf-8").strip()
        if not token:
            raise NoAccess(f"token_file {access.token_file} is empty")
        configuration.api_key["BearerToken"] = f"Bearer {token}"


def _ask_plugin(config: Any, context: str, seconds: float) -> None:
    """Run the credential plug-in of a context's user, if it has one, and put what it gave in its place."""
    chosen = config["contexts"].get_with_name(context)["context"]
    user = config["users"].get_with_name(chosen["user"], safe=True) if chosen.safe_get("user") else None
    plugin = user["user"].safe_get("exec") if user is not None and user.safe_get("user") else None
    if user is None or not isinstance(plugin, dict):
        return
    cluster = config["clusters"].get_with_name(chosen["cluster"])
    found = run_plugin(plugin, cluster["cluster"].value, Path(cluster.path or ".").resolve().parent, seconds)
    value = user["user"].value
    del value["exec"]
    if found.token:
        value["token"] = found.token
    else:
        value["client-certificate-data"] = b64encode(found.certificate.encode()).decode()
        value["client-key-data"] = b64encode(found.key.encode()).decode()


def _check_server(configuration: Configuration) -> None:
    if not configuration.verify_ssl:
        raise NoAccess(
            "the kubeconfig switches the check of the server's certificate off; give the certificate authority instead"
        )
    parts = urlsplit(configuration.host)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and parts.hostname and _is_this_machine(parts.hostname):
        return  # such as kubectl proxy, which has its own way to the cluster
    raise NoAccess(f"the server {configuration.host!r} is not reached by HTTPS; a token would be readable on the way")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
