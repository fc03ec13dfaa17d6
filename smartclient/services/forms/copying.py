"""What a copy takes along: everything but what the package keeps back.

Health answers, signatures and consents stay with the document in which they were given; the
package marks them, so that a new form needs no code.
"""

from smartclient.forms.model import FieldSpec, GroupSpec, Model, RepeatSpec
from smartclient.wire.messages import Json, JsonObject


def copied_answers(model: Model, answers: JsonObject) -> JsonObject:
    """The answers that may be copied into a new document of this form, as they were typed."""
    return _group(model.root, answers)


def _group(spec: GroupSpec, answers: JsonObject) -> JsonObject:
    copied: JsonObject = {}
    for name, child in spec.children.items():
        value = answers.get(name)
        if value is None:
            continue
        match child:
            case RepeatSpec() if isinstance(value, list):
                rows: list[Json] = [_group(child, row) for row in value if isinstance(row, dict)]
                copied[name] = rows
            case GroupSpec() if isinstance(value, dict):
                inside = _group(child, value)
                if inside:
                    copied[name] = inside
            case FieldSpec() if child.copied:
                copied[name] = value
    return copied
