"""Guards over the files of the repository themselves."""

import itertools
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = {".py", ".js", ".mjs", ".css", ".scss", ".html", ".sh", ".mjml"}
MOST_LINES = 400
# The mark of a warning put to silence; what follows the codes must say why.
SILENCED = re.compile(r"#\s*(?:noqa|type:\s*ignore)\b(?::\s*[A-Z0-9, ]+|\[[a-z, -]+\])?(?P<reason>.*)")
LEFT_OVER = re.compile(r"\b(?:TODO|FIXME|XXX)\b(?!-)")


def tracked(kinds: set[str] = CODE) -> list[Path]:
    """Files that are committed or about to be: what is built or installed is not ours."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603 - fixed words
    files = [ROOT / name for name in done.stdout.splitlines()]
    return [file for file in files if file.suffix in kinds and file.is_file()]


def lines_of(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines()


def test_no_file_is_longer_than_a_person_reads_at_once() -> None:
    long = {str(file.relative_to(ROOT)): len(lines_of(file)) for file in tracked()}
    assert {name: count for name, count in long.items() if count > MOST_LINES} == {}


def unexplained(lines: list[str]) -> list[int]:
    """Numbers of the lines that silence a warning without a word about it, there or in a comment just above."""
    found = []
    for number, (above, line) in enumerate(itertools.pairwise(["", *lines]), start=1):
        silenced = SILENCED.search(line)
        if silenced and not re.search(r"\w{3}", silenced["reason"]) and not above.strip().startswith("#"):
            found.append(number)
    return found


def test_a_silenced_warning_says_why() -> None:
    sources = [file for file in tracked() if file.suffix == ".py" and not {"migrations", "tests"} & set(file.parts)]
    found = {str(file.relative_to(ROOT)): unexplained(lines_of(file)) for file in sources}
    assert {name: numbers for name, numbers in found.items() if numbers} == {}


def test_nothing_is_left_for_later_in_the_code() -> None:
    left = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in tracked()
        if file != Path(__file__)
        for number, line in enumerate(lines_of(file), start=1)
        if LEFT_OVER.search(line)
    ]
    assert left == []


# The guide's letter says « Pour nous appeler »; a page that says « écrivez » beside « appelez » leaves one to choose.
OTHER_WAYS = re.compile(
    r"(?:écrivez|contactez|adressez-vous|dites-le|signalez-la|parlez-en) (?:de nouveau )?(?:à )?(?:la|votre) Caf", re.I
)
# Who cannot telephone is owed another way, by law: the accessibility statement names the post beside the telephone.
BOTH_WAYS = {"gateway/portal/portal/templates/accessibility.html"}


def test_the_caf_is_reached_one_way_whatever_the_page_or_the_message() -> None:
    texts = [file for file in tracked(CODE | {".txt", ".yaml"}) if "tests" not in file.parts]
    found = {str(file.relative_to(ROOT)) for file in texts if OTHER_WAYS.search(file.read_text(encoding="utf-8"))}
    assert found == BOTH_WAYS


# docs/adr/0002: what imports connexion is what has to change with it; handlers never do.
CONNEXION = re.compile(r"^\s*(?:from|import) connexion\b", re.M)
KNOW_CONNEXION = {f"libs/chassis/chassis/{name}.py" for name in ("http", "operations", "validation", "webapp")}


def test_four_modules_import_connexion() -> None:
    importing = [file for file in tracked({".py"}) if CONNEXION.search(file.read_text(encoding="utf-8"))]
    assert {str(file.relative_to(ROOT)) for file in importing} == KNOW_CONNEXION


# docs/adr/0021: what has to change with a new WeasyPrint.
WEASYPRINT = re.compile(r"^\s*(?:from|import) weasyprint\b", re.M)


def test_one_module_imports_weasyprint() -> None:
    importing = [file for file in tracked({".py"}) if WEASYPRINT.search(file.read_text(encoding="utf-8"))]
    names = {str(file.relative_to(ROOT)) for file in importing}
    assert names == {"services/documents/documents/rendering/engine.py"}
