"""Credentials as people find them, in e-mails and in letters."""

import io
from zipfile import ZipFile

import pytest
from launcher.demo import credentials
from launcher.demo.failures import StepFailed
from launcher.demo.mailbox import Message
from launcher.demo.mailbox.base import addressed
from launcher.demo.mailbox.letters import Read
from pypdf import PdfWriter

LOGIN = Message("1", "Votre identifiant :\n\n    BX7K-2M4Q\n\nN° utilisateur 359 00007090001")
PASSWORD = Message("2", "Votre mot de passe provisoire :\n    ABCD-EFGH-JKMN-PQRT-UVWX\nIl ne sert qu’une fois.")
RECEIPT = Message("3", "Référence : R26-8K3M-W2QT-5YBN-0XCD, reçue le 21 novembre 2026")


def test_a_login_and_a_password_are_found_in_two_messages() -> None:
    found = credentials.find([RECEIPT, LOGIN, PASSWORD])
    assert found is not None
    assert found.credentials == credentials.Credentials("BX7K-2M4Q", "ABCD-EFGH-JKMN-PQRT-UVWX")
    assert (found.login_message.id, found.password_message.id) == ("1", "2")


@pytest.mark.parametrize("messages", [[], [LOGIN], [PASSWORD], [RECEIPT]])
def test_half_of_the_credentials_is_none(messages: list[Message]) -> None:
    assert credentials.find(messages) is None


def test_a_message_with_both_is_a_failure() -> None:
    with pytest.raises(StepFailed, match="un seul des deux par message"):
        credentials.find([Message("4", LOGIN.text + PASSWORD.text)])


def test_the_newest_password_counts() -> None:
    newer = Message("5", "Mot de passe : 2222-3333-4444-5555-6666")
    found = credentials.find([LOGIN, PASSWORD, newer])
    assert found is not None
    assert found.credentials.password == "2222-3333-4444-5555-6666"


def test_passwords_do_not_show_when_credentials_are_printed() -> None:
    assert "ABCD" not in repr(credentials.Credentials("BX7K-2M4Q", "ABCD-EFGH-JKMN-PQRT-UVWX"))


def test_letters_are_found_by_their_envelope_in_capitals_without_accents() -> None:
    mine = Message("6", "Caf 359 MME ELISE LE GALL\n8 CHEMIN DU LAVOIR 35170 BRUZ Votre identifiant")
    other = Message("7", "Caf 359 MME ELISE LE GALL\n9 CHEMIN DU LAVOIR 35170 BRUZ Votre identifiant")
    assert addressed([mine, other], ("Mme Élise LE GALL", "8 CHEMIN DU LAVOIR", "35170 BRUZ")) == [mine]


def test_each_letter_of_a_batch_is_read_once() -> None:
    pdf, batch = io.BytesIO(), io.BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(width=100, height=100)
    writer.write(pdf)
    with ZipFile(batch, "w") as archive:
        archive.writestr("00001-a.pdf", pdf.getvalue())
        archive.writestr("manifest.json", "{}")
    read = Read()
    read.add_batch("ordinary/1.zip", batch.getvalue())
    read.add_batch("ordinary/1.zip", batch.getvalue())
    assert [(letter.id, letter.batch) for letter in read.all] == [("00001-a.pdf", "ordinary/1.zip")]
