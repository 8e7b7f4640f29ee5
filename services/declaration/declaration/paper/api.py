"""Attestations on paper, typed by agents of the Caf."""

from uuid import UUID

from chassis.http import agent, read_only, require_match, transaction
from chassis.idempotency import idempotent

from declaration.api_types.paper import (
    BeginPaperBody,
    DiscardPaperBody,
    FilePaperBody,
    ListPapersAnswer,
    Paper,
    SavePaperBody,
    SearchPapersAnswer,
    SearchPapersBody,
)
from declaration.paper import commands, search
from declaration.paper import queries as papers

Answer = tuple[Paper, int, dict[str, str]]


def search_papers(body: SearchPapersBody) -> SearchPapersAnswer:
    with read_only() as session:
        return {"items": search.search(session, agent(), body["user_number"], body["tenant_number"])}


def list_papers(
    state: str | None = None, declaration: str | None = None, cursor: str | None = None, limit: int = 50
) -> ListPapersAnswer:
    with read_only() as session:
        return papers.page(session, agent(), state, declaration, cursor, limit)


@idempotent
def begin_paper(body: BeginPaperBody) -> Answer:
    with transaction() as session:
        printed: dict[str, str] = {}
        if "user_number" in body:
            printed["user_number"] = body["user_number"]
        if "tenant_number" in body:
            printed["tenant_number"] = body["tenant_number"]
        typed, new = commands.begin(
            session, agent(), UUID(body["declaration_id"]), body["received_on"], body.get("posted_on"), printed
        )
        shown, headers = papers.shown(session, typed)
        return shown, 201 if new else 200, headers


def get_paper(paper_id: str) -> Answer:
    with read_only() as session:
        shown, headers = papers.shown(session, papers.find(session, agent(), UUID(paper_id)))
        return shown, 200, headers


def save_paper(paper_id: str, body: SavePaperBody) -> Answer:
    with transaction() as session:
        typed = papers.find(session, agent(), UUID(paper_id), change=True)
        require_match(typed.row.revision)
        shown, headers = papers.shown(session, commands.save(session, typed, body))
        return shown, 200, headers


@idempotent
def file_paper(paper_id: str, body: FilePaperBody) -> Answer:
    with transaction() as session:
        typed = papers.find(session, agent(), UUID(paper_id), change=True)
        require_match(typed.row.revision)
        commands.file(session, typed, body["declaration_etag"], body.get("reason"))
        shown, headers = papers.shown(session, typed)
        return shown, 201, headers


@idempotent
def discard_paper(paper_id: str, body: DiscardPaperBody) -> Answer:
    with transaction() as session:
        typed = papers.find(session, agent(), UUID(paper_id), change=True)
        require_match(typed.row.revision)
        commands.discard(session, typed, body["reason"])
        shown, headers = papers.shown(session, typed)
        return shown, 200, headers
