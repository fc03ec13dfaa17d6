"""Values as the text of a PostgreSQL array.

The driver writes each array element by element in Python, which took a fifth of a small push. Here
a column is joined at once; only what needs quoting is looked at by itself.
"""

from collections.abc import Sequence


def array_text(values: Sequence[object]) -> str:
    """The array literal of whole numbers, truths, texts, bytes and None, all of one kind."""
    texts = [each for each in values if isinstance(each, str)]
    if texts and len(texts) == len(values):
        joined = "".join(texts)
        if "\\" not in joined and '"' not in joined:
            return '{"' + '","'.join(texts) + '"}'
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: object) -> str:
    match value:
        case None:
            return "NULL"
        case bool():
            return "t" if value else "f"
        case int():
            return str(value)
        case bytes() | bytearray():
            return f'"\\\\x{value.hex()}"'
        case _:
            quoted = str(value).replace("\\", "\\\\").replace('"', '\\"')
            return f'"{quoted}"'
