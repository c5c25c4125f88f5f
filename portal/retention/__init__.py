"""Retention: who is likely to buy again, who is slipping away, and how well the firm can know it.

The mathematics stand in modules of their own, which know neither the web nor the database: they take and give NumPy
arrays. NumPy and SciPy are imported by these modules alone, and these modules only where something is computed, so
that the web processes do without them.
"""
