"""What `scripts/bench recorded` measures with: what recorded records show by themselves, and the scores."""
