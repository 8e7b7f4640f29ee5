"""Publishes one event per landlord and file, however many answers; a few landlords at a time, each exactly once."""

from collections import Counter, defaultdict
from typing import Any
from uuid import UUID

from chassis.runtime import Runtime
from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from declaration import publishes
from declaration.job_lock import JobLock
from declaration.models import AnswerImport, CafAnswer, Campaign, Dwelling, Landlord, RentDeclaration, Tenancy

PUBLISHED_AT_ONCE = 200


def publish_answers(runtime: Runtime, lock: JobLock) -> None:
    """Publishes an event for every landlord answered by the import, and marks it published in the same commit."""
    while _publish_some(runtime, lock):
        pass


def _of_import(lock: JobLock, *columns: Any) -> Select[Any]:
    """The answers not published yet, with the rows they need."""
    return (
        select(*columns)
        .select_from(CafAnswer)
        .join(RentDeclaration, RentDeclaration.id == CafAnswer.declaration_id)
        .join(Campaign, Campaign.id == RentDeclaration.campaign_id)
        .join(Tenancy, Tenancy.id == RentDeclaration.tenancy_id)
        .join(Dwelling, Dwelling.id == Tenancy.dwelling_id)
        .where(CafAnswer.import_id == lock.row_id, CafAnswer.told.is_(False))
    )


def _publish_some(runtime: Runtime, lock: JobLock) -> bool:
    with runtime.transaction() as session:
        some = _of_import(lock, Dwelling.landlord_id).distinct().order_by(Dwelling.landlord_id).limit(PUBLISHED_AT_ONCE)
        landlord_ids = list(session.execute(some).scalars())
        if not landlord_ids:
            return False
        counts, newest = _counts(session, lock, landlord_ids)
        for landlord in session.execute(select(Landlord).where(Landlord.id.in_(landlord_ids))).scalars():
            campaign = session.get_one(Campaign, newest[landlord.id])
            publishes.answered(session, lock.row_id, campaign, landlord, counts[landlord.id])
        inside = _of_import(lock, CafAnswer.declaration_id).where(Dwelling.landlord_id.in_(landlord_ids))
        marked = update(CafAnswer).where(CafAnswer.import_id == lock.row_id, CafAnswer.declaration_id.in_(inside))
        session.execute(marked.values(told=True), execution_options={"synchronize_session": False})
        told = AnswerImport.landlords_told + len(landlord_ids)
        lock.hold(session, landlords_told=told)
    return True


def _counts(
    session: Session, lock: JobLock, landlord_ids: list[UUID]
) -> tuple[dict[UUID, Counter[str]], dict[UUID, UUID]]:
    """Per landlord: the number of each answer, and the newest campaign concerned."""
    grouped = (
        _of_import(lock, Dwelling.landlord_id, Campaign.id, CafAnswer.answer, func.count())
        .where(Dwelling.landlord_id.in_(landlord_ids))
        .group_by(Dwelling.landlord_id, Campaign.id, Campaign.year, CafAnswer.answer)
        .order_by(Campaign.year)
    )
    counts: dict[UUID, Counter[str]] = defaultdict(Counter)
    newest: dict[UUID, UUID] = {}
    for landlord_id, campaign_id, answer, count in session.execute(grouped):
        counts[landlord_id][answer] += count
        newest[landlord_id] = campaign_id
    return counts, newest
