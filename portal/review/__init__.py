"""The weekly review: how the relay ran from first prospect to repurchase, and what to do better next week."""
