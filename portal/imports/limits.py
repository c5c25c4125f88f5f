"""How much of a file we take, and the refusal of a file as a whole."""

LARGEST_FILE = 64 * 1024 * 1024
MOST_ROWS = 1_000_000
MOST_COLUMNS = 256
MOST_CELLS = 8_000_000
"""Of a workbook's sheet, which is unpacked into memory."""
LARGEST_UNPACKED = 512 * 1024 * 1024


class Unreadable(ValueError):
    """A file that cannot be taken at all; `code` says why, `params` what a sentence about it needs."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
