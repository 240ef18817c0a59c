"""The formats that are read: one line each."""

from __future__ import annotations

from herkomst.collectors.inventories import azure, gcp, openstack, terraform
from herkomst.collectors.inventories.format import Format

FORMATS: tuple[Format, ...] = (
    terraform.FORMAT,
    azure.FORMAT,
    gcp.FORMAT,
    openstack.FORMAT,
)
