"""The bench: what a page costs, as a ratio to a bare one, measured in one run. `make bench`."""
