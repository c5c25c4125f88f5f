"""Testimonials: what customers said of us that may be quoted, where, and since when."""
