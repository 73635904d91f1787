"""Numbers that failed for good again and again: clients are proposed, and somebody of the shop decides."""
