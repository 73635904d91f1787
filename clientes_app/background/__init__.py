"""What runs beside requests: the sender, the worker of imports, the daily sweep."""
