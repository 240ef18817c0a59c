"""Objects that show who outside a cluster sees, steers, signs or keeps something for it. No Secret is read, and of a store of secrets only where it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

from herkomst.collectors.kubernetes.kind import Item, Kind, Reduce, items, links_to, part, text
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.kubernetes import KubeObject, KubeRelation

_SCP = re.compile(r"[^/@]+@(?P<host>[^/:]+):")
"""How Git writes an SSH address (git-clone, "Git URLs")."""
IDENTITIES = (
    "eks.amazonaws.com/role-arn",
    "iam.gke.io/gcp-service-account",
    "azure.workload.identity/client-id",
)
"""Annotations by which a ServiceAccount takes on an identity at a cloud, as the documentation of EKS, GKE and AKS has them."""


def host_in(url: str) -> str:
    """Return the host that an address names, without user or port; empty where it names none, or one of the cluster itself."""
    match = _SCP.match(url)
    try:
        host = match["host"] if match else (urlsplit(url if "://" in url else f"//{url}").hostname or "")
    except ValueError:
        return ""
    host = host.rstrip(".").lower()
    is_inside = "." not in host or host.endswith((".svc", ".cluster.local", ".local"))
    return "" if is_inside and ":" not in host else host


def _hosts(urls: Iterable[str]) -> list[str]:
    return [host for host in map(host_in, urls) if host]


def _linked(found: KubeObject, relation: KubeRelation, urls: Iterable[str], **attributes: str) -> KubeObject | None:
    """Return the object with links to the hosts of its addresses; None where nothing of it leads outside."""
    links = links_to(relation, _hosts(urls))
    kept = tuple(sorted((key, value) for key, value in attributes.items() if value))
    return replace(found, links=links, attributes=kept) if links or kept else None


def _webhook(item: Item, found: KubeObject) -> KubeObject | None:
    return _linked(found, KubeRelation.CALLS, (text(hook, "clientConfig", "url") for hook in items(item, "webhooks")))


def _identity(item: Item, account: KubeObject) -> KubeObject | None:
    annotations = part(item, "metadata", "annotations")
    given = [f"{name}={text(annotations, name)}" for name in IDENTITIES if text(annotations, name)]
    return replace(account, links=links_to(KubeRelation.ACTS_AS, given)) if given else None


def _secret_store(item: Item, store: KubeObject) -> KubeObject | None:
    """Read where an External Secrets store is: the provider's name is the only key of `provider` (external-secrets.io)."""
    provider = part(item, "spec", "provider")
    name = next(iter(sorted(provider)), "")
    held = part(provider, name)
    urls = (text(held, key) for key in ("server", "vaultUrl", "url", "host", "apiUrl", "apiURL"))
    return _linked(store, KubeRelation.SECRETS_FROM, urls, provider=name, region=text(held, "region") or text(held, "location"))


def _issuer(item: Item, issuer: KubeObject) -> KubeObject | None:
    spec = part(item, "spec")
    urls = (
        text(spec, "acme", "server"),
        text(spec, "vault", "server"),
        text(spec, "venafi", "tpp", "url"),
        text(spec, "venafi", "cloud", "url"),
    )
    return _linked(issuer, KubeRelation.ISSUES, urls)


def _backup_location(item: Item, location: KubeObject) -> KubeObject | None:
    """Read a location of Velero (velero.io/docs, "Backup Storage Locations"): a provider's name, its region, or the address of another store."""
    config = part(item, "spec", "config")
    provider = text(item, "spec", "provider").rpartition("/")[2]
    region = text(config, "region") or text(config, "snapshotLocation")
    bucket = text(item, "spec", "objectStorage", "bucket")
    urls = (text(config, "s3Url"), text(config, "publicUrl"), text(config, "storageAccountURI"))
    return _linked(location, KubeRelation.BACKS_UP_TO, urls, provider=provider, region=region, bucket=bucket)


def _postgres(item: Item, cluster: KubeObject) -> KubeObject:
    """Read where CloudNativePG keeps the backups of a database (cloudnative-pg.io, "Backup")."""
    store = part(item, "spec", "backup", "barmanObjectStore")
    scheme = urlsplit(text(store, "destinationPath")).scheme
    links = links_to(KubeRelation.BACKS_UP_TO, _hosts((text(store, "endpointURL"),)))
    return replace(cluster, links=links, attributes=(("store", scheme),) if scheme else ())


def _application(item: Item, application: KubeObject) -> KubeObject | None:
    sources = [part(item, "spec", "source"), *items(item, "spec", "sources")]
    return _linked(application, KubeRelation.FETCHES, (text(source, "repoURL") for source in sources))


def _flux(item: Item, source: KubeObject) -> KubeObject | None:
    return _linked(source, KubeRelation.FETCHES, (text(item, "spec", "url"), text(item, "spec", "endpoint")))


def _package(item: Item, package: KubeObject) -> KubeObject | None:
    image = text(item, "spec", "package")
    return replace(package, images=(image,)) if image else None


def _kind(
    group: str,
    versions: tuple[str, ...],
    plural: str,
    reduce: Reduce,
    *parties: Role,
    is_namespaced: bool = True,
    roles: tuple[Role, ...] = (),
) -> Kind:
    return Kind(group, versions, plural, is_namespaced, roles, reduce, shows_parties=parties, is_custom=True)


_HOOKS = "admissionregistration.k8s.io"
_ESO, _CERT, _FLUX = "external-secrets.io", "cert-manager.io", "source.toolkit.fluxcd.io"
OUTSIDE = (
    Kind(_HOOKS, ("v1",), "mutatingwebhookconfigurations", False, reduce=_webhook, shows_parties=(Role.CONTROL_PLANE,)),
    Kind(_HOOKS, ("v1",), "validatingwebhookconfigurations", False, reduce=_webhook, shows_parties=(Role.CONTROL_PLANE,)),
    Kind("", ("v1",), "serviceaccounts", True, reduce=_identity, shows_parties=(Role.IDENTITY,)),
    _kind(_ESO, ("v1", "v1beta1"), "secretstores", _secret_store, Role.KEYS),
    _kind(_ESO, ("v1", "v1beta1"), "clustersecretstores", _secret_store, Role.KEYS, is_namespaced=False),
    _kind(_CERT, ("v1",), "issuers", _issuer, Role.CA),
    _kind(_CERT, ("v1",), "clusterissuers", _issuer, Role.CA, is_namespaced=False),
    _kind("velero.io", ("v1",), "backupstoragelocations", _backup_location, Role.BACKUP, roles=(Role.BACKUP,)),
    _kind("velero.io", ("v1",), "volumesnapshotlocations", _backup_location, Role.BACKUP, roles=(Role.BACKUP,)),
    _kind("postgresql.cnpg.io", ("v1",), "clusters", _postgres, Role.BACKUP, roles=(Role.BACKUP,)),
    _kind("argoproj.io", ("v1alpha1",), "applications", _application, Role.CONTROL_PLANE),
    _kind(_FLUX, ("v1", "v1beta2"), "gitrepositories", _flux, Role.CONTROL_PLANE),
    _kind(_FLUX, ("v1", "v1beta2"), "helmrepositories", _flux, Role.CONTROL_PLANE),
    _kind(_FLUX, ("v1", "v1beta2"), "ocirepositories", _flux, Role.CONTROL_PLANE),
    _kind(_FLUX, ("v1", "v1beta2"), "buckets", _flux, Role.CONTROL_PLANE),
    _kind("pkg.crossplane.io", ("v1",), "providers", _package, is_namespaced=False, roles=(Role.IMAGES,)),
)
