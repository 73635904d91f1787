"""The description of the JSON endpoints."""
