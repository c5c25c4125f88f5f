"""What the firm decides for itself: its name, colour, language, currency, time zone and limits."""
