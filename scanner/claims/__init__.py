"""The judges, one for each property of a claim. Pure."""
