"""Every kind of object that is listed: one line each. The ClusterRole in `deploy/kubernetes` is made from this, and holds nothing more."""

from __future__ import annotations

from herkomst.collectors.kubernetes.kind import Kind
from herkomst.collectors.kubernetes.kinds.machines import MACHINES
from herkomst.collectors.kubernetes.kinds.outside import OUTSIDE
from herkomst.collectors.kubernetes.kinds.traffic import TRAFFIC
from herkomst.collectors.kubernetes.kinds.volumes import VOLUMES
from herkomst.collectors.kubernetes.kinds.workloads import WORKLOADS

KINDS: tuple[Kind, ...] = (*MACHINES, *WORKLOADS, *VOLUMES, *TRAFFIC, *OUTSIDE)
