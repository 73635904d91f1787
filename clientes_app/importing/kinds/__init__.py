"""What differs between an import of clients and one of a till's sales."""
