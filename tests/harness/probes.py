"""Probes: what a module notes of itself while it runs, written into its syntax tree before it is compiled.

A tracer (``sys.settrace``) makes Python 3.11 run every instruction the slow way, Django's too. A probe is one
assignment into a list, in our modules only: ``__hits__[7] = 1``. Each stands for facts that are
certain once it ran: lines that were begun, and ways that a branching line took.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import CodeType

HITS = "__hits__"


@dataclass(frozen=True, slots=True)
class Way:
    """A branching line going one of its two ways.

    Attributes:
        line: Where it branches: the first line of an ``if``, a loop or a ``case``.
        body: First and last line of what it guards.
        is_taken: It went into that body; otherwise past it.
    """

    line: int
    body: tuple[int, int]
    is_taken: bool


Fact = int | Way
"""A line that was begun, or a way that was gone."""


@dataclass(slots=True)
class Probes:
    """The probes of one module.

    Attributes:
        facts: What each probe stands for, by its number.
        hits: 1 for each probe that ran.
    """

    facts: list[tuple[Fact, ...]] = field(default_factory=list)
    hits: list[int] = field(default_factory=list)

    def add(self, facts: Sequence[Fact]) -> int:
        """Make one more probe and return its number."""
        self.facts.append(tuple(facts))
        self.hits.append(0)
        return len(self.facts) - 1

    def list_proven(self) -> list[Fact]:
        """List the facts that are certain by now."""
        return [fact for hit, facts in zip(self.hits, self.facts, strict=True) if hit for fact in facts]


def compile_probed(source: bytes, path: str, registry: str) -> tuple[CodeType, Probes]:
    """Compile a module so that it notes what it runs.

    Args:
        source: The module's text.
        path: Its file.
        registry: An expression that gives, inside the module, its list of hits.
    """
    tree = ast.parse(source, path)
    probes = Probes()
    tree.body = _Writer(probes).write_body(tree.body)
    start = ast.parse(f"{HITS} = {registry}").body
    at = _count_fixed(tree.body)
    tree.body[at:at] = start
    return compile(tree, path, "exec", dont_inherit=True), probes


def _count_fixed(body: Sequence[ast.stmt]) -> int:
    """Count the statements that have to stay first: the docstring, imports from ``__future__``."""
    is_documented = bool(body) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    count = int(is_documented and isinstance(body[0].value.value, str))  # type: ignore[attr-defined]
    while count < len(body) and isinstance(body[count], ast.ImportFrom) and body[count].module == "__future__":  # type: ignore[attr-defined]
        count += 1
    return count


class _Writer:
    """Writes probes into statements and whatever they contain."""

    def __init__(self, probes: Probes) -> None:
        self._probes = probes

    def write_body(self, body: list[ast.stmt]) -> list[ast.stmt]:
        """Return the body of a module, class or function with its probes; its docstring stays first."""
        fixed = _count_fixed(body)
        lines: list[Fact] = [line for statement in body[:fixed] for line in _list_lines(statement)]
        rest = self._write_block(body[fixed:], lines)
        return [*body[:fixed], *(rest or [self._make_probe(lines, body[0])])]

    def _write_block(self, block: list[ast.stmt], facts: Sequence[Fact] = ()) -> list[ast.stmt]:
        """Return a block with a probe before each statement, the first of which also proves ``facts``."""
        written: list[ast.stmt] = []
        for statement in block:
            written += [self._make_probe([*facts, *_list_lines(statement)], statement), statement]
            facts = ()
            self._write_inside(statement)
        return written

    def _write_inside(self, statement: ast.stmt) -> None:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                statement.body = self.write_body(statement.body)
            case ast.If() | ast.For() | ast.AsyncFor() | ast.While():
                self._write_branch(statement)
            case ast.With() | ast.AsyncWith():
                statement.body = self._write_block(statement.body)
            case ast.Try() | ast.TryStar():
                self._write_try(statement)
            case ast.Match():
                self._write_cases(statement)

    def _write_branch(self, statement: ast.If | ast.For | ast.AsyncFor | ast.While) -> None:
        taken, passed = _make_ways(statement.lineno, statement.body)
        statement.body = self._write_block(statement.body, [taken])
        # A loop's ``else`` runs when the loop ends by itself, not by ``break``.
        statement.orelse = self._write_block(statement.orelse, [passed]) or [self._make_probe([passed], statement)]

    def _write_try(self, statement: ast.Try | ast.TryStar) -> None:
        for block in (statement.body, statement.orelse, statement.finalbody):
            block[:] = self._write_block(block)
        for handler in statement.handlers:
            handler.body = self._write_block(handler.body, [handler.lineno])
            if handler.type is not None:
                # Its line was begun when its type is asked for, whether or not that fits what was raised.
                note = _parse_expression(f"{HITS}.__setitem__({self._probes.add([handler.lineno])}, 1)", handler.type)
                handler.type = ast.copy_location(ast.BoolOp(ast.Or(), [note, handler.type]), handler.type)

    def _write_cases(self, statement: ast.Match) -> None:
        tried: list[Fact] = []
        for case in statement.cases:
            line = case.pattern.lineno
            taken, passed = _make_ways(line, case.body)
            case.body = self._write_block(case.body, [*tried, line, taken])
            tried += [line, passed]
        if not _fits_all(statement.cases[-1]):
            nothing = ast.MatchAs(lineno=statement.lineno, col_offset=0, end_lineno=statement.lineno, end_col_offset=0)
            statement.cases.append(ast.match_case(nothing, None, [self._make_probe(tried, statement)]))

    def _make_probe(self, facts: Sequence[Fact], place: ast.stmt) -> ast.stmt:
        number = self._probes.add(facts)
        target = ast.Subscript(ast.Name(HITS, ast.Load()), ast.Constant(number), ast.Store())
        probe = ast.copy_location(ast.Assign([target], ast.Constant(1)), place)
        return ast.fix_missing_locations(probe)


def _list_lines(statement: ast.stmt) -> list[int]:
    """List the lines that are begun when a statement is: its own, and those of its decorators."""
    return [*(each.lineno for each in getattr(statement, "decorator_list", ())), statement.lineno]


def _make_ways(line: int, body: Sequence[ast.stmt]) -> tuple[Way, Way]:
    """Return a branching line's way into its body and the way past it."""
    extent = min(_list_lines(body[0])), body[-1].end_lineno or line
    return Way(line, extent, is_taken=True), Way(line, extent, is_taken=False)


def _fits_all(case: ast.match_case) -> bool:
    return case.guard is None and isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None


def _parse_expression(text: str, place: ast.expr) -> ast.expr:
    expression = ast.parse(text, mode="eval").body
    for node in ast.walk(expression):
        ast.copy_location(node, place)
    return expression
