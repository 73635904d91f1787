"""The database: transactions, many rows at once, the planner, pages of lists, and who works on it."""

from . import transactions  # noqa: F401  (registers what is done at each connection and at each BEGIN)
