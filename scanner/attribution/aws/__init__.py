"""AWS accounts from inside: what the control plane lists becomes placements, and what it did not list becomes gaps."""
