"""The demo firm: believable people, two years of history, told through the verbs that the present uses."""
