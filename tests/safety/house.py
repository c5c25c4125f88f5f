"""Every door of the house: its routes, and what the database holds, for tests that try them all."""

import hashlib
from collections.abc import Iterator

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from portal.extensions import db

PUBLIC = {
    "static",
    "health.show",
    "settings.accent_css",
    "settings.first_run",
    "settings.make_firm",
    "users.sign_in",
    "users.open_session",
}
"""Endpoints that anybody may call. Those of links that come by mail add themselves below."""
BY_LINK = {
    "users.forgotten",
    "users.send_reset",
    "users.reset",
    "users.set_password",
    "users.invitation",
    "users.accept",
    "answers.ask",
    "answers.answer",
    "answers.thanks",
    "answers.add",
    "answers.not_me",
    "answers.disavow",
    "answers.leave",
    "answers.opt_out",
    "answers.privacy",
    "promises.show",
    "promises.say",
    "mornings.ask",
    "mornings.switch_off",
}
BY_NONCE = {
    "answers.answer",
    "answers.add",
    "answers.disavow",
    "answers.opt_out",
    "promises.say",
    "mornings.switch_off",
}
"""Endpoints of links whose forms know no session: instead of its token they carry a nonce, or want something chosen."""
LIST = "due"
"""The list that stands for all of them."""


def rules(app: Flask, method: str) -> Iterator[Rule]:
    """The routes that answer that method, static files aside."""
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and rule.endpoint != "static":
            yield rule


def address(app: Flask, rule: Rule, value: object = 1) -> str:
    """The rule's path with each of its parts set to the value; a `name` is one of the lists'."""
    with app.test_request_context():
        parts = dict.fromkeys(rule.arguments, value) | ({"name": LIST} if "name" in rule.arguments else {})
        return app.url_map.bind("localhost").build(rule.endpoint, parts, method=next(iter(rule.methods or {"GET"})))


def raw_address(rule: Rule, value: str) -> str:
    """The rule's path with its parts replaced by that text, whatever it is."""
    path = rule.rule
    while "<" in path:
        start, end = path.index("<"), path.index(">")
        path = path[:start] + value + path[end + 1 :]
    return path


def database_digest() -> str:
    """A digest of every row of every table, heartbeats aside (the worker writes those by itself)."""
    digest = hashlib.sha256()
    for table in db.metadata.sorted_tables:
        if table.name != "heartbeats":
            rows = db.session.execute(select(table).order_by(*table.primary_key.columns)).all()
            digest.update(repr((table.name, [tuple(row) for row in rows])).encode())
    db.session.rollback()
    return digest.hexdigest()
