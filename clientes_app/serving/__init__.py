"""What the server's process does beside the app: slow clients hold no thread, logs no numbers, garbage no time."""
