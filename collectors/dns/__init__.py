"""The DNS collector and its resolver client."""
