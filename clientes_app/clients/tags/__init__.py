"""Tags: their names, and which clients have them."""
