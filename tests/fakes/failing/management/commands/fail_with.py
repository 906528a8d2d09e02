"""A command that fails with what it was given."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("word")

    def handle(self, *, word: str, **_: object) -> None:
        raise RuntimeError(word)
