"""The two-sided ledger: the promises between us as a contact sees them, and what the contact says about them."""
