"""Two versions of one document, answer by answer, for the adviser who has to choose."""

from collections.abc import Iterator
from dataclasses import dataclass

from smartclient.domain.errors import BadInput
from smartclient.forms.layout import Element, FieldLayout, GroupLayout, HeadingLayout, RepeatLayout
from smartclient.forms.session import FormSession


@dataclass(frozen=True, slots=True)
class Deviation:
    """One answer that the two versions do not share, as people write it; empty for none."""

    label: str
    about: str
    """The title of its row, for example the person's name; empty outside of repeats."""
    yours: str
    valid: str


def deviations(yours: FormSession, valid: FormSession) -> tuple[Deviation, ...]:
    """What the two say differently, in the order of the form.

    Rows are compared by their place. What follows by computation is left aside, because what it
    follows from is there.
    """
    found = (
        deviation
        for section in yours.layout
        for element in section.elements
        for deviation in _in(element, yours, valid, "", "")
    )
    return tuple(found)


def _in(
    element: Element, yours: FormSession, valid: FormSession, inside: str, about: str
) -> Iterator[Deviation]:
    match element:
        case HeadingLayout():
            return
        case FieldLayout():
            path = _joined(inside, element.path)
            ours, theirs = _answer(yours, path), _answer(valid, path)
            if ours != theirs:
                yield Deviation(element.label, about, ours, theirs)
        case GroupLayout():
            for each in element.elements:
                yield from _in(each, yours, valid, inside, about)
        case RepeatLayout():
            path = _joined(inside, element.path)
            for row in range(max(_rows(yours, path), _rows(valid, path))):
                session = yours if row < _rows(yours, path) else valid
                title = session.row_title(path, row)
                for each in element.elements:
                    yield from _in(each, yours, valid, f"{path}.{row}", title)


def _answer(session: FormSession, path: str) -> str:
    try:
        state = session.field(path)
    except BadInput:
        return ""  # a row, or a field of another version of the form, that is not there
    return "" if state.readonly or not state.relevant else state.typed


def _rows(session: FormSession, path: str) -> int:
    try:
        return session.rows(path)
    except BadInput:
        return 0


def _joined(inside: str, path: str) -> str:
    return f"{inside}.{path}" if inside else path
