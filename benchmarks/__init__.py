"""Benchmarks, one module a name, run by scripts/bench NAME."""
