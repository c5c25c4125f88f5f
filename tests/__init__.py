"""The tests: a folder for each feature, as in `portal/`."""

import gc

gc.disable()  # until the tests begin (conftest.py): what is imported before stays, and nothing of it is garbage
