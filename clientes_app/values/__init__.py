"""Values and how they are read and written: text, numbers of phones, days, amounts, ids. Pure functions."""
