"""What a shop settles for itself: rules, limits, prices."""
