"""Files are written whole or not at all, inside their place and nowhere else."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from chassis.storage import Storage
from fsspec.implementations.local import LocalFileSystem


@pytest.fixture(params=["file", "memory"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    place = Storage(f"file://{tmp_path}/root" if request.param == "file" else f"memory://{tmp_path.name}")
    yield place
    if request.param == "memory":
        place._fs.rm("/", recursive=True)


def test_what_was_put_is_got_and_its_sha256_told(storage: Storage) -> None:
    assert storage.put("a/b/c.pdf", b"%PDF") == hashlib.sha256(b"%PDF").hexdigest()
    assert storage.get("a/b/c.pdf") == b"%PDF"


def test_putting_again_replaces(storage: Storage) -> None:
    storage.put("a", b"one")
    storage.put("a", b"two")
    assert storage.get("a") == b"two"


def test_what_is_not_there_is_told_apart(storage: Storage) -> None:
    assert not storage.exists("missing")
    with pytest.raises(FileNotFoundError):
        storage.get("missing")


def test_deleting_may_be_repeated(storage: Storage) -> None:
    storage.put("a", b"x")
    storage.delete("a")
    storage.delete("a")
    assert not storage.exists("a")


def test_a_stream_is_written_and_read_in_pieces(storage: Storage) -> None:
    with storage.open("deep/down/file", "wb") as stream:
        for _ in range(10):
            stream.write(b"x" * 1000)
    with storage.open("deep/down/file") as stream:
        assert len(stream.read()) == 10_000


@pytest.mark.parametrize("key", ["/etc/passwd", "../x", "a/../../x", "a/..", "..", "", "a\0b"])
@pytest.mark.parametrize("action", ["put", "get", "open", "exists", "delete"])
def test_a_key_that_leaves_its_place_is_refused_whatever_is_asked(storage: Storage, action: str, key: str) -> None:
    actions: dict[str, Callable[[str], object]] = {
        "put": lambda given: storage.put(given, b"x"),
        "open": lambda given: storage.open(given).__enter__(),
    }
    with pytest.raises(ValueError):
        actions.get(action, getattr(storage, action))(key)


def test_names_that_only_look_like_a_traversal_are_fine(storage: Storage) -> None:
    storage.put("a..b/...c", b"x")
    assert storage.get("a..b/...c") == b"x"


def test_a_write_that_breaks_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = Storage(f"file://{tmp_path}")
    storage.put("receipt", b"first")

    def full_disk(self: object, path: str, value: bytes, **_options: object) -> None:
        Path(path).write_bytes(value[:2])
        raise OSError("no space left")

    monkeypatch.setattr(LocalFileSystem, "pipe_file", full_disk)
    with pytest.raises(OSError, match="no space"):
        storage.put("receipt", b"second")
    assert storage.get("receipt") == b"first"


def test_readers_never_see_half_a_file_while_it_is_replaced(tmp_path: Path) -> None:
    storage = Storage(f"file://{tmp_path}")
    contents = {bytes([letter]) * 200_000 for letter in b"ab"}
    storage.put("f", next(iter(contents)))
    with ThreadPoolExecutor(3) as pool:
        writes = [pool.submit(storage.put, "f", content) for _ in range(20) for content in contents]
        reads = [pool.submit(storage.get, "f") for _ in range(60)]
    assert all(write.result() for write in writes)
    assert {read.result() for read in reads} <= contents


def test_nothing_but_the_file_stays_behind(tmp_path: Path) -> None:
    Storage(f"file://{tmp_path}").put("a/b", b"x")
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()] == ["a/b"]
