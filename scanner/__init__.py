"""What a person or a clock starts, and the pure core that judges."""
