"""The premium by the formulas in fractions, from the files themselves: no code of the product.

Fractions are exact, so nothing is rounded but where the conventions say so.
"""

import csv
import json
from fractions import Fraction
from typing import Any

from tests.unit.premium.flexi import files

Fields = dict[str, Any]


class ByHand:
    """A version of the tariff, read as plainly as can be."""

    def __init__(self, version: int) -> None:
        self._files = files(version)
        self.tariff: Fields = json.loads(self._files["tariff.json"])
        self.v = 1 / (1 + Fraction(self.tariff["interest"]))

    def rates(self, table: str) -> dict[int, Fraction]:
        """The probabilities of a table by age."""
        entry = self.tariff["tables"][table]
        return {int(row["age"]): Fraction(row[entry["column"]]) for row in self._csv(entry["file"])}

    def level(self, code: str, variant: str, age: int, term: int, amount: int) -> Fraction:
        """G of a level cover whose premiums are paid for the whole term."""
        cover = self.tariff["covers"][code]
        said = cover["variants"][variant]
        w, q = self.rates(cover["decrement"]), self.rates(said["benefit"])
        ends = said.get("ends_by_payment", cover["ends_by_payment"])
        p, annuity, assurance = Fraction(1), Fraction(0), Fraction(0)
        for t in range(term):
            b = self._benefit(said, t, term)
            annuity += p * self.v**t
            assurance += p * q[age + t] * b * self.v ** (t + 1)
            leaving = w[age + t]
            p *= (1 - leaving) * (1 - q[age + t]) if ends else 1 - leaving
        endowment = p * self.v**term if said.get("survival", cover["survival"]) else 0
        costs = {
            name: Fraction(value)
            for name, value in self.tariff["loadings"][cover["loadings"]].items()
        }
        above = assurance + endowment + costs["gamma1"] * annuity
        below = (1 - costs["beta"]) * annuity - costs["alpha"] * term
        return amount * self._sum_of_one(said, term) * above / below

    def rated(self, code: str, variant: str, age: int, amount: int, group: int) -> Fraction:
        """G of a cover with a rate."""
        cover = self.tariff["covers"][code]
        (rate,) = (
            Fraction(row["rate"])
            for row in self._csv(cover["rates"])
            if row["variant"] == variant and int(row["age_from"]) <= age <= int(row["age_to"])
        )
        factor = Fraction(cover["class_factors"][str(group)])
        return Fraction(amount) / Fraction(cover["unit"]) * rate * factor

    def instalment(self, gross: Fraction, frequency: int) -> int:
        """L, to whole crowns."""
        surcharge = Fraction(self.tariff["frequencies"][str(frequency)]["surcharge"])
        return half_up(gross * (1 + surcharge) / frequency)

    def payable(self, frequency: int, instalments: list[int], invested: int, way: str) -> int:
        """P of the instalments of the insured lines, what is invested each time, and the fees."""
        (tier,) = self.tariff["discounts"].values()
        total = sum(instalments)
        counts = len(instalments) >= tier["from_lines"]
        discount = half_up(total * Fraction(tier["fraction"])) if counts else 0
        fee = half_up(12 * Fraction(self.tariff["monthly_fee"]) / frequency)
        collection = int(self.tariff["collection_fees"].get(way, "0"))
        return total - discount + fee + collection + invested

    def _benefit(self, said: Fields, t: int, term: int) -> Fraction:
        interest = Fraction(said.get("shape_interest", 0))
        if said["shape"] == "constant":
            return Fraction(1)
        if said["shape"] == "linear" or not interest:
            return Fraction(term - t, term)
        v = 1 / (1 + interest)
        return (1 - v ** (term - t)) / (1 - v**term)

    def _sum_of_one(self, said: Fields, term: int) -> Fraction:
        """What is insured for each crown of the amount; a pension is worth its payments."""
        if said["shape"] != "pension":
            return Fraction(1)
        v = 1 / (1 + Fraction(said["shape_interest"]))
        payments = int(said["payments"])
        return payments * sum((v**t for t in range(term)), Fraction(0))

    def _csv(self, name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(self._files[name].decode().splitlines()))


def half_up(value: Fraction) -> int:
    """The nearest whole number of a value that is not negative, halves upwards."""
    return int(value + Fraction(1, 2))
