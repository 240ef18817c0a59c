"""Reports: one model of what may be shown, and one file for each format."""
