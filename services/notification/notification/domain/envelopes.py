"""How the attestations of one letter are divided among envelopes."""

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from notification.domain.kinds import Forms

# The July letter has one attestation per tenant; more than this number would not fit in an envelope.
MOST_TENANTS_PER_LETTER = 500


def envelopes(forms: Forms) -> Iterator[Forms]:
    """The forms of each envelope, which together hold every tenant; one envelope for a letter without attestations."""
    if "tenants" not in forms.letter:
        yield forms
        return
    tenants = cast("list[object]", forms.letter["tenants"])
    for start in range(0, max(1, len(tenants)), MOST_TENANTS_PER_LETTER):
        yield replace(forms, letter={**forms.letter, "tenants": tenants[start : start + MOST_TENANTS_PER_LETTER]})
