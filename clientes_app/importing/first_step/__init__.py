"""The first step of an import: how the file is read, and what its columns hold."""
