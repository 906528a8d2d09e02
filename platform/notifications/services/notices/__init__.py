"""Mails that rooms below ask for: about accounts, addresses, sign-ups and workplaces."""
