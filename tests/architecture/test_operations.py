"""The operator's guide, the units, the proxy's file and the settings say the same; `./dev drill production` runs it."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

from config.completeness import list_faults
from config.environment import ROOT, VARIABLES
from devtools.drill.production.guide import INSTALL, UPGRADE, Step, read_steps

INFRA = ROOT / "infra"
UNITS = sorted((INFRA / "systemd").glob("*.service"))
COMMON = (INFRA / "systemd" / "turnero-.service.d" / "common.conf").read_text()
CADDYFILE = (INFRA / "Caddyfile").read_text()
GUIDE = [step.line for step in read_steps(INSTALL)]
BESIDE = {"image", "runbooks"}
"""Of another way to run it, and for later: nothing of the first chapter."""
PLACEHOLDER = re.compile(r"<[a-z-]+>")
FILLED = {
    "<secret>": "0123456789abcdef" * 3 + "-and-some-more",
    "<host>": "turnero.test",
    "<redis-password>": "secret",
    "<smtp-url>": "smtp+tls://u:p@mail.test:587",
    "<from-email>": "citas@turnero.test",
}


def read_unit(path: Path) -> dict[str, list[str]]:
    """What a unit and the common part say: key → values, in order."""
    said: dict[str, list[str]] = {}
    for line in re.sub(r"\\\n\s*", "", path.read_text() + COMMON).splitlines():
        key, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            said.setdefault(key, []).append(value)
    return said


def read_example() -> Mapping[str, str]:
    lines = (INFRA / "environment.example").read_text().splitlines()
    return dict(line.replace("'", "").split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def test_guide_puts_everything_of_infra_into_its_place_and_nothing_else():
    named = {found for line in GUIDE for found in re.findall(r"/opt/turnero/infra/([\w./-]+)", line)}

    there = {path.name for path in INFRA.iterdir()} - BESIDE
    assert {name.split("/")[0] for name in named} == there
    assert "cp --recursive /opt/turnero/infra/systemd/. /etc/systemd/system/" in GUIDE


def test_guide_starts_every_unit_and_an_upgrade_starts_each_again():
    names = {path.stem for path in UNITS}

    enabled = {word for line in GUIDE if line.startswith("systemctl enable") for word in line.split()[3:]}
    restarted = {
        word
        for step in read_steps(UPGRADE)
        if step.line.startswith("systemctl restart")
        for word in step.line.split()[2:]
    }

    assert names == {"turnero-beat", "turnero-migrate", "turnero-web", "turnero-worker"}
    assert (enabled, restarted) == (names, names)


def test_guide_fills_in_every_placeholder_and_then_production_starts():
    filled = {found for line in GUIDE if line.startswith("sed ") for found in re.findall(r"s\|(<[a-z-]+>)\|", line)}
    texts = [path.read_text() for path in INFRA.rglob("*") if path.is_file()]
    lines = [line for text in texts for line in text.splitlines() if not line.lstrip().startswith("#")]

    values = {name: PLACEHOLDER.sub(lambda found: FILLED[found[0]], value) for name, value in read_example().items()}

    assert filled == {found for line in lines for found in PLACEHOLDER.findall(line)} == set(FILLED)
    assert list_faults(values) == []


def test_upgrade_installs_as_the_guide_did():
    kinds = ("tar ", "python3 -m venv", " -m pip ", "msgfmt", "infra/systemd/", "check --deploy")
    upgrade = [step.line.replace("/opt/turnero.next", "/opt/turnero") for step in read_steps(UPGRADE)]

    def select(lines: list[str]) -> list[list[str]]:
        return [[line for line in lines if kind in line] for kind in kinds]

    assert select(upgrade) == select(GUIDE)
    assert all(len(lines) == 1 for lines in select(GUIDE))


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_unit_runs_what_the_guide_installed_and_is_told_what_it_wrote(path):
    said = read_unit(path)

    commands = [command.split() for key in ("ExecStartPre", "ExecStart") for command in said.get(key, ())]
    modules = {command[command.index("-m") + 1] for command in commands} | {
        word.split(":")[0] for command in commands for word in command if word.startswith("config.")
    }

    assert {command[0] for command in commands} == {"/opt/turnero/.venv/bin/python"}
    assert [module for module in modules if find_spec(module) is None] == []
    assert said["WorkingDirectory"] == ["/opt/turnero"]
    assert "PYTHONPATH=/opt/turnero:/opt/turnero/platform" in said["Environment"]
    assert (said["User"], said["Group"]) == (["turnero"], ["turnero"])
    assert [any(f" {value}" in line for line in GUIDE) for value in said["EnvironmentFile"]] == [True]
    assert f"/var/lib/{said['StateDirectory'][0]}" == read_example()["TURNERO_STATE_DIR"]
    assert said["NoNewPrivileges"] == ["yes"]
    assert (said["CapabilityBoundingSet"], said["ProtectSystem"]) == ([""], ["strict"])


def test_proxy_server_and_health_check_agree():
    command = read_unit(INFRA / "systemd" / "turnero-web.service")["ExecStart"][0]
    options = dict(re.findall(r"--([\w-]+) ([\w.]+)", command))
    address = f"{options['host']}:{options['port']}"

    assert f"reverse_proxy {address} {{" in CADDYFILE
    assert any(f"http://{address}/readyz" in line for line in GUIDE)
    # Whoever reaches the port says who is calling, so only this machine does, and only it is believed.
    assert (options["host"], options["forwarded-allow-ips"]) == ("127.0.0.1", "127.0.0.1")
    assert {"--proxy-headers", "--no-access-log"} <= set(command.split())
    # A connection that the proxy still keeps must not have ended at the server.
    kept = re.search(r"keepalive (\d+)s", CADDYFILE)
    assert kept is not None
    assert int(options["timeout-keep-alive"]) > int(kept[1])


def test_proxy_compresses_waits_and_keeps_no_secrets():
    directives = [line.split() for line in CADDYFILE.splitlines() if line.strip() and not line.lstrip().startswith("#")]

    assert ["encode", "zstd", "gzip", "{"] in directives
    assert ["buffer_requests"] in directives
    assert [words for words in directives if "text/event-stream" in " ".join(words)] == []
    assert {words[0] for words in directives if words[0].startswith("read_")} == {"read_header", "read_body"}
    assert ["write"] not in [words[:1] for words in directives]
    assert {words[0] for words in directives if words[1:] == ["delete"]} >= {"request>uri", "request>headers"}
    assert [words for words in directives if words[0] == "header" and len(words) == 2 and words[1] != "-Server"] == []
    assert CADDYFILE.count("{") - CADDYFILE.count("{env.") == CADDYFILE.count("}") - CADDYFILE.count("{env.")


def test_proxy_file_is_valid_where_there_is_a_proxy(tmp_path):
    path = tmp_path / "Caddyfile"
    path.write_text(CADDYFILE.replace("<host>", "turnero.test").replace("/var/lib/caddy", str(tmp_path)))

    # The drill validates it in any case; a machine without Caddy has shown as much as it can above.
    caddy = shutil.which("caddy") or "true"
    command = [caddy, "validate", "--adapter", "caddyfile", "--config", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"HOME": str(tmp_path)})

    assert done.returncode == 0, done.stderr


def test_servers_are_set_as_the_house_needs():
    postgres = dict(line.split(" = ") for line in (INFRA / "postgresql.conf").read_text().splitlines() if " = " in line)
    redis = dict(line.split(" ", 1) for line in (INFRA / "redis.conf").read_text().splitlines() if line[:1].isalpha())

    assert int(postgres["max_locks_per_transaction"]) >= 256
    assert (postgres["recovery_init_sync_method"], postgres["listen_addresses"]) == ("syncfs", "''")
    assert (redis["requirepass"], redis["save"], redis["appendonly"]) == ("<redis-password>", '""', "no")


def test_every_required_variable_stands_in_the_example_and_no_other():
    assert set(read_example()) <= set(VARIABLES)


def test_commands_of_a_chapter_are_read_as_a_shell_reads_them():
    page = (
        '# Page\n\n## One\n\n```sh\nexport HOST=a.example\nexport KEY="$(openssl rand 1)"\n# a remark\n'
        "run this \\\n    --and that\n```\n\ntext\n\n```\nnot a command\n```\n\n"
        "```sh\napt-get install x\n```\n\n## Two\n"
    )

    steps = read_steps("One", page)

    assert steps == [
        Step("export HOST=a.example"),
        Step('export KEY="$(openssl rand 1)"'),
        Step("run this --and that"),
        Step("apt-get install x"),
    ]
    assert [(step.given, step.needs_network) for step in steps] == [
        ("HOST", False), ("", False), ("", False), ("", True)
    ]  # fmt: skip
    for chapter in ("Two", "Three"):
        with pytest.raises(LookupError):
            read_steps(chapter, page)
