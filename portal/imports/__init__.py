"""Imports: a firm's own file, of purchases or of customers, read, checked, explained and taken in."""
