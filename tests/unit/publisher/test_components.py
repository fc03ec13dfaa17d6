"""The sources of the catalogue: nothing broken is signed, and what needs another finds it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from smartclient.domain.errors import BadInput, SmartClientError
from smartclient.forms.faults import PackageRefused
from smartclient.forms.package import FormPackage
from smartclient.publisher.__main__ import FONTS
from smartclient.publisher.components import Given, read_catalogue
from smartclient.wire.archive import unpack_files
from smartclient.wire.catalogue import ComponentKind, target_path

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def given(certificates: Path) -> Given:
    fonts = {path.name: path.read_bytes() for path in FONTS.glob("*.otf")}
    return Given((certificates / "authority.pem").read_bytes(), fonts)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of the real catalogue, to be spoilt."""
    return Path(shutil.copytree(ROOT / "catalogue", tmp_path / "catalogue"))


def test_that_the_catalogue_of_this_tree_is_sound(given: Given) -> None:
    catalogue = read_catalogue(ROOT / "catalogue", given)
    kinds = {component.kind for component in catalogue.signed_set.components}
    assert kinds == set(ComponentKind)
    named = {component.path for component in catalogue.signed_set.components}
    assert named == set(catalogue.archives)


def test_that_signing_the_same_sources_again_gives_the_same_bytes(
    given: Given, sources: Path
) -> None:
    """A second person can pack the sources and compare the digests before signing."""
    first = read_catalogue(ROOT / "catalogue", given)
    for path in sources.rglob("*"):
        path.touch()
    assert read_catalogue(sources, given) == first


def test_that_the_signing_component_brings_the_authoritys_certificate(given: Given) -> None:
    archives = read_catalogue(ROOT / "catalogue", given).archives
    files = unpack_files(archives["signer/pcs-signosoft-1.zip"])
    assert files["authority.pem"] == given.authority


def test_that_a_form_takes_its_days_from_its_own_manifest(given: Given, sources: Path) -> None:
    manifest = sources / "forms" / "flexi-offer" / "1" / "manifest.json"
    changed = json.loads(manifest.read_bytes()) | {"valid_to": "2027-05-31"}
    manifest.write_text(json.dumps(changed))
    found = read_catalogue(sources, given).signed_set.find(ComponentKind.FORM, "flexi-offer", 1)
    assert found is not None
    assert str(found.valid_to) == "2027-05-31"


def _without(kind: str) -> Callable[[Path], None]:
    def spoil(sources: Path) -> None:
        plan = json.loads((sources / "set.json").read_bytes())
        plan["components"] = [each for each in plan["components"] if each["kind"] != kind]
        (sources / "set.json").write_text(json.dumps(plan))

    return spoil


def _write(name: str, content: str) -> Callable[[Path], None]:
    def spoil(sources: Path) -> None:
        (sources / name).write_text(content, encoding="utf-8")

    return spoil


def _entry(change: dict[str, object]) -> Callable[[Path], None]:
    def spoil(sources: Path) -> None:
        plan = json.loads((sources / "set.json").read_bytes())
        plan["components"][0] |= change
        (sources / "set.json").write_text(json.dumps(plan))

    return spoil


@pytest.mark.parametrize(
    ("spoil", "code", "said"),
    [
        (_without("tariff"), "SC-CAT-062", "tariff flexi"),
        (_without("template"), "SC-CAT-062", "template flexi-offer"),
        (_without("product_document"), "SC-CAT-062", "document flexi-ipid"),
        (_write("set.json", "{"), "SC-CAT-060", "set.json"),
        (_write("set.json", '{"id": "x"}'), "SC-CAT-060", "components"),
        (_entry({"version": 99}), "SC-CAT-061", "flexi-offer"),
        (_entry({"id": "other"}), "SC-CAT-061", "other"),
        (_entry({"date": "yesterday"}), "SC-CAT-060", "date"),
        (_entry({"names": {}}), "SC-CAT-060", "names"),
        (_write("documents/flexi-ipid/1/cs.txt", ""), "SC-CAT-042", "cs.txt"),
        (_write("documents/flexi-ipid/1/pl.txt", "x"), "SC-CAT-042", "pl.txt"),
        (_write("forms/flexi-offer/1/model.json", "{"), "SC-FORM-001", "model.json"),
        (_write("tariffs/flexi/1/tariff.json", "{"), "SC-PREM-001", "tariff.json"),
        (_write("templates/flexi-offer/1/manifest.json", "{"), "SC-DOC-003", ""),
        (_write("signer/pcs-signosoft/1/component.json", "{"), "SC-CAT-060", ""),
    ],
)
def test_that_what_is_wrong_is_named_and_nothing_is_packed(
    given: Given, sources: Path, spoil: Callable[[Path], None], code: str, said: str
) -> None:
    spoil(sources)
    with pytest.raises(SmartClientError) as refusal:
        read_catalogue(sources, given)
    assert refusal.value.code == code
    assert said in str(refusal.value)


def test_that_a_set_for_an_application_too_old_for_its_form_is_refused(
    given: Given, sources: Path
) -> None:
    manifest = sources / "forms" / "flexi-offer" / "1" / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_bytes()) | {"min_app": "9.0.0"}))
    with pytest.raises(BadInput) as refusal:
        read_catalogue(sources, given)
    assert refusal.value.values == {"form": "flexi-offer", "missing": "min_app 9.0.0"}


@pytest.mark.parametrize("name", ["root.pem", "authority-key.pem", "nothing"])
def test_that_only_an_rsa_certificate_can_be_the_authoritys(
    given: Given, certificates: Path, name: str
) -> None:
    content = (certificates / name).read_bytes() if name != "nothing" else b""
    with pytest.raises(BadInput) as refusal:
        read_catalogue(ROOT / "catalogue", Given(content, given.fonts))
    assert refusal.value.code == "SC-CAT-063"


def test_that_a_form_is_published_with_its_shared_parts(given: Given, sources: Path) -> None:
    form, part = sources / "forms" / "flexi-offer" / "1", sources / "parts" / "wishes" / "1"
    part.mkdir(parents=True)
    (part / "i18n").mkdir()
    (part / "part.json").write_text('{"schema": 1, "id": "wishes", "version": 1}')
    (part / "model.json").write_text(
        '{"type": "group", "fields": [{"name": "wish", "type": "text"}]}'
    )
    (part / "ui.json").write_text('{"elements": [{"field": "wish"}]}')
    for language in ("cs", "en"):
        texts = '{"fields": {"wish": {"label": "Wish"}}}'
        (part / "i18n" / f"{language}.json").write_text(texts)
    _change(
        form / "manifest.json", lambda found: found.update(parts=[{"id": "wishes", "version": 1}])
    )
    _change(
        form / "model.json",
        lambda found: found["fields"].append({"include": "wishes", "name": "wishes"}),
    )
    _change(
        form / "ui.json",
        lambda found: found["sections"][0]["elements"].append(
            {"include": "wishes", "at": "wishes"}
        ),
    )
    catalogue = read_catalogue(sources, given)
    path = target_path(ComponentKind.FORM, "flexi-offer", 1)
    files = unpack_files(catalogue.archives[path])
    assert "parts/wishes/part.json" in files
    assert FormPackage.from_files(files).path_of("contact.email") == "contact.email"
    (part / "part.json").unlink()
    with pytest.raises(PackageRefused):
        read_catalogue(sources, given)


def _change(file: Path, change: Callable[[dict[str, Any]], None]) -> None:
    found = json.loads(file.read_bytes())
    change(found)
    file.write_text(json.dumps(found))
