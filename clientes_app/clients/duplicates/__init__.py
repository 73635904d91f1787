"""Clients that may be one: found, compared, merged or set apart."""
