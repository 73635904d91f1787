"""Everything about one client: handed out, or erased."""
