"""The command line: one module a command, registered in `main`. Modules import what they need when they run, not before."""
