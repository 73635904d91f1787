"""What a browser shows in place of a server that it cannot reach."""
