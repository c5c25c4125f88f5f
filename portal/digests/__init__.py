"""The morning digest: what waits for each user, and what clients answered, by mail."""
