"""How fast messages go: the pace that is kept, and the speed that is reached."""
