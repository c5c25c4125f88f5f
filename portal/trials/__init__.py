"""Trials: a random share of a list is left untouched for a while, to see what the calls change."""
