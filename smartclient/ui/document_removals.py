"""Cancelling a document and discarding a draft: the question before, the words and the way back."""

from collections.abc import Callable

from smartclient.domain.ids import DocumentId
from smartclient.domain.language import _
from smartclient.services.documents import DocumentItem, Documents
from smartclient.ui.dialogs import Ask, Question
from smartclient.ui.page import Page
from smartclient.ui.widgets.card import Surface


class DocumentRemovals:
    """The acts of one page, which shows what was refused."""

    def __init__(
        self,
        page: Page,
        documents: Documents,
        question: Ask,
        came_back: Callable[[DocumentId], None],
    ) -> None:
        self._page, self._documents, self._came_back = page, documents, came_back
        self.question = question

    def cancel(self, item: DocumentItem) -> None:
        """Take a complete document out of the business, after a question."""
        question = Question(
            _("Cancel this document?"),
            _(
                "{document}\n\nNothing of it will be sent to PČS, and it cannot be worked on "
                "any more. You can still copy it."
            ).format(document=item.headline),
            _("Yes, cancel it"),
            _("No, keep it"),
            destroys=True,
        )
        if self.question(self._page, question):
            self._page.do(
                lambda: self._documents.cancel(item.id), lambda _none: self._page.refresh_soon()
            )

    def discard(self, item: DocumentItem) -> None:
        """Remove a draft; it can be taken back from the message that follows."""

        def told(_none: None) -> None:
            self._page.banner.tell(
                _("The draft was discarded."),
                item.headline,
                Surface.CARD,
                step=_("Take back"),
                pressed=lambda: self.restore(item),
            )
            self._page.refresh_soon()

        self._page.do(lambda: self._documents.discard(item.id), told)

    def restore(self, item: DocumentItem) -> None:
        """Take a discarded draft back."""

        def told(_none: None) -> None:
            self._page.banner.hide()
            self._came_back(item.id)

        self._page.do(lambda: self._documents.restore(item.id), told)
