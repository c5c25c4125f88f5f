"""Playbooks: what is done, and asked, some days after a sale, an anniversary, an unhappy answer or a hand-off."""
