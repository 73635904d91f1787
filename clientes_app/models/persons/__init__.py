"""Who comes in: people, their sessions, second factors, links and tokens."""
