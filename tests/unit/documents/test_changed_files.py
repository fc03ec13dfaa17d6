"""Thousands of changed files: each is refused with its reason, none breaks or holds up the check."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from smartclient.documents.acceptance import judge
from smartclient.documents.verification import Trust, Verdict
from tests.unit.documents.stamping import stamp_root, stamped
from tests.unit.documents.workshop import NOW, house, signed

LATER = NOW + timedelta(hours=1)
FIELDS = signed().record.fields


def mutated(source: bytes, chance: random.Random) -> bytes:
    """A file with a byte changed, a piece cut out, doubled, moved or filled with noise."""
    start, elsewhere = chance.randrange(len(source)), chance.randrange(len(source))
    end = min(start + chance.choice((1, 1, 1, 8, 100, 5_000)), len(source))
    before, piece, behind = source[:start], source[start:end], source[end:]
    match chance.randrange(5):
        case 0:
            return before + bytes(byte ^ (1 << chance.randrange(8)) for byte in piece) + behind
        case 1:
            return before + behind
        case 2:
            return before + piece + piece + behind
        case 3:
            return source[:elsewhere] + piece + source[elsewhere:]
        case _:
            return before + chance.randbytes(len(piece)) + behind


def mutations(seed: int, count: int, source: bytes) -> Iterator[bytes]:
    chance = random.Random(seed)
    return (changed for _ in range(count) if (changed := mutated(source, chance)) != source)


def verdict_of(pdf: bytes) -> Verdict:
    """By the structure alone; under a root of stamps that is trusted."""
    trust = Trust(house().root, (), LATER, stamp_roots=(stamp_root().certificate,))
    return judge(pdf, FIELDS, None, trust)


def test_that_no_changed_file_is_accepted_and_none_breaks_the_check() -> None:
    """Without a record, so that the structure alone must refuse each of them."""
    for source in (signed().pdf, stamped()):
        for changed in mutations(20261121, 100, source):
            verdict = verdict_of(changed)
            assert not verdict.ok
            assert all(check.detail for check in verdict.checks)


LONGEST = 5.0
"""Seconds of processor time one file may take: a check that goes on for ever ends in the timeout,
one that grows with what an attacker writes shows here. The usual is a hundredth of it."""


@pytest.mark.long
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("kind", ["sealed", "stamped"])
def test_that_each_of_ten_thousand_changed_files_is_refused_with_its_reason(
    kind: str, record_property: Callable[[str, object], None]
) -> None:
    seed, source = (7, signed().pdf) if kind == "sealed" else (8, stamped())
    reasons: Counter[str] = Counter()
    longest = 0.0
    for changed in mutations(seed, 10_000, source):
        begun = time.process_time()
        verdict = verdict_of(changed)
        longest = max(longest, time.process_time() - begun)
        reason = next(check for check in verdict.checks if not check.ok)
        assert reason.detail
        reasons[f"{reason.name}: {reason.detail}"] += 1
    told = [f"{count:6} {reason}" for reason, count in reasons.most_common()]
    print("\n".join([f"{reasons.total()} {kind} files refused; longest {longest:.2f} s", *told]))
    record_property("refused", dict(reasons))
    assert reasons.total() > 9_900
    assert longest < LONGEST
