"""What every page and answer shares: access, forms, errors, language, the frame, and the front door."""
