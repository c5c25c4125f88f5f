"""The firms and persons who buy: found, shown, changed, archived, tagged."""
