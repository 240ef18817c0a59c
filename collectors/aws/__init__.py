"""The inside view of AWS accounts: what their control plane says of where resources are. Needs the extra `aws` (boto3)."""
