"""Sentences about tariffs and premiums."""

from smartclient.domain.language import N_
from smartclient.domain.sentences.sentence import Sentence

_KEPT = N_("What you filled in is saved.")

SENTENCES: dict[str, Sentence] = {
    "SC-PREM-001": Sentence(
        N_("The tariff has a fault in the file {file}, field {field}. {rule}"),
        N_("Nothing is priced with a tariff that has a fault."),
        N_("The publisher of the tariff must correct it."),
    ),
    "SC-PREM-002": Sentence(
        N_("What is to be priced has a fault in {file}, field {field}. {rule}"),
        N_("Nothing was changed."),
        N_("Correct it and run the command again."),
    ),
    "SC-PREM-010": Sentence(
        N_("This tariff has no cover {cover}."),
        _KEPT,
        N_("Choose another cover."),
    ),
    "SC-PREM-011": Sentence(
        N_("This cover has no variant {variant}."),
        _KEPT,
        N_("Choose another variant."),
    ),
    "SC-PREM-012": Sentence(
        N_("This cover can be agreed from the age of {low} to the age of {high}."),
        _KEPT,
        N_("Check the date of birth or leave the cover out."),
    ),
    "SC-PREM-013": Sentence(
        N_("This cover lasts one year at least and ends at the age of {end_age} at most."),
        _KEPT,
        N_("Change how long the cover lasts."),
    ),
    "SC-PREM-014": Sentence(
        N_("The amount for this cover must be from {low} to {high}."),
        _KEPT,
        N_("Change the amount."),
    ),
    "SC-PREM-015": Sentence(
        N_("This cover cannot be agreed in the risk group {occupation_class}."),
        _KEPT,
        N_("Check the occupation or leave the cover out."),
    ),
    "SC-PREM-016": Sentence(
        N_("Premiums cannot be paid {frequency} times a year in this tariff."),
        _KEPT,
        N_("Choose another frequency of payment."),
    ),
    "SC-PREM-017": Sentence(
        N_("Paying for {term} years is too short for this cover."),
        _KEPT,
        N_("Let the cover last longer."),
    ),
    "SC-PREM-018": Sentence(
        N_("The tariff has no price for this cover at the age of {age}."),
        _KEPT,
        N_("Check the date of birth and how long the cover lasts."),
    ),
    "SC-PREM-019": Sentence(
        N_("Premiums for this cover are paid for 1 to {term} years."),
        _KEPT,
        N_("Change how long premiums are paid."),
    ),
    "SC-PREM-020": Sentence(
        N_("The loading of this cover must not be negative, nor more than a hundredfold."),
        _KEPT,
        N_("Change the loading."),
    ),
    "SC-PREM-021": Sentence(
        N_("With the stated net income the amount for this cover is at most {high}."),
        _KEPT,
        N_("Change the amount or check the income."),
    ),
    "SC-PREM-022": Sentence(
        N_("At the age of {age} the amount for this cover must be from {low} to {high}."),
        _KEPT,
        N_("Change the amount."),
    ),
    "SC-PREM-023": Sentence(
        N_("A premium from {low} to {high} a year can be waived; the other covers make {amount}."),
        _KEPT,
        N_("Add other covers or leave the waiver out."),
    ),
    "SC-PREM-024": Sentence(
        N_("This tariff does not reckon with a value of the contract."),
        _KEPT,
        N_("Choose another tariff."),
    ),
    "SC-PREM-025": Sentence(
        N_("The value can be projected for {least} to {most} months."),
        _KEPT,
        N_("Change how long the contract lasts."),
    ),
    "SC-PREM-026": Sentence(
        N_("What is paid into the contract must be from 0 to {high}."),
        _KEPT,
        N_("Change what is paid."),
    ),
    "SC-PREM-027": Sentence(
        N_("This cover is not paid from the value of the contract: {cover}."),
        _KEPT,
        N_("Choose another cover."),
    ),
}
