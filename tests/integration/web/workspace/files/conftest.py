from __future__ import annotations

import html
import re
from dataclasses import dataclass

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from scheduling.models import CapacityRule, Resource, ResourceType, WorkingHours
from tests.conftest import HostClient


@dataclass
class File:
    """A file of the set-up, as a browser sees it."""

    client: HostClient
    key: str

    @property
    def address(self) -> str:
        return f"/workspace/{self.key}/file/"

    def download(self, query: str = "") -> str:
        return self.client.get(f"{self.address}{self.key}.csv{query}").content.decode("utf-8-sig")

    def upload(self, body: str | bytes, query: str = ""):
        sent = body if isinstance(body, bytes) else body.encode()
        return self.client.post(
            self.address + query, {"file": SimpleUploadedFile("x.csv", sent, content_type="text/csv")}
        )

    def confirm(self, answer, **more: str):
        page = answer.content.decode()
        text = html.unescape(re.search(r'<textarea name="text" hidden>\n(.*?)</textarea>', page, re.DOTALL)[1])
        seen = re.search(r'name="seen" value="(\w*)"', page)[1]
        sent = {"text": re.sub(r"\r?\n", "\r\n", text), "seen": seen, "do": "save", **more}
        return self.client.post(self.address, sent)

    def bring(self, body: str | bytes):
        return self.confirm(self.upload(body))


def read_errors(answer) -> list[str]:
    """Return what the page says is wrong, a line each."""
    part = answer.content.decode().partition('id="problems"')[2].partition("</section>")[0]
    found = re.findall(r"<li>(.*?)</li>", part, re.DOTALL)
    return [" ".join(html.unescape(re.sub("<.*?>", "", each)).split()) for each in found]


def read_summary(answer) -> str:
    """Return what the preview says would happen, in one line."""
    found = re.search(r'id="preview-title"[^>]*>(.*?)</h2>', answer.content.decode(), re.DOTALL)
    return found[1].partition(":")[2].strip()


def take_picture() -> list[tuple[object, ...]]:
    """Return everything that the files can change."""
    return [
        *ResourceType.objects.order_by("pk").values_list(),
        *Resource.objects.order_by("pk").values_list(),
        *CapacityRule.objects.order_by("pk").values_list(),
        *WorkingHours.objects.order_by("pk").values_list(
            "resource", "location", "kind", "weekday", "opens_minute", "closes_minute", "valid_from", "valid_to"
        ),
    ]


@pytest.fixture
def open_file(owner_client):
    return lambda key: File(owner_client, key)
