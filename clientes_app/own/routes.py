"""A person's own account: name, password, language, theme, sessions."""
