"""A file with every kind of bad line, and where the report should find each one."""

import csv
import io
from dataclasses import dataclass

from launcher.demo.registry.draws import Draws
from launcher.demo.registry.file import COLUMNS
from launcher.demo.registry.landlords import Landlord, company, person
from launcher.demo.registry.tenancies import Place, Row, tenancy

UNKNOWN_COLUMN = "commentaire"
# (column, invalid value); an empty value breaks « mandatory ».
BAD_VALUES = (
    *(("caf_code", "35"), ("caf_code", ""), ("user_number", "3590000709000"), ("user_number", "")),
    *(("landlord_kind", "company"), ("siret", "73282932000075"), ("siret", ""), ("landlord_name", "")),
    *(("email", "gestion arobase lices"), ("landlord_address", ""), ("landlord_address", "X" * 39)),
    *(("landlord_address", "1|2|3|4|5|6|7"), ("housing_type", "social"), ("dwelling_ref", "")),
    *(("dwelling_address", ""), ("commune_insee", "35999"), ("commune_insee", "35000"), ("furnished", "oui")),
    *(("single_room", "2"), ("tenant_number", "123456A"), ("tenant_number", "12345678"), ("tenant_last_name", "")),
    *(
        ("tenant_first_name", "X" * 101),
        ("lease_start", "2016-13-01"),
        ("lease_start", "01/09/2016"),
        ("lease_start", ""),
    ),
    *(("lease_end", "2001-01-01"), ("lease_end", "demain"), ("co_tenants", "0"), ("co_tenants", "deux")),
    *(("previous_rent", "12,345"), ("previous_rent", "-5.00"), ("previous_charges", "1.234,50")),
    *(("benefit_kind", "RSA"), ("benefit_amount", "beaucoup"), ("paid_to_landlord", "non")),
)
BAD_PERSON_VALUES = (("civility", "Dr"), ("civility", ""), ("last_name", ""), ("first_name", "X" * 101))


@dataclass(frozen=True, slots=True)
class FaultyFile:
    """`errors`: (line, column) in the file's order, line 1 being the header; no column when a line is unreadable."""

    content: bytes
    good_lines: int
    errors: tuple[tuple[int, str], ...]
    unknown_columns: tuple[str, ...] = (UNKNOWN_COLUMN,)


def faulty_file(*, seed: int, caf_code: str = "359", year: int) -> FaultyFile:
    """One good line, one bad line per fault, one good line; plus an unknown column."""
    draws = Draws(seed, caf_code)
    legal, natural = company(draws, with_email=True), person(draws, with_email=True)
    foreign = "001" if caf_code != "001" else "002"
    faults = [(legal, column, value) for column, value in (*BAD_VALUES, ("caf_code", foreign))]
    faults += [(natural, column, value) for column, value in BAD_PERSON_VALUES]
    lines = [_line(_good(draws, legal, year, 1))]
    for rank, (landlord, column, value) in enumerate(faults, start=2):
        lines.append(_line({**_good(draws, landlord, year, rank), column: value}))
    too_few_columns, open_quote = lines[0].replace(";", ",", 3), f'{caf_code};"jamais fermé'
    lines += [too_few_columns, open_quote, _line(_good(draws, natural, year, len(lines)))]
    columns = [column for _landlord, column, _value in faults] + ["", ""]
    header = ";".join((*COLUMNS, UNKNOWN_COLUMN))
    # Line 1 is the header and line 2 is good.
    errors = tuple((number, column) for number, column in enumerate(columns, start=3))
    return FaultyFile("\n".join((header, *lines, "")).encode(), good_lines=2, errors=errors)


def _good(draws: Draws, landlord: Landlord, year: int, rank: int) -> Row:
    return tenancy(draws, landlord, Place("35", "private"), f"F-{rank:04d}", year, entered_late=False)


def _line(row: Row) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="").writerow([*(row[name] for name in COLUMNS), "à ignorer"])
    return text.getvalue()
