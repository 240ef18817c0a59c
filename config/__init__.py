"""Settings, declarations and knowledge, with their data files."""
