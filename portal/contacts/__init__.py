"""The persons at a customer."""
