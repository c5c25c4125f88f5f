"""The colleagues who sign in, their roles, their sessions, and how they get in and out."""

from flask import Blueprint

users = Blueprint("users", __name__)
"""The room's addresses: those of signed-in users are in `views`, those of people who are nobody yet in `public`."""
