"""What is behind the figures of reports: the messages, the purchases and the opt-outs that they count."""
