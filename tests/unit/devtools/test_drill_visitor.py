"""What the drill's visitor does and calls right; the platform behind the proxy is a stand-in that can be wrong."""

from __future__ import annotations

import json
from http import HTTPStatus
from http.client import HTTPMessage
from pathlib import Path

import pytest

from devtools.drill.production import visitor
from devtools.drill.production.browser import Answer

HOST, TENANT = "turnero.example", f"{visitor.SLUG}.turnero.example"
OUTSIDE = [f"{path} is not told to the world" for path in ("/readyz", "/metrics", f"/certificate?domain={TENANT}")]
FIGURES = """
turnero_bookings_total{outcome="done",step="book",unit="web-1"} 1.0
turnero_messages_total{channel="email",outcome="sent",unit="worker-2"} 2.0
turnero_messages_total{channel="email",outcome="failed",unit="web-2"} 0.0
turnero_messages_total{channel="email",outcome="failed",unit="worker-1"} 0.0
"""
SECURITY = dict.fromkeys(visitor.ONCE, "as it must be")


def make_answer(status: int = 200, body: object = "", **headers: str) -> Answer:
    message = HTTPMessage()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    return Answer(status, message, (body if isinstance(body, str) else json.dumps(body)).encode())


class FakeBrowser:
    """Answers as the platform does; ``wrong`` names what it does not."""

    def __init__(self, wrong: str = "") -> None:
        self.wrong = wrong
        self.cookies = {TENANT: dict.fromkeys(["__Host-session", "__Host-csrf"], "x")}
        self.booked: dict[str, object] = {}
        self.is_published = False

    def get(self, host: str, path: str) -> Answer:
        if host.startswith("nobody.") or path in {"/readyz", "/metrics"} or path.startswith("/certificate"):
            return make_answer(200 if self.wrong == "stranger" else 404)
        if path.endswith("status/"):
            return make_answer(body={"status": "done"})
        if path == "/api/v1/services":
            status = HTTPStatus.OK if self.is_published or self.wrong == "draft" else HTTPStatus.FORBIDDEN
            return make_answer(status, {"results": [{"id": "4"}]})
        if path.startswith("/api/v1/availability?service=4&from="):
            return make_answer(body={"days": [{"slots": []}, {"slots": [{"starts_at": "2026-12-01T15:00:00Z"}]}]})
        if path.startswith("/static/"):
            kept = "no-cache" if self.wrong == "static" else "max-age=1, immutable"
            return Packed(200, make_answer(Content_Encoding="gzip", Cache_Control=kept).headers, b"")
        page = make_answer(
            body='<link href="/static/css/core.1.css"> Laura <input name="terms_shown" value="1 1">',
            Content_Encoding="gzip",
            **SECURITY,
        )
        return Packed(page.status, page.headers, page.body)

    def post_form(self, *_: str, to: str = "", **_fields: str) -> Answer:
        self.is_published = self.is_published or to.endswith("/publish/")
        return make_answer(302, Location="/sign-up/progress/p/")

    def post_json(self, _host: str, _path: str, body: dict[str, object]) -> Answer:
        self.booked = body
        return make_answer(201, {"manage_url": f"https://{TENANT}/b/token/", "reference": "ABC"})

    def listen(self, *_: object) -> list[str]:
        return ["retry: 1000", "", "event: refresh" if self.wrong == "stream" else "event: ready"]


class Packed(Answer):
    """An answer that says that it is packed, and is not."""

    @property
    def text(self) -> str:
        return self.body.decode()


@pytest.fixture
def visit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Return a function that visits a platform and returns what was found to be wrong, and the booking."""

    def visit_platform(wrong: str = "") -> tuple[list[str], dict[str, object]]:
        browser = FakeBrowser(wrong)

        def ask_plainly(port: int, host: str, path: str) -> Answer:
            if path.startswith("/api/messages"):
                texts = [f"https://{HOST}/sign-up/verify/v/ sigue", "tu cita: /b/token/"]
                return make_answer(body={"messages": [{"text": text} for text in texts]})
            if port == 80:
                return make_answer(308, Location=f"http{'' if wrong == 'plain' else 's'}://{host}/")
            status = 503 if wrong == "health" else 200
            if path == "/metrics":
                return make_answer(status, FIGURES.replace("worker-2", "web-2") if wrong == "figures" else FIGURES)
            return make_answer(status, {"status": "ok"})

        monkeypatch.setattr(visitor, "Browser", lambda _authority: browser)
        monkeypatch.setattr(visitor, "ask_plainly", ask_plainly)
        note = tmp_path / "note"
        found = list(visitor.visit(HOST, tmp_path / "root.crt", 8025, note))
        assert note.read_text() == "/b/token/"
        return [what for what, is_right, _ in found if not is_right], browser.booked

    return visit_platform


def test_platform_that_is_right_is_found_right(visit) -> None:
    wrong, booked = visit()

    assert wrong == []
    assert (booked["service"], booked["starts_at"]) == ("4", "2026-12-01T15:00:00Z")


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("stranger", [*OUTSIDE, "a host that nobody has is a 404"]),
        ("figures", ["figures of all units are told"]),
        ("static", ["static files are served compressed and kept"]),
        ("stream", ["events arrive at once"]),
        ("plain", ["plain HTTP leads to https"]),
        ("draft", ["a new page is a draft"]),
    ],
)
def test_what_is_wrong_is_named(visit, fault: str, found: list[str]) -> None:
    assert visit(fault)[0] == found


def test_health_that_fails_is_named_for_every_host(visit) -> None:
    assert len(visit("health")[0]) == 9


def test_later_visit_looks_for_the_booking_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    note = tmp_path / "note"
    note.write_text("/b/token/")
    monkeypatch.setattr(visitor, "Browser", lambda _authority: FakeBrowser())

    found = list(visitor.visit(HOST, tmp_path, 8025, note))

    assert found == [("the booking is there", True, "status 200")]


def test_visit_that_ends_early_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys) -> None:
    def fail(*_: object) -> object:
        raise LookupError("no mail")

    monkeypatch.setattr(visitor, "visit", fail)

    assert visitor.main([HOST, "authority", "8025", str(tmp_path / "note")]) == 1

    assert json.loads(capsys.readouterr().out) == ["the visit ended: no mail", False, ""]


@pytest.mark.parametrize(("findings", "code"), [([("a", True, "")], 0), ([("a", True, ""), ("b", False, "x")], 1)])
def test_one_wrong_finding_fails_the_visit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, findings, code) -> None:
    monkeypatch.setattr(visitor, "visit", lambda *_: iter(findings))

    assert visitor.main([HOST, "authority", "8025", str(tmp_path / "note")]) == code
