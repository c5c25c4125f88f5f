"""The buying centre: who takes part in a purchase there, where our firm stands with them, and who talks to whom."""
