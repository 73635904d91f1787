"""Finding clients: what can be asked, how it is read, and how the list pages through what is found."""
