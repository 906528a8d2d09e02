"""What is done to bookings and to the catalog asks first whether the state of the business allows it."""

from __future__ import annotations

import ast

import pytest

from config.environment import ROOT

SERVICES = ROOT / "scheduling" / "services"
CHECKS = {"check_new_bookings", "check_step", "check_move", "check_cancel", "check_business_may"}
"""Of `scheduling.policies` and `tenants.policies`."""
DOORS = {"lock_row", "add_row", "add_rows", "archive", "restore", "_switch"}
"""Of `scheduling.services.catalog.door`, which ask themselves."""
ALWAYS = {
    "ask_customer": "asks `may_business`, and is silent where nobody may be reminded",
    "release_hold": "gives back what was kept: that hurts nobody, whatever the state",
    "install_starter_kit": "of a business that is being made, through the door",
    "apply_starter_kit": "as above",
    "count_anew": "counts for others, who ask",
    "write_fields": "takes a row that was locked, and so asked for",
    "change_row": "as above",
    "delete_row": "as above",
    "keeping_bookings": "only looks",
    "look_around": "as above",
    "keep_while_looked_for": "keeps what is kept: a receipt is taken in any state, and staff look for its money",
    "find_place_again": "only looks, for undoing, which asks",
    "find_held_place": "only looks, for whoever books, who asks",
    "reviewing_limit": "only looks",
    "read_why": "only reads what was typed",
    "clean_asked": "only cleans what was typed",
    "clean_choice": "as above",
    "plan_visit": "only looks, for `bring_in_visit`, which asks, and for who wants to know what is in the way",
    "settle_by_staff": "of a booking that is being made, by `book_slot`, which asks",
    "agree_anew": "only computes, for `change_visit`, which asks",
    "wait_for_deposit": "takes a row that was locked, and so asked for",
    "keep_until": "as above",
    "give_up": "ends holds for whoever changes the catalog, who asks",
    "keep_in_place": "writes down what was decided with a change, which asked",
    "undo_keeping": "as above",
    "end_booking": "takes a row that was locked, and so asked for",
    "follow_zone_changes": "keeps what was agreed: the hour on the wall is the same",
}
"""Services that take ``by`` or ``now`` and need not ask, with the reason."""


def list_services(folder: str) -> list[tuple[str, ast.FunctionDef]]:
    """Return the public functions of a folder that do something: at a moment, or on behalf of somebody."""
    found = []
    for path in sorted((SERVICES / folder).rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                names = {each.arg for each in (*node.args.args, *node.args.kwonlyargs)}
                if names & {"by", "now"}:
                    found.append((f"{path.relative_to(SERVICES)}: {node.name}", node))
    return found


def list_calls(node: ast.AST) -> set[str]:
    calls = [each.func for each in ast.walk(node) if isinstance(each, ast.Call)]
    return {getattr(call, "attr", getattr(call, "id", "")) for call in calls}


def find_silent(folder: str) -> list[str]:
    """Return the services that neither ask nor call one that does."""
    services = list_services(folder)
    asking, grown = CHECKS | DOORS, True
    while grown:
        more = {node.name for _, node in services if list_calls(node) & asking} - asking
        asking, grown = asking | more, bool(more)
    return [place for place, node in services if node.name not in asking | set(ALWAYS)]


@pytest.mark.parametrize("folder", ["aftercare", "bookings", "catalog", "changes", "demand"])
def test_every_service_asks_what_the_state_allows(folder):
    assert find_silent(folder) == []


def test_there_are_services_to_look_at():
    names = {
        node.name for folder in ("aftercare", "bookings", "catalog", "changes") for _, node in list_services(folder)
    }

    assert names >= {"hold_slot", "book_slot", "move_booking", "approve", "create_service", "change_resource_week"}
    assert set(ALWAYS) <= names


def test_silent_service_would_be_found(monkeypatch):
    monkeypatch.setattr("tests.architecture.test_states.CHECKS", CHECKS - {"check_step"})

    assert "bookings/transitions.py: approve" in find_silent("bookings")


def test_every_check_exists():
    text = "".join(path.read_text() for path in (ROOT / "scheduling" / "policies.py", ROOT / "tenants" / "policies.py"))

    assert {name for name in CHECKS if f"def {name}(" not in text} == set()
