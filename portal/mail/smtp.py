"""Flask-Mailman's SMTP, except that a mail server that asks for encryption must also show who it is."""

import smtplib
import ssl
from typing import Any

from flask_mailman.backends import smtp


class _Checked(smtplib.SMTP):
    """SMTP whose STARTTLS looks at the server's certificate, which Python's does not unless it is told to."""

    def starttls(  # type: ignore[override]  # the other arguments went with Python 3.12
        self, *, context: ssl.SSLContext | None = None
    ) -> tuple[int, bytes]:
        """Go on encrypted, or not at all."""
        return super().starttls(context=context or ssl.create_default_context())


class EmailBackend(smtp.EmailBackend):
    """What `MAIL_BACKEND = "portal.mail.smtp"` names."""

    @property
    def connection_class(self) -> Any:
        """Encrypted from the first word on, or by STARTTLS."""
        return smtplib.SMTP_SSL if self.use_ssl else _Checked
