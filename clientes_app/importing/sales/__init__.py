"""A till's sales on their way into an account: what rows say, whose they are, storing and taking them back."""
