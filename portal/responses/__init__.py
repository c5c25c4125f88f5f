"""Responses: what came back, how it comes in, and what it sets in motion."""
