"""Calls that schemathesis makes up when their test begins.

Left alone it makes them up while tests are collected: in each process of a run, and in runs that leave these tests
out. That takes longer than to collect all other tests of the API.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from inspect import signature
from typing import Any, NoReturn

import pytest
from schemathesis.pytest import _test_builder

build_now = _test_builder.build_operation_test
BUILD = "build_from_calls"


def build_late(*, test_func: Callable[..., object], **options: Any) -> Callable[..., object]:
    """Return what stands for a test until it begins; it asks for the fixtures of ``test_func``."""

    @wraps(test_func)
    def stand_in(**fixtures: object) -> NoReturn:
        pytest.fail("the calls of this test were not made up (begin_test)")

    asked = signature(test_func)
    given = {"case", *options["given_kwargs"]}
    fixtures = [each for each in asked.parameters.values() if each.name not in given]
    stand_in.__signature__ = asked.replace(parameters=fixtures)  # type: ignore[attr-defined]
    setattr(stand_in, BUILD, partial(build_now, test_func=test_func, **options))
    return stand_in


def make_late() -> None:
    """Let schemathesis collect stand-ins."""
    _test_builder.build_operation_test = build_late


def begin_test(item: pytest.Item) -> None:
    """Make the calls of a test that is about to run, if it is a stand-in."""
    build = getattr(getattr(item, "obj", None), BUILD, None)
    if build is not None:
        item.obj = build()  # type: ignore[attr-defined]
