"""What the import contracts cannot say: names, docstrings, types, sentences, pins."""

import ast
import re
import sys
from collections.abc import Iterator

from PySide6.QtCore import QObject, Signal

from smartclient.domain.sentences import SENTENCES
from tests.architecture.sources import ROOT, Module, functions, modules

FORBIDDEN_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "manager",
    "data",
    "info",
    "misc",
}
CODE = re.compile(r"SC-[A-Z]+-\d{3}")


def test_that_no_module_has_a_name_that_says_nothing() -> None:
    named = [module.name for module in modules() if module.path.stem in FORBIDDEN_NAMES]
    assert named == []


def _public_without_docstring(module: Module) -> Iterator[str]:
    def visit(body: list[ast.stmt], owner: str) -> Iterator[str]:
        for node in body:
            if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if node.name.startswith("_"):
                continue
            if ast.get_docstring(node) is None and not _is_qt_override(node.name):
                yield f"{owner}{node.name}"
            if isinstance(node, ast.ClassDef):
                yield from visit(node.body, f"{owner}{node.name}.")

    if ast.get_docstring(module.tree) is None:
        yield module.name
    yield from visit(module.tree.body, f"{module.name}: ")


QT_NAMES_WITHOUT_CAPITALS = {"data", "event", "flags", "index", "parent", "paint"}


def _is_qt_override(name: str) -> bool:
    """Names in camelCase are Qt's own; Qt documents what they promise."""
    return name in QT_NAMES_WITHOUT_CAPITALS or (
        any(letter.isupper() for letter in name[1:]) and "_" not in name and name[0].islower()
    )


def test_that_every_public_name_says_what_it_promises() -> None:
    silent = [name for module in modules() for name in _public_without_docstring(module)]
    assert silent == []


def test_that_no_signature_says_any() -> None:
    vague = []
    for module in modules():
        for function in functions(module):
            arguments = function.args
            every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            every += [each for each in (arguments.vararg, arguments.kwarg) if each]
            annotations = [each.annotation for each in every] + [function.returns]
            for annotation in filter(None, annotations):
                names = {n.id for n in ast.walk(annotation) if isinstance(n, ast.Name)}
                if "Any" in names:
                    vague.append(f"{module.name}:{function.lineno} {function.name}")
    assert vague == []


def test_that_every_code_raised_has_a_sentence_and_every_sentence_a_use() -> None:
    used: set[str] = set()
    for module in modules():
        if "domain/sentences" not in module.name:
            used.update(CODE.findall(module.text))
    assert sorted(used - SENTENCES.keys()) == [], "codes without a sentence"
    assert sorted(SENTENCES.keys() - used) == [], "sentences that nothing raises"


def test_that_every_sentence_says_what_happened_what_is_safe_and_what_to_do() -> None:
    silent = [
        f"{code}.{part}"
        for code, sentence in SENTENCES.items()
        for part in ("happened", "safe", "do")
        if not getattr(sentence, part)
    ]
    assert silent == []


def test_that_every_dependency_is_pinned_with_hashes_and_names_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.split(r"\n(?=\S)", lock.strip())
    assert all("==" in pin and "--hash=sha256:" in pin for pin in pins)
    assert "://" not in lock


def test_that_every_test_the_capabilities_name_is_there() -> None:
    listed = (ROOT / "docs" / "capabilities.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(tests/[^`]+)`", listed))
    assert named
    gone = []
    for each in named:
        file, _colons, test = each.partition("::")
        path = ROOT / file
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        if not text or (test and f"def {test}(" not in text):
            gone.append(each)
    assert sorted(gone) == []


class _Bell(QObject):
    rung = Signal(bool)


def test_that_emitting_does_not_lose_references_to_true() -> None:
    """PySide6 6.12.0 loses one at each emit on Python 3.11 and aborts in the end."""
    bell = _Bell()
    heard: list[bool] = []
    bell.rung.connect(heard.append)
    before = sys.getrefcount(True)
    for _ in range(1000):
        bell.rung.emit(True)
    heard.clear()
    assert sys.getrefcount(True) > before - 100
