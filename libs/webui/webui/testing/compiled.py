"""Templates compiled once per test process, although each test makes its own application."""

from types import CodeType
from typing import ClassVar

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache


class CompiledTemplates(BytecodeCache):
    """Compiling the same templates for each test would be most of the run."""

    kept: ClassVar[dict[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.kept.get(bucket.key + bucket.checksum)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key + bucket.checksum] = bucket.code


def share_templates(app: Flask) -> None:
    app.jinja_env.bytecode_cache = CompiledTemplates()
