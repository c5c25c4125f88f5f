"""Lists: sets of customers who need somebody's attention, with the reason for each, and what is done with them."""
