"""Objections: what customers object, the firm's best answers to it, and what followed when they were given."""
