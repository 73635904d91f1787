"""The people of a shop, and what each may do."""
