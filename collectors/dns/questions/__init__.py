"""What is asked about a target: one module a group of questions, and one line each in `registry`."""
