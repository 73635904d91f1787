"""Sales to clients: recording, editing, deleting."""
