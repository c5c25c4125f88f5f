"""Messages: written with what caused them, sent by the worker."""
