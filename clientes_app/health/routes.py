"""Whether the app is alive, and ready."""
