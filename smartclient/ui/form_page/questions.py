"""What the page of a document asks before signatures or a variant are lost."""

from smartclient.domain.language import _, ngettext
from smartclient.services.forms import OpenForm
from smartclient.ui.dialogs import Question


def about_variant(letter: str) -> Question:
    """Whether to let a variant go."""
    return Question(
        _("Let variant {letter} go?").format(letter=letter),
        _("What was filled in for it is gone then; the other variants stay as they are."),
        _("Let it go"),
        _("Keep it"),
        destroys=True,
    )


def about_signatures(opened: OpenForm) -> Question:
    """Whether to edit what somebody has signed already."""
    return Question(
        ngettext(
            "{count} person has already signed this document. Edit it all the same?",
            "{count} people have already signed this document. Edit it all the same?",
            opened.signatures,
        ).format(count=opened.signatures),
        _("As soon as you change something, the signatures given are thrown away."),
        _("Edit"),
        _("Leave it as it is"),
        destroys=True,
    )
