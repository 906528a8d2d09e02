"""The image and its compose file run what the units run, with as few rights."""

from __future__ import annotations

import re

import pytest
import yaml

from config.environment import ROOT
from tests.architecture.test_operations import GUIDE, read_unit

IMAGE = ROOT / "infra" / "image"
RECIPE = (IMAGE / "Dockerfile").read_text().replace("\\\n", "")
COMPOSE = yaml.safe_load((IMAGE / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
COUNTING = ("web-1", "web-2", "worker-1", "worker-2")
OURS = ("migrate", *COUNTING, "beat")


def list_commands(name: str) -> list[str]:
    return [" ".join(command.split()[1:]) for command in list_lines(name, "ExecStart")]


def list_lines(name: str, key: str) -> list[str]:
    """What the unit of a service says; ``web-2`` is the second process of a template."""
    unit, _, number = name.partition("-")
    said = read_unit(ROOT / "infra" / "systemd" / f"turnero-{unit}{'@' if number else ''}.service")
    return [line.replace("%i", number).replace("%%", "%") for line in said[key]]


@pytest.mark.parametrize("name", [*COUNTING, "beat"])
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
    assert service["env_file"] == "/etc/turnero/environment"
    figures = [f"figures-{name}:/run/turnero/{name}"] if name in COUNTING else []
    writable = {volume for volume in service["volumes"] if not volume.endswith(":ro")}
    assert writable == {"state:/var/lib/turnero", *figures}


@pytest.mark.parametrize("name", COUNTING)
def test_container_keeps_its_figures_where_the_unit_does_and_web_reads_all(name):
    said = {f"{key}={value}" for key, value in SERVICES[name]["environment"].items()}
    others = {f"figures-{other}:/run/turnero/{other}:ro" for other in COUNTING if other != name}

    assert said == {line for line in list_lines(name, "Environment") if "PYTHON" not in line}
    assert f"PROMETHEUS_MULTIPROC_DIR=/run/turnero/{name}" in said
    read = {volume for volume in SERVICES[name]["volumes"] if volume.endswith(":ro")}
    assert read == (others if name.startswith("web") else set())
    # Numbers of processes are the same in all containers, so one folder for several would mix their files.
    assert COMPOSE["volumes"][f"figures-{name}"]["driver_opts"] == {
        "type": "tmpfs", "device": "tmpfs", "o": "size=64m,mode=0750,uid=10001,gid=10001"
    }  # fmt: skip


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
