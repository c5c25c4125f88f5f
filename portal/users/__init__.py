"""The colleagues who sign in, their roles, their sessions, and how they get in and out."""
