"""Files of clients: their cells, columns and rows, read without anything of the app, in a process that stays small."""
