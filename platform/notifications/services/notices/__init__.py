"""Mails that rooms below ask for: about accounts, addresses, backups, sign-ups and workplaces."""
