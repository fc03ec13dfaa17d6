"""Names in expressions that ask for something else than an answer, and how they are looked up.

An author writes them as functions: `row()`, `changes()`, `before(sum)`. Inside they are names like
any other, so that what depends on them is found and evaluated as with answers.
"""

ROW_NUMBER = "#row"
"""The name under which `row()` asks for the number of the own row, counted from 1."""
BEFORE = "#before."
"""Before a name: the answer that the form was opened on, asked by `before()`."""
CHANGED = "#changed."
"""Before a name: whether the answer differs from that, asked by `changed()`."""
CHANGES = "#changes"
"""The name under which `changes()` asks how many answers differ."""
PREMIUM = "#premium"
"""The name under which `premium()` asks for the instalment that is to be paid."""
OWN = "own."
"""Inside a function over rows: the name is looked up where the expression stands."""

FUNCTIONS_OF_THE_FORM = {"row": ROW_NUMBER, "changes": CHANGES, "premium": PREMIUM}
"""Functions without an argument."""
FUNCTIONS_OF_AN_ANSWER = {"before": BEFORE, "changed": CHANGED}
"""Functions of the name of an answer."""


def as_written(name: str) -> str:
    """A name as the author wrote it."""
    for function, side in FUNCTIONS_OF_AN_ANSWER.items():
        if name.startswith(side):
            return f"{function}({name.removeprefix(side)})"
    return f"{name[1:]}()" if name.startswith("#") else name
