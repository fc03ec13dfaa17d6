"""What is read of a push at a glance is what is read closely, and nothing else passes."""

from collections.abc import Callable
from dataclasses import replace
from unittest import mock

from hypothesis import given
from hypothesis import strategies as some

from smartclient.domain.document_life import Stage
from smartclient.domain.errors import BadInput
from smartclient.domain.ids import Op, RecordId, Sha256
from smartclient.wire import messages
from smartclient.wire.kinds import RecordClass, RecordKind
from smartclient.wire.messages import Answer, Json, JsonObject, PushLine, PushResult

LINE = PushLine(
    RecordId("00000000-0000-4000-8000-000000000001"),
    RecordKind.DOCUMENT,
    Op("00000000-0000-4000-8000-000000000002"),
    (Op("00000000-0000-4000-8000-000000000003"), Op("00000000-0000-4000-8000-000000000002")),
    Stage.COMPLETE,
    "flexi-offer 1",
    Sha256("a" * 64),
    (),
    {"number": "7900000001", "premium": 1},
)
RESULT = PushResult(LINE.id, LINE.op, Answer.OK, 3)
TEXTS = ("", "A" * 64, "x" * 81, "a\x00", "\ud800", "ok", "stale", "document", "client", "draft")
NAMES = (f"{LINE.id} {LINE.op}", f"{LINE.id}\n", LINE.id.upper())
LISTS: tuple[list[Json], ...] = (
    [],
    ["document"],
    [LINE.op, 1],
    ["b" * 64],
    [LINE.op for _ in range(64)],
    [LINE.op for _ in range(65)],
)
ODD: tuple[Json, ...] = (None, True, -1, 2**53 + 1, 1.5, *TEXTS, *NAMES, *LISTS, {}, {"a": 1})
LINES: tuple[JsonObject, ...] = (
    LINE.to_json(),
    replace(LINE, scope="office:1", parent=LINE.id).to_json(),
    replace(LINE, blobs=(Sha256("b" * 64),), record_class=RecordClass.MEDICAL).to_json(),
)
RESULTS: tuple[JsonObject, ...] = (
    RESULT.to_json(),
    replace(RESULT, version=0).to_json(),
    replace(RESULT, stage=Stage.SIGNED.value, handed_in=True).to_json(),
    replace(RESULT, handed_in=True, alone=True).to_json(),
    PushResult(LINE.id, LINE.op, Answer.MISSING, missing=(Sha256("b" * 64),)).to_json(),
)


def _verdict(read: Callable[[Json], PushLine | PushResult], fields: JsonObject) -> object:
    try:
        return read(fields)
    except BadInput as refusal:
        return refusal.code, refusal.values


def _nothing(_fields: JsonObject) -> None:
    return None


def _changed(fields: JsonObject, name: str, value: Json, *, without: bool) -> JsonObject:
    changed = {**fields, name: value}
    if without:
        del changed[name]
    return changed


@given(some.sampled_from(LINES), some.sampled_from(sorted(LINES[1])), some.sampled_from(ODD))
def test_that_an_odd_line_is_judged_alike_at_a_glance_and_closely(
    line: JsonObject, name: str, value: Json
) -> None:
    for without in (False, True):
        fields = _changed(line, name, value, without=without)
        at_a_glance = _verdict(PushLine.from_json, fields)
        with mock.patch.object(messages, "_plain_line", _nothing):
            assert _verdict(PushLine.from_json, fields) == at_a_glance


@given(some.sampled_from(RESULTS), some.sampled_from(sorted(RESULTS[2])), some.sampled_from(ODD))
def test_that_an_odd_result_is_judged_alike_at_a_glance_and_closely(
    result: JsonObject, name: str, value: Json
) -> None:
    for without in (False, True):
        fields = _changed(result, name, value, without=without)
        at_a_glance = _verdict(PushResult.from_json, fields)
        with mock.patch.object(messages, "_plain_result", _nothing):
            assert _verdict(PushResult.from_json, fields) == at_a_glance


def test_that_lines_and_results_come_as_they_were_sent() -> None:
    assert PushLine.from_json(LINE.to_json()) == LINE
    assert PushResult.from_json(RESULT.to_json()) == RESULT
    assert PushResult.from_json({**RESULT.to_json(), "of a newer server": 1}) == RESULT
