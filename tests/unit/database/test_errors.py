"""What the database says, as a failure that is expected, or as a defect."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, OperationalError
from psycopg import errors

from database.errors import DatabaseAway, TooBusy, explain_failure


def fail(kind: type[DatabaseError], cause: Exception | None) -> Exception:
    try:
        raise kind("said") from cause
    except (DatabaseError, InterfaceError) as error:
        return error


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (errors.LockNotAvailable(), TooBusy),
        (errors.DeadlockDetected(), TooBusy),
        (errors.SerializationFailure(), TooBusy),
        (errors.QueryCanceled(), TooBusy),
        (errors.AdminShutdown(), DatabaseAway),
        (errors.CrashShutdown(), DatabaseAway),
        (errors.CannotConnectNow(), DatabaseAway),
        (errors.IdleInTransactionSessionTimeout(), DatabaseAway),
        (errors.ReadOnlySqlTransaction(), DatabaseAway),
        (errors.TooManyConnections(), DatabaseAway),
        (errors.ConnectionFailure(), DatabaseAway),
        (errors.OperationalError("server closed the connection unexpectedly"), DatabaseAway),
        (None, DatabaseAway),
    ],
)
def test_a_database_that_is_away_or_busy_is_expected(cause, expected):
    assert type(explain_failure(fail(OperationalError, cause))) is expected


def test_a_connection_that_is_closed_already_is_away():
    assert type(explain_failure(fail(InterfaceError, None))) is DatabaseAway


@pytest.mark.parametrize(
    "error",
    [
        fail(OperationalError, errors.DiskFull()),
        fail(IntegrityError, errors.UniqueViolation()),
        fail(DataError, errors.NumericValueOutOfRange()),
        fail(DatabaseError, None),
        ConnectionResetError(),
        None,
    ],
)
def test_everything_else_is_a_defect(error):
    assert explain_failure(error) is None
