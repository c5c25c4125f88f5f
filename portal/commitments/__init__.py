"""What is promised between us and a customer, and what became of it."""
