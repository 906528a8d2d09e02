"""The image and its compose file run what the units run, with as few rights."""

from __future__ import annotations

import re

import pytest
import yaml

from config.environment import ROOT
from tests.architecture.test_operations import GUIDE, read_unit

IMAGE = ROOT / "infra" / "image"
RECIPE = (IMAGE / "Dockerfile").read_text().replace("\\\n", "")
SERVICES = yaml.safe_load((IMAGE / "compose.yaml").read_text())["services"]
OURS = ("migrate", "web-1", "web-2", "worker-1", "worker-2", "beat")


def list_commands(name: str) -> list[str]:
    """What the unit of a service runs; ``web-2`` is the second process of a template."""
    unit, _, number = name.partition("-")
    said = read_unit(ROOT / "infra" / "systemd" / f"turnero-{unit}{'@' if number else ''}.service")
    commands = [command.replace("%i", number).replace("%%", "%") for command in said["ExecStart"]]
    return [" ".join(command.split()[1:]) for command in commands]


@pytest.mark.parametrize("name", ["web-1", "web-2", "worker-1", "worker-2", "beat"])
def test_container_runs_what_the_unit_runs(name):
    assert [" ".join(SERVICES[name]["command"].split())] == list_commands(name)
    assert SERVICES[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}


def test_migrations_are_those_of_the_unit():
    (script,) = SERVICES["migrate"]["command"]

    assert re.findall(r"\$\$python -m (.*)", script) == list_commands("migrate")
    assert SERVICES["migrate"]["restart"] == "no"


@pytest.mark.parametrize("name", OURS)
def test_container_may_do_as_little_as_the_unit(name):
    service = SERVICES[name]

    assert (service["user"], service["read_only"], service["cap_drop"]) == ("10001:10001", True, ["ALL"])
    assert (service["security_opt"], service["tmpfs"]) == (["no-new-privileges:true"], ["/tmp"])
    assert (service["volumes"], service["env_file"]) == (["state:/var/lib/turnero"], "/etc/turnero/environment")


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_logs_of_every_container_end_somewhere(name):
    assert SERVICES[name]["logging"]["options"] == {"max-size": "20m", "max-file": "10"}
    assert "ports" not in SERVICES[name]


def test_recipe_installs_as_the_guide_does_and_ends_without_rights():
    install = next(line for line in GUIDE if " -m pip " in line)
    compile_texts = next(line for line in GUIDE if "msgfmt" in line)
    kept = RECIPE.rpartition("\nFROM ")[2]

    flags = re.findall(r"--[\w-]+", install)
    assert set(flags) <= set(re.findall(r"--[\w-]+", RECIPE))
    assert compile_texts.partition("find /opt/turnero/ ")[2] in RECIPE
    assert kept.count("USER 10001:10001") == 1
    assert kept.rindex("USER ") > kept.rindex("RUN ")
    assert "gettext" not in kept
