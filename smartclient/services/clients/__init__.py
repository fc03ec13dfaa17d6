"""Clients: what is typed of them, the register, the information duty, and their other matters.

`register` has the verbs of the fields and `matters` all others: files, history, offers of merges,
hiding, merging, requests to erase. `person_form` is the form package of a person, its files lie in
`person`.
"""

from smartclient.services.clients.history import ContactLine
from smartclient.services.clients.matters import (
    Attachment,
    BlobSource,
    ClientMatters,
    FieldOffer,
    MergedClient,
    Whereabouts,
)
from smartclient.services.clients.register import Clients, first_fault, typed_in
from smartclient.services.clients.shown import (
    ClientItem,
    ClientPage,
    ClientPanel,
    Detail,
    DraftItem,
    InformationText,
    Recorder,
    Typed,
)

__all__ = [
    "Attachment",
    "BlobSource",
    "ClientItem",
    "ClientMatters",
    "ClientPage",
    "ClientPanel",
    "Clients",
    "ContactLine",
    "Detail",
    "DraftItem",
    "FieldOffer",
    "InformationText",
    "MergedClient",
    "Recorder",
    "Typed",
    "Whereabouts",
    "first_fault",
    "typed_in",
]
