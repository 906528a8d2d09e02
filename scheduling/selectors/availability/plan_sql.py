"""The statement behind a plan: one JSON document, and a line for each resource with what is taken."""

from __future__ import annotations

from functools import lru_cache

from scheduling.selectors.availability.columns import (
    SERVICE_COLUMNS,
    AddOnTerms,
    OwnTerms,
    PoolRow,
    RequirementRow,
    RuleRow,
    write_columns,
)
from scheduling.selectors.availability.taken import write_taken_sql
from scheduling.selectors.catalog.timetables import TIMETABLE_SQL

POOL_SQL = """
WITH req AS (
  SELECT q.id, q.service_id, q.position, q.quantity, q.starts_after_minutes, q.duration_minutes,
         q.same_as_id, q.resource_type_id, q.skill,
         EXISTS (SELECT 1 FROM scheduling_requirementresource n WHERE n.requirement_id = q.id) AS is_named
  FROM scheduling_requirement q WHERE q.service_id = ANY(%(service_ids)s::int8[])
), pool AS (
  SELECT req.id AS requirement_id, r.id AS resource_id, r.location_id,
         coalesce(n.position, 0) AS rank, r.position, coalesce(n.id, r.id) AS tie
  FROM req
  JOIN scheduling_resource r ON r.is_active
  LEFT JOIN scheduling_requirementresource n ON n.requirement_id = req.id AND n.resource_id = r.id
  WHERE (%(location_id)s::int8 IS NULL OR r.location_id = %(location_id)s::int8)
    AND (NOT r.is_link_only OR %(has_hidden)s::bool OR r.id = ANY(%(chosen_ids)s::int8[]))
    AND CASE WHEN req.is_named THEN n.id IS NOT NULL
             ELSE (req.resource_type_id IS NOT NULL OR req.skill <> '')
                  AND (req.resource_type_id IS NULL OR r.resource_type_id = req.resource_type_id)
                  AND (req.skill = '' OR r.skills @> to_jsonb(req.skill)) END
), ids AS (
  SELECT coalesce(array_agg(resource_id), '{}') AS resource_ids, coalesce(array_agg(location_id), '{}') AS location_ids
  FROM pool
)
"""

DOCUMENT_SQL = """
SELECT json_build_array(
  (SELECT json_agg(json_build_array({service}))
   FROM scheduling_service s WHERE s.id = ANY(%(service_ids)s::int8[]) AND s.is_active),
  (SELECT json_agg(json_build_array({requirement})) FROM req),
  (SELECT json_agg(json_build_array({pool})) FROM pool),
  (SELECT json_agg(json_build_array({own}))
   FROM scheduling_serviceresource x WHERE x.service_id = ANY(%(service_ids)s::int8[])),
  {add_ons},
  (SELECT json_agg(json_build_array({rule})) FROM scheduling_capacityrule c WHERE c.is_active),
  ({timetable}),
  (SELECT e.number FROM scheduling_catalogedition e)
) AS document FROM ids
"""
ADD_ONS_SQL = """
(SELECT json_agg(json_build_array({add_on}))
 FROM scheduling_addon a WHERE a.id = ANY(%(add_on_ids)s::int8[]) AND a.is_active)
"""
COLUMNS = {
    "service": write_columns(SERVICE_COLUMNS, "s"),
    "requirement": write_columns(RequirementRow._fields, "req"),
    "pool": write_columns(PoolRow._fields, "pool"),
    "own": write_columns(OwnTerms._fields, "x"),
    "add_on": write_columns(AddOnTerms._fields, "a"),
    "rule": write_columns(RuleRow._fields, "c"),
}

# Below the document a line for each resource with what is taken. How far a visit reaches beyond
# its start is not known before the document is read, so PostgreSQL works it out: too far is harmless.
# A service counts as often as the visit has it.
REACH_SQL = """, reach AS (
  SELECT %(first)s::int4 - sum(s.buffer_before_minutes)::int4
           - CASE WHEN bool_or(s.align = 'gap') THEN %(gap_reach)s::int4 ELSE 0 END AS first,
         %(last)s::int4 + sum(s.buffer_after_minutes + greatest(s.duration_minutes, (
             SELECT max(x.duration_minutes) FROM scheduling_serviceresource x WHERE x.service_id = s.id)))::int4
           + {add_on_minutes} AS last
  FROM unnest(%(service_ids)s::int8[]) q(id) JOIN scheduling_service s ON s.id = q.id
)
"""
ADD_ON_MINUTES_SQL = """
(SELECT coalesce(sum(a.minutes), 0)::int4
 FROM unnest(%(service_ids)s::int8[]) q(id) JOIN scheduling_addon a ON a.service_id = q.id
 WHERE a.id = ANY(%(add_on_ids)s::int8[]))
"""
LINES_SQL = """
SELECT NULL::int8, NULL::int4[], NULL::int4[], document FROM ({document}) d
UNION ALL
SELECT r.id, taken.starts, taken.ends, NULL
FROM reach, (SELECT DISTINCT resource_id AS id FROM pool) r, LATERAL ({taken}) taken
WHERE taken.starts IS NOT NULL
"""


@lru_cache(maxsize=16)
def write_plan_sql(*, has_add_ons: bool) -> str:
    """Return the statement for the document alone."""
    return POOL_SQL + _write_document_sql(has_add_ons=has_add_ons)


@lru_cache(maxsize=16)
def write_full_sql(*, has_add_ons: bool, is_moving: bool, is_alone: bool) -> str:
    """Return the statement for the document and what is taken; the last two as in `write_taken_sql`."""
    taken = write_taken_sql(
        resource="r.id", first="reach.first", last="reach.last", is_moving=is_moving, is_alone=is_alone
    )
    reach = REACH_SQL.replace("{add_on_minutes}", ADD_ON_MINUTES_SQL if has_add_ons else "0")
    return POOL_SQL + reach + LINES_SQL.format(document=_write_document_sql(has_add_ons=has_add_ons), taken=taken)


def _write_document_sql(*, has_add_ons: bool) -> str:
    # Most visits have none, and what is not in the statement costs nothing.
    sql = DOCUMENT_SQL.replace("{add_ons}", ADD_ONS_SQL if has_add_ons else "NULL")
    for name, columns in COLUMNS.items():
        sql = sql.replace(f"{{{name}}}", columns)
    return sql.replace("{timetable}", TIMETABLE_SQL)
