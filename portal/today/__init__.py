"""The morning list: whom to call and why. It only reads other features' queries."""
