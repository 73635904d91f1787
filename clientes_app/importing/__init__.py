"""Importing a shop's client list: upload, columns, a dry run, apply, undo."""
