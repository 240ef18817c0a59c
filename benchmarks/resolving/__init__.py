"""The clients that `scripts/bench dns` compares, and the zone they are asked about."""
