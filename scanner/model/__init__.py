"""The records that all parts speak: frozen values without behaviour of their own.

Import from the module that defines a record; this package re-exports nothing, so that an import says where to look.
"""
