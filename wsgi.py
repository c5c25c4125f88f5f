"""The application, for servers and for `flask --app wsgi`."""

import gc

gc.disable()  # the portal's modules stay: to look among them for garbage, again and again, took a third of its start

from portal import create_app  # noqa: E402

app = create_app()
gc.freeze()
gc.enable()
