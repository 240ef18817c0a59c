"""Collectors: each asks one kind of source and returns observations, leads and failures."""
