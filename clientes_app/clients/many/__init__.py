"""What is done to many clients at once, batch by batch, and their export."""
