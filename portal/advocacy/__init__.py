"""Advocacy: customers who bring others, and who may be quoted."""
