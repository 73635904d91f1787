"""The text and the number of an SMS, as pure functions: no web, no database."""
