"""The relay: a customer is the baton, held by a leg and by a runner, and handed on from one to the next."""
