"""An account's own fields: what there are, what they say of each client, and asking for it."""
