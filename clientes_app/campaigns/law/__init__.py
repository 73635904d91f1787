"""What the law of advertising means for a campaign before it is sent: its kind, and when it would go out."""
