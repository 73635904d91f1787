"""The account's own fields in a file of clients: which columns hold them, and what rows say of them."""
