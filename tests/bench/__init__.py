"""How fast the sender is, beside the SDK alone: `make bench`."""
