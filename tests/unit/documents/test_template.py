"""Templates are taken whole and untouched, or not at all."""

import json

import pytest

from smartclient.documents.template import MANIFEST, Template, assembled
from smartclient.domain.errors import Damaged
from tests.unit.documents.workshop import fonts, template, template_source


@pytest.fixture
def files() -> dict[str, bytes]:
    return assembled(template_source(), fonts())


def test_that_a_published_template_names_itself_and_carries_its_fonts() -> None:
    found = template()
    assert (found.identity.id, found.identity.version) == ("flexi-offer", 1)
    assert sorted(name for name in found.files if name.startswith("fonts/")) == [
        "fonts/Inter-Bold.otf",
        "fonts/Inter-Medium.otf",
        "fonts/Inter-Regular.otf",
        "fonts/Inter-SemiBold.otf",
    ]


def test_that_assembling_again_gives_the_same_bytes(files: dict[str, bytes]) -> None:
    assert assembled(template_source(), fonts()) == files


@pytest.mark.parametrize("missing", ["offer.typ", "fonts/Inter-Bold.otf", "texts/cs.json"])
def test_that_a_missing_file_is_named(files: dict[str, bytes], missing: str) -> None:
    del files[missing]
    with pytest.raises(Damaged) as refusal:
        Template.from_files(files)
    assert (refusal.value.code, refusal.value.values["file"]) == ("SC-DOC-001", missing)


def test_that_a_changed_file_is_named(files: dict[str, bytes]) -> None:
    files["look.typ"] += b" "
    with pytest.raises(Damaged) as refusal:
        Template.from_files(files)
    assert (refusal.value.code, refusal.value.values["file"]) == ("SC-DOC-002", "look.typ")


@pytest.mark.parametrize("name", ["more.typ", "../outside.typ", "/etc/outside"])
def test_that_a_file_beside_the_manifest_is_refused(files: dict[str, bytes], name: str) -> None:
    files[name] = b""
    with pytest.raises(Damaged, match="SC-DOC-002"):
        Template.from_files(files)


def test_that_a_file_outside_the_folder_is_refused_even_when_listed(
    files: dict[str, bytes],
) -> None:
    manifest = json.loads(files[MANIFEST])
    manifest["files"]["../outside.typ"] = manifest["files"]["offer.typ"]
    files["../outside.typ"] = files["offer.typ"]
    files[MANIFEST] = json.dumps(manifest).encode()
    with pytest.raises(Damaged, match="SC-DOC-002"):
        Template.from_files(files)


@pytest.mark.parametrize(
    "manifest",
    [b"", b"{", b"[]", b'{"schema": 2}', b'{"schema": 1, "id": "a", "version": 0}'],
)
def test_that_an_unreadable_manifest_is_refused(files: dict[str, bytes], manifest: bytes) -> None:
    files[MANIFEST] = manifest
    with pytest.raises(Damaged, match="SC-DOC-003"):
        Template.from_files(files)


def test_that_no_files_are_no_template() -> None:
    with pytest.raises(Damaged, match="SC-DOC-001"):
        Template.from_files({})


def test_that_a_font_that_is_not_there_is_named() -> None:
    with pytest.raises(Damaged) as refusal:
        assembled(template_source(), {})
    assert refusal.value.values["file"] == "Inter-Bold.otf"


def looked(manifest_look: object) -> dict[str, bytes]:
    """The template's source, saying that it shares a look."""
    source = template_source()
    manifest = json.loads(source[MANIFEST]) | {"look": manifest_look}
    return {**source, MANIFEST: json.dumps(manifest).encode()}


def test_that_a_template_carries_the_look_it_shares() -> None:
    source = looked({"id": "pcs", "version": 2})
    asked: list[tuple[str, int]] = []

    def looks(name: str, version: int) -> dict[str, bytes]:
        asked.append((name, version))
        return {"words/cs.json": b"{}"}

    files = assembled(source, fonts(), looks)
    assert asked == [("pcs", 2)]
    assert Template.from_files(files).files["words/cs.json"] == b"{}"


def test_that_a_look_that_is_not_there_is_named() -> None:
    with pytest.raises(Damaged) as refusal:
        assembled(looked({"id": "pcs", "version": 2}), fonts())
    assert (refusal.value.code, refusal.value.values["file"]) == ("SC-DOC-001", "pcs/2")


def test_that_a_template_may_not_replace_a_file_of_its_look() -> None:
    source = looked({"id": "pcs", "version": 1})
    with pytest.raises(Damaged) as refusal:
        assembled(source, fonts(), lambda _look, _version: {"offer.typ": b""})
    assert (refusal.value.code, refusal.value.values["file"]) == ("SC-DOC-002", "offer.typ")


@pytest.mark.parametrize("look", ["pcs", {"id": "pcs"}, {"id": 5, "version": 1}])
def test_that_a_look_that_cannot_be_read_is_refused(look: object) -> None:
    with pytest.raises(Damaged, match="SC-DOC-003"):
        assembled(looked(look), fonts())
