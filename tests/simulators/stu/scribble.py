"""A pen's path that stands nowhere as data: each report is computed from its number."""

COUNT = 400


def place(index: int) -> tuple[int, int, int]:
    """x, y and pressure of the report of that number, in the units of an STU-430."""
    x = 1500 + index * 13 + index * index * 7919 % 97
    y = 1000 + index * index * 104_729 % 1801
    return x, y, 200 + index * index * 31 % 701
