"""The premium of a life-insurance contract, exact to the unit, from a tariff given as data.

Pure: numbers in, numbers out. It reads no files and knows no form.
"""

from smartclient.premium.ages import AgeRule, age_at
from smartclient.premium.lines import PremiumLine, PremiumRequest, Step
from smartclient.premium.pricing import Premium, PricedLine, price, price_line
from smartclient.premium.projection import ChargeLine, Projection, ProjectionRequest, project
from smartclient.premium.reasons import Cause, ChangeReason, changes
from smartclient.premium.tariff import Tariff

__all__ = [
    "AgeRule",
    "Cause",
    "ChangeReason",
    "ChargeLine",
    "Premium",
    "PremiumLine",
    "PremiumRequest",
    "PricedLine",
    "Projection",
    "ProjectionRequest",
    "Step",
    "Tariff",
    "age_at",
    "changes",
    "price",
    "price_line",
    "project",
]
