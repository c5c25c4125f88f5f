"""Events: a customer's history and the firm's audit trail, one append-only record."""
