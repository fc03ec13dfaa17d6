"""What opening a line of documents does, wherever the list stands."""

from collections.abc import Callable

from smartclient.domain.document_life import Action
from smartclient.domain.language import _
from smartclient.services.documents import DocumentItem
from smartclient.ui.widgets.banner import Banner


def open_document(
    item: DocumentItem, edit: Callable[[str], object], show: Callable[[str], object], banner: Banner
) -> None:
    """Edit it; show it where it may not be edited any more; say why where it may not be shown."""
    if item.may(Action.EDIT):
        edit(item.id)
    elif item.may(Action.SHOW):
        show(item.id)
    else:
        banner.tell(item.headline, _(item.permissions[Action.EDIT].reason))
