"""Imports as the pages show them."""
