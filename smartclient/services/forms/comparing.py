"""Two versions of one document, answer by answer, for the adviser who has to choose."""

from collections.abc import Iterator
from dataclasses import dataclass

from smartclient.domain.errors import BadInput
from smartclient.forms.layout import Element, FieldLayout, GroupLayout, HeadingLayout, RepeatLayout
from smartclient.forms.session import FormSession


@dataclass(frozen=True, slots=True)
class ComparedAnswer:
    """One answer in both versions, as people write it; empty for none."""

    section: str
    label: str
    about: str
    """The title of its row, for example the person's name; empty outside of repeats."""
    yours: str
    valid: str

    @property
    def differs(self) -> bool:
        """Whether the two versions do not share it."""
        return self.yours != self.valid


def compared(yours: FormSession, valid: FormSession | None) -> tuple[ComparedAnswer, ...]:
    """What both say, answer by answer, in the order of the form.

    Rows are compared by their place; a version that is not here says nothing. What nobody answered
    is left aside, and what follows by computation, because what it follows from is there.
    """
    found = (
        answer
        for section in yours.layout
        for element in section.elements
        for answer in _in(element, yours, valid, section.title, "", "")
    )
    return tuple(found)


def _in(
    element: Element,
    yours: FormSession,
    valid: FormSession | None,
    section: str,
    inside: str,
    about: str,
) -> Iterator[ComparedAnswer]:
    match element:
        case HeadingLayout():
            return
        case FieldLayout():
            path = _joined(inside, element.path)
            ours, theirs = _answer(yours, path), _answer(valid, path)
            if ours or theirs:
                yield ComparedAnswer(section, element.label, about, ours, theirs)
        case GroupLayout():
            for each in element.elements:
                yield from _in(each, yours, valid, section, inside, about)
        case RepeatLayout():
            path = _joined(inside, element.path)
            for row in range(max(_rows(yours, path), _rows(valid, path))):
                session = yours if valid is None or row < _rows(yours, path) else valid
                title = session.row_title(path, row)
                for each in element.elements:
                    yield from _in(each, yours, valid, section, f"{path}.{row}", title)


def _answer(session: FormSession | None, path: str) -> str:
    if session is None:
        return ""
    try:
        state = session.field(path)
    except BadInput:
        return ""  # a row, or a field of another version of the form, that is not there
    return "" if state.readonly or not state.relevant else state.typed


def _rows(session: FormSession | None, path: str) -> int:
    if session is None:
        return 0
    try:
        return session.rows(path)
    except BadInput:
        return 0


def _joined(inside: str, path: str) -> str:
    return f"{inside}.{path}" if inside else path
