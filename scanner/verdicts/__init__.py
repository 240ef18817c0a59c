"""Verdicts: from claims and placements to judged claims. Pure."""
