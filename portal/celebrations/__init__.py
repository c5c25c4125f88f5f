"""Celebrations: what went well, on a wall for the team, with what to do about it."""
