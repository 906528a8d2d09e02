"""The operator's guide, the units, the proxy's file and the settings say the same; `./dev drill production` runs it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

import pytest

from config import server
from config.completeness import list_faults
from config.environment import ROOT, VARIABLES
from devtools.drill.pair.proxy import NEWER, is_newer, read_for_newer, read_version, write_caddyfile
from devtools.drill.production.guide import BACK, INSTALL, PAGE, UPGRADE, Step, read_steps

INFRA = ROOT / "infra"
UNITS = sorted((INFRA / "systemd").glob("*.service"))
COMMON = (INFRA / "systemd" / "turnero-.service.d" / "common.conf").read_text()
CADDYFILE = (INFRA / "Caddyfile").read_text()
GUIDE = [step.line for step in read_steps(INSTALL)]
BESIDE = {"image", "monitoring", "runbooks"}
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


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def read_example() -> Mapping[str, str]:
    lines = (INFRA / "environment.example").read_text().splitlines()
    return dict(line.replace("'", "").split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def test_guide_puts_everything_of_infra_into_its_place_and_nothing_else():
    run = [path.read_text() for path in UNITS]
    named = {found for text in (*GUIDE, *run) for found in re.findall(r"/opt/turnero/infra/([\w./-]+)", text)}

    there = {path.name for path in INFRA.iterdir()} - BESIDE
    assert {name.split("/")[0] for name in named} == there
    assert "cp --recursive /opt/turnero/infra/systemd/. /etc/systemd/system/" in GUIDE


def test_guide_starts_every_unit_and_an_upgrade_starts_each_again():
    names = {path.stem for path in UNITS}

    enabled = [word for line in GUIDE if line.startswith("systemctl enable") for word in line.split()[3:]]
    upgrade = [step.line for step in read_steps(UPGRADE)]
    in_turn = (INFRA / "turnero-restart").read_text()

    assert names == {"turnero-beat", "turnero-migrate", "turnero-web@", "turnero-worker@"}
    assert {word.rstrip("12") for word in enabled} == names
    assert sum(word.endswith(("@1", "@2")) for word in enabled) == 4
    # The schema is expanded first, while the old processes serve.
    assert upgrade.index("systemctl restart turnero-migrate") < upgrade.index("turnero-restart")
    assert all(name.removeprefix("turnero-").rstrip("@") in in_turn for name in names - {"turnero-migrate"})


def test_way_back_leads_to_the_folder_that_the_upgrade_noted_and_migrates_nothing():
    upgrade = [step.line for step in read_steps(UPGRADE)]
    back = [step.line for step in read_steps(BACK)]

    assert [line for line in upgrade if line.startswith("ln ") and line.endswith(" /opt/turnero-before")] != []
    assert "$(readlink --canonicalize /opt/turnero-before)" in back[0]
    assert back[1:4] == [line for line in upgrade if line in back[1:4]]
    # Workers that know what the new pages wrote stay until those are gone.
    assert ("turnero-restart" in upgrade, back[4]) == (True, "turnero-restart --back")
    assert [line for line in back if "turnero-migrate" in line] == []


def test_guide_fills_in_every_placeholder_and_then_production_starts():
    filled = {found for line in GUIDE if line.startswith("sed ") for found in re.findall(r"s\|(<[a-z-]+>)\|", line)}
    texts = [path.read_text() for path in INFRA.rglob("*") if path.is_file()]
    lines = [line for text in texts for line in text.splitlines() if not line.lstrip().startswith("#")]
    lines = [line for line in lines if not re.search(r"</|<p", line)]  # a page that the proxy shows

    values = {name: PLACEHOLDER.sub(lambda found: FILLED[found[0]], value) for name, value in read_example().items()}

    assert filled == {found for line in lines for found in PLACEHOLDER.findall(line)} == set(FILLED)
    assert list_faults(values) == []


def test_upgrade_installs_as_the_guide_did():
    kinds = ("tar ", "python3 -m venv", " -m pip ", "msgfmt", "infra/systemd/", "turnero-manage /", "check --deploy")
    written = (('"$NEXT/.venv/bin/python"', "/opt/turnero/.venv/bin/python"), ('"$NEXT/requirements.txt"',
               "/opt/turnero/requirements.txt"), ('"$NEXT/.venv"', "/opt/turnero/.venv"), ('"$NEXT/"', "/opt/turnero/"),
               ('"$NEXT"', "/opt/turnero"))  # fmt: skip
    upgrade = [step.line for step in read_steps(UPGRADE)]
    for theirs, ours in written:
        upgrade = [line.replace(theirs, ours) for line in upgrade]

    def select(lines: list[str]) -> list[list[str]]:
        return [[line for line in lines if kind in line] for kind in kinds]

    assert select(upgrade) == select(GUIDE)
    assert all(len(lines) == 1 for lines in select(GUIDE))


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_unit_runs_what_the_guide_installed_and_is_told_what_it_wrote(path):
    said = read_unit(path)

    commands = [command.split() for key in ("ExecStartPre", "ExecStart") for command in said.get(key, ())]
    modules = {command[1] for command in commands} | {
        word.split(":")[0] for command in commands for word in command if word.startswith("config.")
    }

    assert {command[0] for command in commands} == {"/opt/turnero/infra/turnero-run"}
    assert [module for module in modules if find_spec(module) is None] == []
    assert said["WorkingDirectory"] == ["/opt/turnero"]
    assert (said["User"], said["Group"]) == (["turnero"], ["turnero"])
    assert [any(f" {value}" in line for line in GUIDE) for value in said["EnvironmentFile"]] == [True]
    assert f"/var/lib/{said['StateDirectory'][0]}" == read_example()["TURNERO_STATE_DIR"]
    assert said["NoNewPrivileges"] == ["yes"]
    assert (said["CapabilityBoundingSet"], said["ProtectSystem"]) == ([""], ["strict"])


def test_proxy_server_and_health_check_agree():
    unit = read_unit(INFRA / "systemd" / "turnero-web@.service")
    enabled = next(line for line in GUIDE if line.startswith("systemctl enable"))
    numbers = re.findall(r"turnero-web@(\d)", enabled)
    port = unit["ExecStart"][0].split("--port ")[1]
    addresses = [f"127.0.0.1:{port.replace('%i', number)}" for number in numbers]

    assert CADDYFILE.count(f" {' '.join(addresses)} {{") == 2
    assert any(f"http://{addresses[0]}/readyz" in line for line in GUIDE)
    assert unit["Type"] == ["notify"]
    # Whoever reaches the port says who is calling, so only this machine does, and only it is believed.
    assert (server.HOST, server.PROXY) == ("127.0.0.1", "127.0.0.1")
    # A connection that the proxy still keeps must not have ended at the server.
    (kept,) = re.findall(r"keepalive (\d+)s", CADDYFILE)
    assert int(kept) < server.KEEP_ALIVE_SECONDS
    # The proxy has noticed before the door closes, and the service manager waits for all of it.
    (asked,) = re.findall(r"health_interval (\d+)s", CADDYFILE)
    assert 2 * int(asked) < server.DRAIN_SECONDS
    assert int(unit["TimeoutStopSec"][0]) > server.DRAIN_SECONDS + server.GRACE_SECONDS


def test_process_keeps_to_the_version_it_was_started_with(tmp_path):
    """The link leads elsewhere while the process runs; what it imports later is of its own folder."""
    for name in ("old", "new"):
        folder = tmp_path / name
        (folder / ".venv" / "bin").mkdir(parents=True)
        (folder / ".venv" / "bin" / "python").symlink_to(sys.executable)
        (folder / "infra").mkdir()
        shutil.copy(INFRA / "turnero-run", folder / "infra")
        (folder / "begin.py").write_text("import sys; input(); import later")
        (folder / "later.py").write_text(f"print({name!r})")
    link = tmp_path / "turnero"
    link.symlink_to("old")
    script = link / "infra" / "turnero-run"
    script.write_text(script.read_text().replace("/opt/turnero", str(link)))

    with subprocess.Popen([script, "begin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        wait_until(lambda: Path(f"/proc/{process.pid}/cwd").resolve() == tmp_path / "old")
        link.unlink()
        link.symlink_to("new")
        said, _ = process.communicate("\n")

    assert said == "old\n"


def test_own_way_of_the_machine_answers_what_it_names_before_it_refuses_the_rest():
    """Caddy orders directives itself: ``respond`` comes before ``reverse_proxy`` unless each has a block of its own."""
    (site,) = re.findall(r"^http://:8000 \{\n(.*?)^\}$", CADDYFILE, re.MULTILINE | re.DOTALL)

    outer = [line.split()[0] for line in site.splitlines() if re.match(r"\t[^\t#}]", line)]

    assert outer == ["bind", "@own", "handle", "handle"]
    assert {"/certificate", "/healthz", "/readyz"} <= set(site.split())


def test_proxy_compresses_waits_and_keeps_no_secrets():
    directives = [line.split() for line in CADDYFILE.splitlines() if line.strip() and not line.lstrip().startswith("#")]

    assert ["encode", "zstd", "gzip", "{"] in directives
    # Before Caddy 2.11.2 what was buffered may go out under another one's headers when it is asked again.
    assert [words for words in directives if words[0] in {"buffer_requests", "request_buffers"}] == []
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
    caddy = shutil.which("caddy")
    if caddy is not None and is_newer(caddy):
        path.write_text(read_for_newer(path.read_text()))
    command = [caddy or "true", "validate", "--adapter", "caddyfile", "--config", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"HOME": str(tmp_path)})

    assert done.returncode == 0, done.stderr


def test_newer_proxy_reads_the_marked_lines_as_the_guide_takes_them_in(tmp_path):
    (told,) = set(re.findall(r"`sed --in-place '([^']+)' /etc/(?:turnero|caddy)/Caddyfile`", PAGE.read_text()))

    done = subprocess.run(["sed", told], input=CADDYFILE, capture_output=True, text=True, check=True)

    assert done.stdout == read_for_newer(CADDYFILE)
    assert ("\n\t\trequest_buffers 16MB\n" in done.stdout, "#2." in done.stdout) == (True, False)


def test_container_of_the_proxy_reads_the_marked_lines():
    (version,) = re.findall(r"image: caddy:(\S+)", (INFRA / "image" / "compose.yaml").read_text())

    assert read_version(version) >= NEWER


def test_drill_runs_production_s_proxy_on_ports_of_its_own(tmp_path):
    path = write_caddyfile(tmp_path, port=7000, own_port=7001, web_ports=(7002, 7003), is_newer=False)

    text = path.read_text()
    assert set(re.findall(r"[:.]1:(\d+)|http://:(\d+)", text)) >= {
        ("7002", ""),
        ("7003", ""),
        ("", "7000"),
        ("", "7001"),
    }
    assert [word for word in ("tls", "<host>", "/var/lib") if word in re.sub(r"#.*", "", text)] == []


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
