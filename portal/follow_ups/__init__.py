"""Touches of a customer, planned and done: one table, logged in two interactions."""
