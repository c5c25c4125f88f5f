"""The ledger of sales, and the figures derived from it."""
