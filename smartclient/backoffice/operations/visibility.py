"""Which records of the principal's scopes it may read: a right goes by scope and class."""

from sqlalchemy import ColumnElement, FromClause, and_, or_

from smartclient.backoffice.operations.principals import ALL_CLASSES, Principal
from smartclient.wire.kinds import RecordClass


def of_classes(
    record: FromClause, classes: frozenset[RecordClass]
) -> tuple[ColumnElement[bool], ...]:
    """The condition that a record is of one of the classes; none where nothing is hidden."""
    if classes == ALL_CLASSES:
        return ()
    return (record.c.record_class.in_(sorted(each.value for each in classes)),)


def readable(record: FromClause, principal: Principal) -> ColumnElement[bool]:
    """The condition that a record may be read."""
    scopes = principal.scopes
    in_scope = record.c.scope.in_(scopes)
    by_classes: dict[frozenset[RecordClass], list[str]] = {}
    for scope in scopes:
        by_classes.setdefault(principal.classes(scope), []).append(scope)
    if by_classes.keys() == {ALL_CLASSES}:
        return in_scope
    # The scopes stand before the rest once more: by them the keys are found.
    parts = (
        and_(record.c.scope.in_(names), *of_classes(record, classes))
        for classes, names in by_classes.items()
    )
    return and_(in_scope, or_(*parts))
