"""What lies on the adviser's desk: the clients' names, one text, and documents in all states."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from smartclient.domain.document_life import (
    CoreAnswer,
    DocumentKind,
    Marks,
    ServerState,
    Stage,
)
from smartclient.domain.ids import Sha256
from smartclient.services.clients import InformationText
from smartclient.store.document_lines import Situation

EVENING = datetime(2026, 11, 21, 17, 42, tzinfo=UTC)
"""18:42 in Prague."""

INFORMATION = InformationText(
    id="information-duty",
    version=1,
    title="Informace o zpracování osobních údajů",
    body="# Kdo vaše údaje zpracovává\n\n"
    "Pojišťovna a poradce, který s vámi jedná, zpracovávají vaše osobní údaje proto, aby vám "
    "mohli připravit nabídku pojištění, uzavřít smlouvu a plnit z ní.\n\n"
    "# Jaké údaje to jsou\n\n- jméno, příjmení, rodné číslo a adresa\n- telefon a e-mail\n"
    "- odpovědi na dotazy o zdraví, pokud je pojištění vyžaduje\n\n"
    "# Jak dlouho\n\n"
    "Po dobu trvání smlouvy a potom po dobu, kterou stanoví zákon. Údaje k nabídce, ze které smlouva "
    "nevznikla, mažeme po uplynutí lhůty pro případné nároky.\n\n"
    "# Vaše práva\n\n"
    "Můžete požádat o přístup ke svým údajům, o jejich opravu nebo výmaz, můžete vznést námitku a "
    "podat stížnost u Úřadu pro ochranu osobních údajů.",
    language="cs",
    digest=Sha256("0" * 64),
)

NAMES = (
    ("Petr", "Novák", "Pardubice", "8003151112"),
    ("Eva", "Černá", "Hradec Králové", "8456121234"),
    ("Tomáš", "Horák", "Chrudim", ""),
    ("Marie", "Veselá", "Brno", ""),
    ("Lucie", "Bílá", "Praha 4 – Nusle", ""),
    ("Karel", "Malý", "Ústí nad Orlicí", ""),
    ("Hana", "Němcová", "Olomouc", ""),
    ("Pavel", "Růžička", "Liberec", ""),
    ("Jan", "Sedlák", "Plzeň", ""),
    ("Alena", "Svobodová", "Zlín", ""),
    ("Jiří", "Dvořáček", "Kutná Hora", ""),
    ("Markéta", "Procházková-Vondráčková", "Nové Město na Moravě", ""),
    ("Zdeněk", "Kučera", "Tábor", ""),
    ("Ludmila", "Pospíšilová", "Jihlava", ""),
    ("Ondřej", "Šťastný", "České Budějovice", ""),
    ("Kateřina", "Benešová", "Opava", ""),
    ("Vojtěch", "Fiala", "Třebíč", ""),
    ("Barbora", "Krejčí", "Kolín", ""),
    ("Stanislav", "Říha", "Mladá Boleslav", ""),
    ("Nguyen", "Thi Lan Huong", "Praha 11", ""),
    ("Maximilián Alexandr", "Wolfgang z Lichtenštejna", "Valtice", ""),
    ("Šárka", "Žáková", "Žďár nad Sázavou", ""),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """One document of the desk: whose, what, how it stands, when it was changed."""

    client: int
    number: str
    situation: Situation
    hours_ago: float
    premium: str = ""
    kind: DocumentKind = DocumentKind.OFFER
    digital: bool = True
    form: str = "flexi-offer"


_AT = EVENING - timedelta(hours=1)
_ACCEPTED = Marks(core=CoreAnswer.ACCEPTED)
_DONE = Situation(Stage.SIGNED, ServerState.LOCKED, True, True, signed_at=_AT - timedelta(days=2))
PLANS: tuple[Plan, ...] = (
    Plan(0, "7200041873", Situation(Stage.WAITING), 0.4, "1223"),
    Plan(1, "7200041870", Situation(Stage.DRAFT), 2.6, "864"),
    Plan(
        2,
        "7200041869",
        Situation(Stage.SIGNED, ServerState.OPEN, True, True, signed_at=_AT),
        0.7,
        "2140",
    ),
    Plan(
        3,
        "7100332211",
        Situation(Stage.COMPLETE, ServerState.OPEN, True, exportable=True),
        3.5,
        "312",
        DocumentKind.CHANGE_REQUEST,
        digital=False,
        form="flexi-change",
    ),
    Plan(4, "7200041855", Situation(Stage.COMPLETE), 7, "990", digital=False),
    Plan(13, "7200041851", Situation(Stage.SIGNED, has_pdf=True, signed_at=_AT), 6, "1875"),
    Plan(
        5,
        "7200041822",
        replace(_DONE, marks=Marks(email_undeliverable=True)),
        26,
        "1460",
    ),
    Plan(6, "7200041790", replace(_DONE, marks=_ACCEPTED), 50, "745"),
    Plan(7, "", Situation(Stage.DRAFT), 75, "1105", DocumentKind.MODELLING, False, "flexi-model"),
    Plan(8, "7200041760", Situation(Stage.CANCELLED, ServerState.OPEN, True), 100, ""),
    Plan(9, "7200041701", replace(_DONE, marks=_ACCEPTED), 124, "", DocumentKind.OTHER),
    Plan(10, "7200041688", Situation(Stage.DRAFT), 30, "1010"),
    Plan(11, "7200041675", Situation(Stage.WAITING), 28, "15340.50"),
    Plan(
        12,
        "7200041660",
        replace(
            _DONE,
            marks=Marks(
                core=CoreAnswer.REJECTED, core_reason="rodné číslo nesouhlasí s registrem obyvatel"
            ),
        ),
        54,
        "1320",
    ),
    Plan(14, "7200041655", _DONE, 56, "2480"),
    Plan(15, "7200041644", replace(_DONE, marks=_ACCEPTED), 80, "980"),
    Plan(
        16,
        "7200041633",
        Situation(
            Stage.COMPLETE,
            ServerState.OPEN,
            True,
            exportable=True,
            marks=Marks(paper_expected=True),
        ),
        5,
        "1145",
        digital=False,
    ),
    Plan(17, "7200041620", replace(_DONE, marks=Marks(late_signed=True)), 60, "870"),
    Plan(18, "7200041611", _DONE, 200, "1690"),
    Plan(19, "7200041600", replace(_DONE, marks=_ACCEPTED), 300, "2210"),
    Plan(20, "7200041588", replace(_DONE, marks=_ACCEPTED), 24 * 171, "98765.40"),
    Plan(21, "7200041577", Situation(Stage.DRAFT), 24 * 20, "640"),
    Plan(0, "7200041566", _DONE, 24 * 40, "1340"),
    Plan(1, "7200041555", replace(_DONE, marks=_ACCEPTED), 24 * 60, "1560"),
)
