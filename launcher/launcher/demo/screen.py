"""The terminal display of a running journey."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape

from launcher.demo.failures import StepFailed


@dataclass
class Screen:
    """Shows each step when it starts, then its result or why it failed."""

    console: Console = field(default_factory=lambda: Console(highlight=False))
    count: int = 0

    def section(self, title: str) -> None:
        self.console.print(f"\n[bold]{escape(title)}[/]")

    @contextmanager
    def step(self, title: str) -> Iterator["Told"]:
        """Shows a failure and re-raises it."""
        self.count += 1
        started, shown = time.monotonic(), f"{self.count:2d}. {escape(title)}"
        with self.console.status(shown) as status:
            told = Told(lambda text: status.update(f"{shown} – {escape(text)}"))
            try:
                yield told
            except StepFailed as failure:
                self.console.print(f"[red]✘ {shown}[/]")
                self.console.print(f"     attendu : {escape(failure.expected)}\n     obtenu  : {escape(failure.got)}")
                raise
        self.console.print(f"[green]✔[/] {shown} [dim]({time.monotonic() - started:.1f} s)[/]")
        for line in told.lines:
            self.console.print(f"     [dim]{escape(line)}[/]")


@dataclass
class Told:
    """Output of a step: `say` stays on the screen, `progress` is replaced by the next call."""

    progress: Callable[[str], None]
    lines: list[str] = field(default_factory=list)

    def say(self, text: str) -> None:
        self.lines.append(text)
