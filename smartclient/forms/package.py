"""A form package: everything one form is, loaded from files and found sound.

manifest.json     what it is                 choices/<list>.csv   code lists
model.json        groups, repeats, fields    i18n/<language>.json texts
rules.json        when and what              pricing.json         answers → premium
ui.json           sections on a grid         signatures.json      who signs
tests/*.json      its own trials             export.json          answers → core system
parts/<id>/       shared parts, see assembly migrations/*.json   from earlier versions
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import jsonschema

from smartclient.domain.document_life import DocumentKind
from smartclient.forms import soundness
from smartclient.forms.assembly import check_parts
from smartclient.forms.choices import CodeList, read_lists
from smartclient.forms.dependencies import Dependencies, read_dependencies
from smartclient.forms.exporting import ExportMap, read_export_map
from smartclient.forms.faults import PackageRefused
from smartclient.forms.layout import SectionLayout
from smartclient.forms.manifest import Manifest, read_manifest
from smartclient.forms.migration_steps import (
    Migration,
    check_defaults,
    check_messages,
    read_migrations,
)
from smartclient.forms.model import Model, RepeatSpec, Spec
from smartclient.forms.model_reading import read_model
from smartclient.forms.placing import Drawing, PlacedSection, Positions, read_placing
from smartclient.forms.pricing import Pricing, read_pricing
from smartclient.forms.reading import Reader
from smartclient.forms.rules import RulesOf, read_rules
from smartclient.forms.schema import answers_schema, require_fitting
from smartclient.forms.signing_roles import Signing, SigningOrder, SigningRole, read_signing
from smartclient.forms.source import MAX_FILES, MAX_PACKAGE, Faults
from smartclient.forms.texts import Texts, read_texts
from smartclient.wire.messages import Json, JsonObject


@dataclass(frozen=True, slots=True, eq=False)
class FormPackage:
    """One version of one form. Made once, shared by every session."""

    manifest: Manifest
    model: Model
    rules: Mapping[int, RulesOf]
    """By the id of the place; places without rules are not there."""
    lists: Mapping[str, CodeList]
    texts: Mapping[str, Texts]
    """By language."""
    placed: tuple[PlacedSection, ...]
    positions: Positions
    pricing: Pricing | None
    signing: Signing
    export_map: ExportMap
    dependencies: Dependencies
    layouts: Mapping[str, tuple[SectionLayout, ...]]
    """By language."""
    migrations: Mapping[int, Migration]
    """By the earlier version they start from."""

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> "FormPackage":
        """The package of the files (names relative to its folder).

        Raises PackageRefused SC-FORM-001 whose `faults` name file, field and rule of every fault.
        """
        faults = Faults()
        if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_PACKAGE:
            rule = f"at most {MAX_FILES} files of {MAX_PACKAGE} bytes together"
            raise PackageRefused(Faults.one("SC-FORM-004", "*", "*", rule))
        package = _read(files, faults)
        if faults.found:
            raise PackageRefused(faults.found)
        return package

    @property
    def id(self) -> str:
        """The same for all versions."""
        return self.manifest.id

    @property
    def version(self) -> int:
        """Counted from 1; a document remembers it."""
        return self.manifest.version

    @property
    def document_kind(self) -> DocumentKind:
        """What kind of document the form makes."""
        return self.manifest.document_kind

    @property
    def tariff_id(self) -> str:
        """Empty for a form without a premium."""
        return self.manifest.tariff_id

    @property
    def template_id(self) -> str:
        """What it is printed with."""
        return self.manifest.template_id

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it has texts in; the first is the usual one."""
        return self.manifest.languages

    @property
    def roles(self) -> tuple[SigningRole, ...]:
        """Who signs, in the order of the places on the pages."""
        return self.signing.roles

    @property
    def signing_order(self) -> SigningOrder:
        """Whether people sign in that order, or as they come."""
        return self.signing.order

    def is_valid(self, day: date) -> bool:
        """Whether new documents may be made with it on a day; both ends count."""
        ends = self.manifest.valid_to
        return self.manifest.valid_from <= day and (ends is None or day <= ends)

    def title(self, language: str = "cs") -> str:
        """The name of the form as people know it."""
        return self.texts[self.spoken(language)].title

    def spoken(self, language: str) -> str:
        """The language itself where the package has it, otherwise the package's usual one."""
        return language if language in self.languages else self.languages[0]

    def layout(self, language: str = "cs") -> tuple[SectionLayout, ...]:
        """The sections in order."""
        return self.layouts[self.spoken(language)]

    def path_of(self, meaning: str) -> str | None:
        """The path of the place with the meaning code; rows as `*` ("insured.*.surname")."""
        found = self.by_meaning(meaning)
        return None if found is None else self._starred(found)

    def by_meaning(self, meaning: str) -> Spec | None:
        """The place with the meaning code; None for an empty one."""
        return next((spec for spec in self.model.specs if meaning == spec.meaning != ""), None)

    def _starred(self, spec: Spec) -> str:
        around = [each for each in self.model.chain(spec) if each.name]
        names = (f"{each.name}.*" if isinstance(each, RepeatSpec) else each.name for each in around)
        return ".".join(reversed(list(names)))

    def answers_schema(self) -> JsonObject:
        """JSON Schema (2020-12) of the answers, for documents from outside."""
        return answers_schema(self.model, self.lists)

    def require_shape(self, answers: Json) -> None:
        """Raise BadInput SC-FORM-205 unless the answers have the shape this form knows."""
        require_fitting(_validator(self), answers)


@lru_cache(maxsize=32)
def _validator(package: FormPackage) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(package.answers_schema())


def _read(files: Mapping[str, bytes], faults: Faults) -> FormPackage:
    manifest = read_manifest(files, faults)
    languages = manifest.languages
    model = read_model(files, faults, frozenset(part.id for part in manifest.parts))
    check_parts(files, manifest.parts, frozenset(each.part for each in model.inclusions), faults)
    lists = read_lists(files, languages, faults)
    texts = read_texts(files, languages, model, faults)
    rules = read_rules(files, model, lists, faults)
    always = {
        spec for spec, found in rules.items() if found.calculate and found.calculate.when is None
    }
    placed = read_placing(files, model, model.row_keys() | always, faults)
    pricing = read_pricing(files, model, faults)
    signing = read_signing(files, model, faults)
    soundness.check_fields(model, lists, faults)
    soundness.check_rules(model, rules, faults)
    for each in texts.values():
        soundness.check_texts(each, rules, faults)
        soundness.check_roles(each, signing.roles, faults)
    return FormPackage(
        manifest,
        model,
        rules,
        lists,
        texts,
        placed,
        Positions.of(placed),
        pricing,
        signing,
        read_export_map(files, model, faults),
        read_dependencies(model, rules, pricing, faults),
        {
            language: Drawing(each, language, lists, faults).sections(placed)
            for language, each in texts.items()
        },
        _migrations(files, manifest, model, lists, texts, faults),
    )


def _migrations(
    files: Mapping[str, bytes],
    manifest: Manifest,
    model: Model,
    lists: Mapping[str, CodeList],
    texts: Mapping[str, Texts],
    faults: Faults,
) -> dict[int, Migration]:
    found = read_migrations(files, manifest.version, model, faults)
    for migration in found.values():
        check_defaults(migration, model, Reader.of_lists(manifest.valid_from, lists), faults)
        for each in texts.values():
            check_messages(migration, each, faults)
    return found
