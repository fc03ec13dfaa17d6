"""The operator's settings of the export, as they stand in settings.json under `export`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from cryptography import x509

from smartclient.domain.errors import BadInput
from smartclient.locale import LANGUAGES
from smartclient.wire.messages import Json, JsonObject, listed, mapping, text, whole

if TYPE_CHECKING:
    from smartclient.backoffice.operations.export.policy import ExportPolicy

MOST_FORMATS, MOST_ADDRESSES = 10, 20
LONGEST_KEPT = 20 * 366


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """What of the export the operator decides; everything has a value without settings."""

    formats: tuple[str, ...] = ("json",)
    """`json` is always written; `csv` and `acord-txlife-103` beside it."""
    core_certificate: str = ""
    """A file of the keys folder; batches are sealed for it. Empty: in the clear."""
    holidays: str = ""
    """ISO code of the country whose public holidays postpone the hand-over. Empty: none."""
    kept_days: int = 365
    report_to: tuple[str, ...] = ()
    language: str = "cs"
    """Of the report."""

    def to_json(self) -> JsonObject:
        """As it stands in the settings."""
        return {
            "formats": [*self.formats],
            "core_certificate": self.core_certificate,
            "holidays": self.holidays,
            "kept_days": self.kept_days,
            "report_to": [*self.report_to],
            "language": self.language,
        }

    @classmethod
    def from_json(cls, source: Json) -> "ExportSettings":
        """Read the settings; BadInput SC-SYNC-010 naming what breaks a rule."""
        fields = {**cls().to_json(), **mapping(source, "export")}
        language = text(fields, "language", 2)
        if language not in LANGUAGES:
            rule = ", ".join(LANGUAGES)
            raise BadInput("SC-SYNC-010", field="language", value=language, rule=rule)
        return cls(
            listed(fields, "formats", partial(_short, "formats"), MOST_FORMATS),
            text(fields, "core_certificate", 80),
            text(fields, "holidays", 2),
            whole(fields, "kept_days", 1, LONGEST_KEPT),
            listed(fields, "report_to", partial(_short, "report_to"), MOST_ADDRESSES),
            language,
        )

    def policy(self, certificate: Callable[[str], x509.Certificate]) -> "ExportPolicy":
        """What the exporter goes by; `certificate` reads one of the keys folder.

        Raises BadInput SC-EXP-013 for a format or a country that nobody knows, SC-EXP-014 for a
        certificate that nothing can be sealed for.
        """
        from smartclient.backoffice.operations.export.formats import chosen_formats
        from smartclient.backoffice.operations.export.policy import ExportPolicy
        from smartclient.wire.sealed_files import require_reader

        reader = certificate(self.core_certificate) if self.core_certificate else None
        if reader is not None:
            require_reader(reader)
        return ExportPolicy(
            formats=chosen_formats(self.formats),
            reader=reader,
            is_holiday=holidays_of(self.holidays),
            kept=timedelta(days=self.kept_days),
            report_to=self.report_to,
            language=self.language,
        )


def holidays_of(country: str) -> Callable[[date], bool]:
    """Whether a day is a public holiday of the country; of none where none is named."""
    if not country:
        return lambda _day: False
    import holidays  # every country of the world: half a second that most commands do without

    try:
        calendar = holidays.country_holidays(country)
    except NotImplementedError as unknown:
        raise BadInput("SC-EXP-013", name=country, rule="ISO 3166") from unknown
    return calendar.__contains__


def _short(field: str, source: Json) -> str:
    return text({field: source}, field, 200)
