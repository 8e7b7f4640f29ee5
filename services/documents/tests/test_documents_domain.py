"""Names in storage and for download, and the days that documents state."""

import hashlib
from datetime import UTC, date, datetime

import pytest
from documents import domain

CANONICAL = '{"tenant":"LE GOFF Renée"}'
SHA256 = hashlib.sha256(CANONICAL.encode()).hexdigest()


def test_a_snapshot_is_accepted_with_the_hash_of_its_bytes_and_no_other() -> None:
    domain.require_intact(CANONICAL, SHA256)
    with pytest.raises(domain.SnapshotAltered):
        domain.require_intact(CANONICAL + " ", SHA256)


@pytest.mark.parametrize(
    ("year", "years", "until"),
    [
        # Midnight in France, which is an hour ahead in winter.
        (2026, 6, datetime(2032, 12, 31, 23, tzinfo=UTC)),
        (2026, 0, datetime(2026, 12, 31, 23, tzinfo=UTC)),
    ],
)
def test_a_receipt_is_kept_to_the_end_of_its_last_year_in_france(year: int, years: int, until: datetime) -> None:
    kept = domain.kept_until(year, years)
    assert kept == until
    assert kept.tzinfo is UTC


def test_a_recap_is_stored_under_its_hash_and_a_letter_under_its_message() -> None:
    assert domain.recap_key("ab" + "0" * 62) == f"recaps/ab/ab{'0' * 62}.pdf"
    assert domain.letter_key("0198") == "letters/0198.jwe"


def test_a_downloaded_recap_is_named_by_its_campaign_and_its_reference() -> None:
    assert domain.download_name(2026, "R26-1") == "Récapitulatif loyer juillet 2026 - R26-1.pdf"


@pytest.mark.parametrize(
    ("transmitted", "day"),
    [
        (datetime(2026, 7, 14, 21, 59, tzinfo=UTC), date(2026, 7, 14)),
        (datetime(2026, 7, 14, 22, 0, tzinfo=UTC), date(2026, 7, 15)),
        (datetime(2026, 12, 14, 22, 59, tzinfo=UTC), date(2026, 12, 14)),
        (datetime(2026, 12, 14, 23, 0, tzinfo=UTC), date(2026, 12, 15)),
    ],
)
def test_the_day_of_receipt_is_the_one_in_france_in_summer_and_in_winter(transmitted: datetime, day: date) -> None:
    assert domain.received_on(transmitted) == day
