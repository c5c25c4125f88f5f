"""Possible duplicates are offered, and two customers become one without losing anything."""
