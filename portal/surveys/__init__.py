"""Surveys: the questions we ask, and what the answers add up to."""
