from __future__ import annotations

import pytest

from devtools.processes import own_environment


@pytest.mark.parametrize(
    ("given", "override", "expected"),
    [
        ("", {}, "config.settings.development"),
        ("config.settings.test", {}, "config.settings.test"),
        (
            "config.settings.test",
            {"DJANGO_SETTINGS_MODULE": "config.settings.production"},
            "config.settings.production",
        ),
        ("config.settings.test", {"DJANGO_SETTINGS_MODULE": None}, None),
    ],
)
def test_only_children_of_dev_get_settings_without_asking(monkeypatch, given, override, expected):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", given)

    assert own_environment(**override).get("DJANGO_SETTINGS_MODULE") == expected
