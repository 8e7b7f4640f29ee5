import json
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from uuid import UUID
from zipfile import ZipFile

import pytest
from notification.domain.batch_states import Destination
from notification.domain.kinds import Series
from notification.printing.batch import BuiltBatch, PdfMismatchError, PrintedLetter, build_batch

AT = datetime(2027, 7, 1, 8, 0, tzinfo=UTC)
PDFS = [b"%PDF-1.7 one", b"%PDF-1.7 two, longer"]


def letters() -> list[PrintedLetter]:
    return [
        PrintedLetter(UUID(int=number), content, sha256(content).hexdigest(), pages=number)
        for number, content in enumerate(PDFS, start=1)
    ]


def build(printed: list[PrintedLetter]) -> BuiltBatch:
    return build_batch(
        batch_id=UUID(int=9),
        series=Series.ORDINARY,
        made_at=AT,
        print_from=AT,
        destination=Destination.FRANCE,
        letters=printed,
    )


def test_a_pdf_that_is_not_the_one_rendered_is_never_printed() -> None:
    with pytest.raises(PdfMismatchError) as wrong:
        build([PrintedLetter(UUID(int=1), b"other", sha256(PDFS[0]).hexdigest(), pages=1)])
    assert wrong.value.message_id == UUID(int=1)


def test_the_manifest_counts_what_the_archive_holds() -> None:
    with ZipFile(BytesIO(build(letters()).content)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        assert manifest["totals"] == {"letters": 2, "pages": 3, "bytes": sum(map(len, PDFS))}
        for line, content in zip(manifest["letters"], PDFS, strict=True):
            assert archive.read(line["file"]) == content
            assert line["sha256"] == sha256(content).hexdigest()


def test_the_same_letters_make_the_same_bytes() -> None:
    assert build(letters()) == build(letters())
