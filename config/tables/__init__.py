"""Prefix tables: which ranges a provider publishes, who announces an address, where it is registered and located.

`rows` says what goes in, `feeds` reads it from the published files, `builder` flattens and packs it, `reader` maps the packed
file and answers, `answers` are the records it gives. Why the format is as it is: docs/decisions/0005-packed-prefix-tables.md.

For updates, `sources` declares the feeds, `gates` says what gets in, `copies` keeps what was good, and `overlay` lays it over the
embedded tables: docs/decisions/0021-updated-tables-lie-over-the-embedded.md.
"""
