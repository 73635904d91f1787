"""The second factor: a code from an app, recovery codes, passkeys."""
