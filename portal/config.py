"""Settings from the environment, typed and checked. A bad one stops the start with a sentence that names it."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from portal.postgresql import QuickCursor

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
SHORTEST_SECRET = 32


class BadSetting(Exception):
    """A setting that the portal refuses to start with."""


@dataclass(frozen=True)
class Settings:
    """All that the environment decides. Build it with `from_environment`."""

    instance: Path
    database_url: str
    secret_key: str
    secret_key_fallbacks: tuple[str, ...] = ()
    public_url: str = "http://127.0.0.1:8000"
    trusted_proxies: int = 0
    mail_url: str = "console:"
    mail_from: str = "portal@localhost"
    redis_url: str | None = None
    port: int = 8000
    host: str = "127.0.0.1"
    web_processes: int = 1
    web_threads: int = 4
    upload_limit: int = 64 * 1024 * 1024
    document_limit: int = 10 * 1024 * 1024
    testing: bool = False
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def loopback(self) -> bool:
        """Is the public address on this machine only? Only then may cookies travel over plain HTTP."""
        return urlsplit(self.public_url).hostname in LOOPBACK

    def flask(self) -> dict[str, Any]:
        """The same, in Flask's and its extensions' own words."""
        host = urlsplit(self.public_url).hostname or ""
        return {
            "SECRET_KEY": self.secret_key,
            "SECRET_KEY_FALLBACKS": list(self.secret_key_fallbacks),
            "TESTING": self.testing,
            "TRUSTED_HOSTS": sorted({host, *LOOPBACK} if self.loopback else {host}),
            "MAX_CONTENT_LENGTH": 512 * 1024,
            "MAX_FORM_MEMORY_SIZE": 512 * 1024,
            "MAX_FORM_PARTS": 500,
            "SESSION_COOKIE_NAME": "session" if self.loopback else "__Host-session",
            "SESSION_COOKIE_SECURE": not self.loopback,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "PERMANENT_SESSION_LIFETIME": 30 * 24 * 3600,
            "SESSION_REFRESH_EACH_REQUEST": False,
            "WTF_CSRF_TIME_LIMIT": None,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(self.database_url),
            "BABEL_DEFAULT_LOCALE": "en",
            "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "portal" / "translations"),
            "RATELIMIT_STORAGE_URI": self.redis_url or "memory://",
            "RATELIMIT_STORAGE_OPTIONS": {"wrap_exceptions": True},
            "RATELIMIT_HEADERS_ENABLED": False,
            **_mail_options(self.mail_url),
            "MAIL_DEFAULT_SENDER": self.mail_from,
            **self.more,
        }


def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raises `BadSetting` with a sentence that names the variable and what it should be."""
    env = os.environ if environ is None else environ
    instance = Path(env.get("PORTAL_INSTANCE") or ROOT / "instance")
    instance = instance if instance.is_absolute() else ROOT / instance
    port = _whole_number(env, "PORT", 8000, 65535)
    return Settings(
        instance=instance,
        database_url=_database_url(env.get("PORTAL_DATABASE_URL") or f"sqlite:///{instance / 'portal.db'}"),
        secret_key=_checked_secret(env.get("PORTAL_SECRET_KEY") or _kept_secret(instance)),
        secret_key_fallbacks=tuple(
            _checked_secret(key) for key in env.get("PORTAL_SECRET_KEY_FALLBACKS", "").split(",") if key
        ),
        public_url=_public_url(env.get("PORTAL_PUBLIC_URL") or f"http://127.0.0.1:{port}"),
        trusted_proxies=_whole_number(env, "PORTAL_TRUSTED_PROXIES", 0, 10),
        mail_url=_mail_url(env.get("PORTAL_MAIL_URL") or "console:"),
        mail_from=env.get("PORTAL_MAIL_FROM") or "portal@localhost",
        redis_url=env.get("PORTAL_REDIS_URL") or None,
        port=port,
        host=env.get("PORTAL_HOST") or "127.0.0.1",
        web_processes=_whole_number(env, "PORTAL_WEB_PROCESSES", 1, 64, least=1),
        web_threads=_whole_number(env, "PORTAL_WEB_THREADS", 4, 64, least=1),
        upload_limit=_whole_number(env, "PORTAL_UPLOAD_MB", 64, 2048) * 1024 * 1024,
        document_limit=_whole_number(env, "PORTAL_DOCUMENT_MB", 10, 64, least=1) * 1024 * 1024,
    )


def _whole_number(env: Mapping[str, str], name: str, default: int, most: int, least: int = 0) -> int:
    text = env.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise BadSetting(f"{name} must be a whole number from {least} to {most}, not {text!r}.")
    return int(text)


def _checked_secret(key: str) -> str:
    if len(key) < SHORTEST_SECRET or len(set(key)) < 8:
        raise BadSetting(
            f"PORTAL_SECRET_KEY must be at least {SHORTEST_SECRET} random characters. "
            "Leave it empty and one is made and kept in the instance folder."
        )
    return key


def _kept_secret(instance: Path) -> str:
    """The key made at the first start and kept in the instance folder, readable by its owner only."""
    path = instance / "secret_key"
    try:
        instance.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    except OSError as error:
        raise BadSetting(f"PORTAL_INSTANCE {str(instance)!r} can't be written: {error.strerror}.") from error
    return path.read_text().strip()


def _database_url(url: str) -> str:
    scheme, _, rest = url.partition("://")
    if scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite":
        return url
    raise BadSetting("PORTAL_DATABASE_URL must begin with sqlite:// or postgresql://.")


def _public_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise BadSetting("PORTAL_PUBLIC_URL must look like https://portal.example.com, without a path.")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise BadSetting("PORTAL_PUBLIC_URL must be https:// unless it is on this machine.")
    return url.rstrip("/")


def _engine_options(url: str) -> dict[str, Any]:
    if url.startswith("sqlite"):
        # a connection knows of its tables what was known when it was made: it is made anew now and then
        return {"pool_recycle": 900, "connect_args": {"timeout": 15, "check_same_thread": False}}
    options = "-c lock_timeout=15000 -c statement_timeout=60000 -c idle_in_transaction_session_timeout=60000"
    connecting = {"options": options, "connect_timeout": 10, "cursor_factory": QuickCursor}
    return {"pool_pre_ping": False, "paramstyle": "numeric_dollar", "connect_args": connecting}


def _mail_url(url: str) -> str:
    _mail_options(url)
    return url


def _mail_options(url: str) -> dict[str, Any]:
    """Flask-Mailman's settings from one address: `console:`, `file:/folder`, `memory:` or `smtp(s)://user:pass@host:port`."""
    parts = urlsplit(url)
    if parts.scheme in ("console", "memory"):
        return {"MAIL_BACKEND": {"console": "console", "memory": "locmem"}[parts.scheme]}
    if parts.scheme == "file":
        return {"MAIL_BACKEND": "file", "MAIL_FILE_PATH": parts.path}
    if parts.scheme in ("smtp", "smtps", "smtp+tls") and parts.hostname:
        return {
            "MAIL_BACKEND": "portal.mail.smtp",
            "MAIL_SERVER": parts.hostname,
            "MAIL_PORT": parts.port or {"smtp": 25, "smtps": 465, "smtp+tls": 587}[parts.scheme],
            "MAIL_USERNAME": parts.username,
            "MAIL_PASSWORD": parts.password,
            "MAIL_USE_SSL": parts.scheme == "smtps",
            "MAIL_USE_TLS": parts.scheme == "smtp+tls",
            "MAIL_TIMEOUT": 20,
        }
    raise BadSetting("PORTAL_MAIL_URL must be console:, file:/folder, or smtp://, smtp+tls:// or smtps:// with a host.")
