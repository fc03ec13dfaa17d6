"""A line is written from the bytes that are kept, and is what its message would be."""

from hypothesis import given
from hypothesis import strategies as st

from smartclient.domain.document_life import Stage
from smartclient.domain.ids import Op, RecordId, Sha256
from smartclient.store.sent import Offer
from smartclient.wire.encoding import canonical, sha256
from smartclient.wire.kinds import RecordClass, RecordKind
from smartclient.wire.messages import JsonObject

_TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=8,
)
_BODIES = st.dictionaries(_TEXT | st.just("body"), _VALUES, max_size=4)
_OPS = st.uuids().map(str).map(Op)


@given(
    _BODIES,
    st.tuples(_TEXT, _TEXT, st.sampled_from(RecordClass)),
    st.lists(_OPS, max_size=3),
    st.lists(st.binary(max_size=2).map(sha256), max_size=2),
)
def test_that_a_line_is_written_as_its_message_would_be(
    body: JsonObject,
    said: tuple[str, str, RecordClass],
    lineage: list[Op],
    blobs: list[Sha256],
) -> None:
    content, (form_version, scope, record_class) = canonical(body), said
    offer = Offer(
        id=RecordId("00000000-0000-4000-8000-000000000001"),
        kind=RecordKind.DOCUMENT,
        op=Op("00000000-0000-4000-8000-000000000002"),
        lineage=tuple(lineage),
        sha256=sha256(content),
        content=content,
        stage=Stage.COMPLETE,
        form_version=form_version,
        blobs=tuple(blobs),
        scope=scope,
        record_class=record_class,
    )
    assert offer.written() == canonical(offer.line.to_json())
