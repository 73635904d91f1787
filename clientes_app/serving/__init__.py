"""How the server treats clients that are slow to send or to take: a thread is for work, not for waiting."""
