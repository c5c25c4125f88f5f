"""Invitations: who is asked, by which way, when, and how often at most."""
