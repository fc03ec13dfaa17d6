"""Clients: what is typed of them, the register, and the information duty.

`register` has the verbs; `person_form` is the form package of a person, its files lie in `person`.
"""

from smartclient.services.clients.register import (
    ClientItem,
    ClientPage,
    ClientPanel,
    Clients,
    Detail,
    DraftItem,
    InformationText,
    Recorder,
    Typed,
    first_fault,
    typed_in,
)

__all__ = [
    "ClientItem",
    "ClientPage",
    "ClientPanel",
    "Clients",
    "Detail",
    "DraftItem",
    "InformationText",
    "Recorder",
    "Typed",
    "first_fault",
    "typed_in",
]
