"""Whatever happens in whatever order: what was acknowledged is at the server or in its archive."""

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartclient.backoffice.operations import retention, retention_archive
from smartclient.domain.document_life import Stage
from smartclient.domain.ids import RecordId
from smartclient.domain.retention import DOCUMENTS, WARNED_BEFORE
from smartclient.wire.messages import Answer, JsonObject
from tests.simulators.adviser import Adviser, Draft
from tests.simulators.inprocess import InProcessServer
from tests.simulators.time_and_ids import CountedIds, SetClock

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("new"), st.sampled_from([Stage.DRAFT, Stage.COMPLETE, Stage.WAITING])),
        st.tuples(st.just("edit"), st.integers(0, 9)),
        st.tuples(st.just("sign"), st.integers(0, 9)),
        st.tuples(st.just("days"), st.integers(1, 100)),
        st.tuples(st.just("evening"), st.just(0)),
        st.tuples(st.just("answer"), st.just(0)),
        st.tuples(st.just("walk"), st.integers(1, 3)),
    ),
    max_size=25,
)


class Story:
    """A back office, one adviser, and a ledger of what was acknowledged."""

    def __init__(self) -> None:
        self.clock, ids = SetClock(), CountedIds()
        self.server = InProcessServer(self.clock, ids)
        self.adviser = Adviser(self.server, ids)
        self.drafts: list[Draft] = []
        self.acknowledged: dict[RecordId, JsonObject] = {}
        self.since: dict[RecordId, datetime] = {}

    def do(self, what: str, about: object) -> None:
        """One step."""
        self.adviser.headers = self.server.bearer(self.adviser.installed)
        match what, about:
            case "new", Stage() as stage:
                number = f"72000000{len(self.drafts):02}"
                self.drafts.append(self.adviser.offer(stage, number=number))
                self._push(self.drafts[-1])
            case "edit", int(place) if self.drafts:
                draft = self.drafts[place % len(self.drafts)]
                self.adviser.edit(draft, said=f"edit {len(draft.lineage)}")
                self._push(draft)
            case "sign", int(place) if self.drafts:
                draft = self.drafts[place % len(self.drafts)]
                package = self.adviser.package(draft)
                if self.adviser.push_one(package).answer is Answer.OK:
                    self.acknowledged[package.id] = package.body
            case "days", int(days):
                self.clock.pass_time(days=days)
            case "evening", _:
                self.server.judge()
                self.server.export()
            case "answer", _:
                self.server.answer()
            case "walk", int(scopes):
                self.clock.pass_time(hours=24)
                while not retention.walk_on(self.server.office, scopes).is_at_end:
                    pass

    def _push(self, draft: Draft) -> None:
        if self.adviser.push_one(draft.line()).answer is Answer.OK:
            self.acknowledged[draft.id] = dict(draft.body)
            self.since[draft.id] = self.clock.now()

    def require_kept(self) -> None:
        """Every acknowledged body is with the server or in the archive, never too early there."""
        self.adviser.headers = self.server.bearer(self.adviser.installed)
        with self.server.office.reading() as desk:
            archived = {each.id: each for each in retention_archive.listed(desk)}
            opened = {id_: retention_archive.opened(desk, id_)[0] for id_ in archived}
        packages = [body for each in opened.values() for body in each.packages]
        for record, body in self.acknowledged.items():
            if record in archived:
                assert opened[record].body == body
                kept_until = DOCUMENTS.kept.after(archived[record].received_at)
                assert archived[record].archived_at >= kept_until
                assert self.since[record] <= archived[record].archived_at - WARNED_BEFORE
            elif body not in packages:
                assert self.adviser.body_of(record) == body


def _settings(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow],
    )


@given(STEPS)
@_settings(8)
def test_that_nothing_acknowledged_is_ever_dropped(steps: list[tuple[str, object]]) -> None:
    _tell(steps)


@pytest.mark.long
@given(STEPS)
@_settings(100)
def test_that_nothing_acknowledged_is_ever_dropped_in_many_stories(
    steps: list[tuple[str, object]],
) -> None:
    _tell(steps)


def _tell(steps: list[tuple[str, object]]) -> None:
    story = Story()
    try:
        for what, about in steps:
            story.do(what, about)
        story.require_kept()
        for what, about in (("answer", 0), ("days", 100), ("days", 100), ("walk", 1), ("days", 20)):
            story.do(what, about)
        story.do("walk", 2)
        story.require_kept()
    finally:
        story.server.close()
