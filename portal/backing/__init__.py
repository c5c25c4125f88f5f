"""Backing the sellers: what one leg asks of another, and what became of the customers that somebody handed over."""
