"""The collector for Kubernetes clusters."""
