"""The sums that reports are made of, kept so that nobody looks through everything."""
