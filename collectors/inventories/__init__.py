"""Inventories that a holder exports: Terraform state, Azure Resource Graph, GCP Cloud Asset Inventory, OpenStack lists."""
