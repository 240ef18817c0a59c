"""The least role that reads a cluster, as a manifest: made from the kinds that are listed, so that it holds each of them and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from herkomst.collectors.kubernetes.kind import Kind
from herkomst.collectors.kubernetes.rights import cluster_rules

ROLE_NAME = "herkomst-read"
_HEAD = """\
# What Herkomst reads of a cluster: the lists that it asks for, and no Secret, no ConfigMap, no write. Written by scripts/build-cluster-role.
# For one namespace only, bind the same rules by a Role there; nodes and volumes belong to no namespace and stay unread then.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {name}
  labels: {{app.kubernetes.io/name: herkomst}}
rules:
"""


def cluster_role(kinds: Iterable[Kind]) -> str:
    """Return the ClusterRole as YAML."""
    rules = []
    for rule in cluster_rules(kinds):
        plurals = "".join(f"\n      - {plural}" for plural in rule["resources"])
        rules.append(f'  - apiGroups: ["{rule["apiGroups"][0]}"]\n    resources:{plurals}\n    verbs: [list]\n')
    return _HEAD.format(name=ROLE_NAME) + "".join(rules)
