"""Real servers on loopback, for the demonstration and the tests."""
