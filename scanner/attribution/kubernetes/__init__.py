"""Attribution of what a Kubernetes cluster says of itself."""
