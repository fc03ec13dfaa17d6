"""How faults of a package are named: file, field and rule, all of them at once.

BadInput
├── PackageRefused    SC-FORM-001; `faults` holds one BadInput a fault
└── ExpressionRefused SC-FORM-101 … 119; names the construct, the function or the limit
"""

from collections.abc import Sequence

from smartclient.domain.errors import BadInput


class ExpressionRefused(BadInput):
    """An expression breaks a rule of the language, or its values do not fit its operations."""


class PackageRefused(BadInput):
    """A form package has faults; `values` repeat the first of them."""

    def __init__(self, faults: Sequence[BadInput]) -> None:
        self.faults = tuple(faults)
        first = self.faults[0]
        super().__init__(
            "SC-FORM-001",
            count=len(self.faults),
            first=first.code,
            file=first.values.get("file", ""),
            field=first.values.get("field", ""),
            rule=first.values.get("rule", ""),
        )


def fault(code: str, file: str, field: str, rule: str, **values: object) -> BadInput:
    """One fault of a package. `field` is where in the file, `rule` what it must be."""
    return BadInput(code, file=file, field=field, rule=rule, **values)
