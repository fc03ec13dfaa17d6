"""The sources of the product as the architecture tests read them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = (ROOT / "smartclient", ROOT / "certs")


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the product: where it is, what it says."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """Its path from the root of the repository."""
        return self.path.relative_to(ROOT).as_posix()


def modules() -> Iterator[Module]:
    """Every module of the product."""
    for path in sorted(path for folder in PRODUCT for path in folder.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        yield Module(path, text, ast.parse(text))


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
