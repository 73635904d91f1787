"""The tables of staged rows, in a SQLite file of each import or in PostgreSQL, for the same statements."""
