"""The Caf's answers, for its agents."""

from typing import Any
from uuid import UUID

from chassis.http import agent, read_only, runtime
from werkzeug.datastructures import FileStorage

from declaration.answers import commands as answers_commands
from declaration.answers import queries
from declaration.api_types.exchange import AnswerErrors, AnswerImport, ListAnswerImportsAnswer
from declaration.campaigns import commands as campaigns_commands
from declaration.files import uploads


def list_answer_imports(limit: int = 50, cursor: str | None = None) -> ListAnswerImportsAnswer:
    who = agent()
    with read_only() as session:
        return queries.page(session, who, cursor, limit)


def post_answers(file: Any = None, caf_code: str | None = None) -> tuple[AnswerImport, int]:
    """Needs no idempotency key: the same content is the same import."""
    who = agent()
    if not isinstance(file, FileStorage):
        raise uploads.no_file(answers_commands.EXAMPLE)
    caf, name = campaigns_commands.caf_of(who, caf_code), file.filename or ""
    import_id, new = answers_commands.receive(runtime(), file.stream, name, caf_code=caf, sent_by=str(who.sub))
    return queries.state(runtime(), import_id), 202 if new else 200


def get_answer_import(import_id: str) -> AnswerImport:
    with read_only() as session:
        return queries.one(session, UUID(import_id), queries.visible(agent()))


def list_answer_errors(import_id: str, limit: int = 50, cursor: str | None = None) -> AnswerErrors:
    with read_only() as session:
        return queries.errors(session, agent(), UUID(import_id), cursor, limit)
