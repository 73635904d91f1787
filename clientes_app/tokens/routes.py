"""Tokens with which programs call the JSON endpoints."""
