"""Starts and stops the sender beside the app."""

from __future__ import annotations

from flask import Flask


def start_sender(app: Flask) -> None:
    """Start the thread that sends."""
