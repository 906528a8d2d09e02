"""How a business answers a dispute: files, evidence, one submission; or it gives in. The bank decides in `money`."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from devtools.stripe_server import money
from devtools.stripe_server.world import Refusal, Thing, World

PURPOSE = "dispute_evidence"
LARGEST, LONGEST, LONGEST_TOGETHER = 5 * 1024 * 1024, 20_000, 150_000
KINDS = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG": "png"}
FILES = frozenset({
    "cancellation_policy", "customer_communication", "customer_signature", "duplicate_charge_documentation", "receipt",
    "refund_policy", "service_documentation", "shipping_documentation", "uncategorized_file",
})  # fmt: skip
OPEN = {"needs_response": "under_review", "warning_needs_response": "warning_under_review"}
"""Of a dispute that waits for an answer, and of a bank that only asks, what comes after the answer."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came."""

    name: str
    content: bytes


def keep_file(world: World, account: str, file: Upload, purpose: str, base_url: str) -> Thing:
    """Keep a file that is to be evidence."""
    kind = next((kind for start, kind in KINDS.items() if file.content.startswith(start)), None)
    if purpose != PURPOSE:
        message = f"The stand-in takes files for {PURPOSE} only."
        raise Refusal(message, param="purpose")
    if kind is None:
        raise Refusal("Evidence is a PDF, JPEG or PNG.", param="file")
    if len(file.content) > LARGEST:
        raise Refusal("Evidence has at most 5 MB.", param="file")
    kept = world.make("file", "file", account, filename=file.name, purpose=purpose, size=len(file.content), type=kind)
    kept["url"] = f"{base_url}/v1/files/{kept['id']}/contents"
    world.private[kept["id"]] = {"content": base64.b64encode(file.content).decode()}
    return kept


def read_file(world: World, file_id: str) -> bytes:
    """Return what is in a file that was kept."""
    return base64.b64decode(world.private[file_id]["content"])


def answer(world: World, dispute: Thing, evidence: Thing, *, is_sent: bool) -> None:
    """Note evidence, and send it to the bank when asked to; once, and in time."""
    _require_open(world, dispute)
    for name in FILES & evidence.keys():
        file = world.things.get(evidence[name])
        if file is None or file["object"] != "file" or world.owners[file["id"]] != world.owners[dispute["id"]]:
            message = f"No such file upload: '{evidence[name]}'"
            raise Refusal(message, code="resource_missing", param=f"evidence[{name}]")
    texts = {name: said for name, said in evidence.items() if isinstance(said, str) and name not in FILES}
    if sum(map(len, texts.values())) > LONGEST_TOGETHER or any(len(said) > LONGEST for said in texts.values()):
        raise Refusal("The evidence is too long.", param="evidence")
    dispute["evidence"].update(evidence)
    details = dispute["evidence_details"]
    details["has_evidence"] = True
    if is_sent:
        details.update(submission_count=details["submission_count"] + 1, submission_method="manual")
        dispute["status"] = OPEN[dispute["status"]]
    world.tell("charge.dispute.updated", dispute)


def accept(world: World, dispute: Thing) -> None:
    """Give in: it is lost. Who is only asked has nothing to give in to."""
    _require_open(world, dispute)
    if dispute["status"] != "needs_response":
        raise Refusal("Only a dispute with the status needs_response can be closed.")
    money.close_dispute(world, dispute, is_won=False)


def _require_open(world: World, dispute: Thing) -> None:
    if dispute["status"] not in OPEN or dispute["evidence_details"]["submission_count"]:
        message = f"This dispute is {dispute['status']}: no evidence is taken any more."
        raise Refusal(message)
    due = dispute["evidence_details"]["due_by"]
    if due is not None and due <= world.seconds():
        raise Refusal("The time to respond to this dispute is over.")
