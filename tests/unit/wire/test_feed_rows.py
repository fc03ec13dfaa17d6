"""A row that is read at a glance is the row that is read closely, and nothing else passes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from smartclient.domain.document_life import ServerState, Stage
from smartclient.domain.errors import BadInput
from smartclient.domain.ids import Op, RecordId, Sha256
from smartclient.wire import feed_rows
from smartclient.wire.feed_rows import FeedRow
from smartclient.wire.kinds import RecordClass, RecordKind
from smartclient.wire.messages import Json, JsonObject

ROW = FeedRow(
    RecordId("00000000-0000-4000-8000-000000000001"),
    RecordKind.DOCUMENT,
    3,
    Op("00000000-0000-4000-8000-000000000002"),
    Sha256("a" * 64),
    Stage.COMPLETE,
    ServerState.OPEN,
    (),
    7,
)
ODD: tuple[Json, ...] = (
    None,
    True,
    -1,
    2**53 + 1,
    1.5,
    "",
    "A" * 64,
    f"{ROW.id} {ROW.op}",
    f"{ROW.id}\n",
    [],
    ["document"],
    {},
)


@pytest.mark.parametrize(
    "row",
    [
        ROW,
        replace(ROW, blobs=(Sha256("b" * 64),), seq=8),
        replace(ROW, parent=ROW.id),
        replace(ROW, record_class=RecordClass.MEDICAL, received_at="2026-11-21T17:58:03.120Z"),
    ],
)
def test_that_a_row_comes_as_it_was_sent(row: FeedRow) -> None:
    assert FeedRow.from_json(row.to_json()) == row
    assert FeedRow.from_json({**row.to_json(), "of a newer server": 1}) == row


@given(some.sampled_from(sorted(ROW.to_json())), some.sampled_from(ODD))
def test_that_an_odd_field_is_judged_alike_at_a_glance_and_closely(name: str, value: Json) -> None:
    fields: JsonObject = {**ROW.to_json(), name: value}
    at_a_glance = feed_rows.plain_row(fields)
    try:
        closely = FeedRow.from_json({**fields, "so that it is read closely": 1})
    except BadInput:
        assert at_a_glance is None
        with pytest.raises(BadInput):
            FeedRow.from_json(fields)
    else:
        assert at_a_glance in (None, closely)
        assert FeedRow.from_json(fields) == closely
