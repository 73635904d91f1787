"""How a text file is written: what it is at all, its encoding, what parts its cells, its quotation marks."""
