"""The tests: a folder for each feature, as in `portal/`."""
