"""The sender: takes messages from the outbox, hands them to Twilio once, and records what is known."""
