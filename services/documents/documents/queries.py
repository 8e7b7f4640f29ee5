"""Queries on documents; each statement includes the caller's perimeter."""

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from chassis import rights
from chassis.auth import Caller
from chassis.problems import Gone, NotFound
from sqlalchemy import ColumnElement, Select, and_, exists, false, func, literal, select, true
from sqlalchemy.orm import Session

from documents.models import Base, BatchDocument, BatchScope, DeclarationDocument, Found, Supersession

AnyDocument = TypeVar("AnyDocument", DeclarationDocument, BatchDocument)


def visible(caller: Caller) -> ColumnElement[bool]:
    """Documents the caller may see: a landlord those in their perimeter, an agent those of their Caf, others none."""
    if caller.kind == "agent":
        return true() if caller.supervisor else DeclarationDocument.caf_code == caller.caf
    return in_perimeter(caller.sub) if caller.kind == "landlord" else false()


def in_perimeter(account_id: UUID) -> ColumnElement[bool]:
    """Dwellings of the account's organisation, of a (type, zone) that it holds now by habilitation."""
    return rights.held_by(
        account_id,
        Base.metadata,
        organisation_id=DeclarationDocument.organisation_id.expression,
        housing_type=DeclarationDocument.housing_type.expression,
        zones=(DeclarationDocument.departement.expression, DeclarationDocument.commune.expression),
    )


def recaps(session: Session, caller: Caller, declaration_id: UUID) -> Sequence[Found]:
    """The recaps of a declaration, latest version first; none when outside the perimeter or unknown."""
    statement = _shown().where(DeclarationDocument.declaration_id == declaration_id, visible(caller))
    return session.execute(statement.order_by(DeclarationDocument.version.desc())).all()


def recap(session: Session, caller: Caller, document_id: UUID) -> Found:
    """Raises NotFound for a document that is unknown or outside the perimeter."""
    row = session.execute(_shown().where(DeclarationDocument.id == document_id, visible(caller))).one_or_none()
    if row is None:
        raise NotFound
    return row


def kept_recap(session: Session, caller: Caller, document_id: UUID) -> DeclarationDocument:
    """Raises NotFound as `recap`, Gone once the content is purged at the end of its retention."""
    document, _ = recap(session, caller, document_id)
    return _kept(document)


def batch_recap(session: Session, caller: Caller, lot_id: UUID) -> BatchDocument:
    """For callers who may see every dwelling of the batch. Raises NotFound otherwise, and if unknown."""
    held = rights.held_by(
        caller.sub,
        Base.metadata,
        # As a value: two subqueries deeper, the document's column would start another FROM of documents.
        organisation_id=literal(caller.org, BatchDocument.organisation_id.type),
        housing_type=BatchScope.housing_type.expression,
        zones=(BatchScope.departement.expression, BatchScope.commune.expression),
    )
    # For a caller without rights the condition is NULL: it must not be read as « not hidden ».
    hidden = exists().where(BatchScope.lot_id == BatchDocument.lot_id, ~func.coalesce(held, false()))
    visible_ = ~hidden if caller.kind == "landlord" else false()
    statement = select(BatchDocument).where(
        BatchDocument.lot_id == lot_id, BatchDocument.organisation_id == caller.org, visible_
    )
    document = session.execute(statement).scalar_one_or_none()
    if document is None:
        raise NotFound
    return document


def kept_batch_recap(session: Session, caller: Caller, lot_id: UUID) -> BatchDocument:
    """Raises NotFound as `batch_recap`, Gone once purged."""
    return _kept(batch_recap(session, caller, lot_id))


def _kept(document: AnyDocument) -> AnyDocument:
    if document.purged_at is not None:
        raise Gone
    return document


def by_reference(session: Session, reference: str) -> Found:
    """For the public check, which shows no personal data. Raises NotFound."""
    row = session.execute(_shown().where(DeclarationDocument.reference == reference)).one_or_none()
    if row is None:
        raise NotFound("Aucun récapitulatif n’a cette référence. Vérifiez chaque caractère.")
    return row


def _shown() -> Select[DeclarationDocument, int]:
    later = and_(
        Supersession.declaration_id == DeclarationDocument.declaration_id,
        Supersession.version == DeclarationDocument.version,
    )
    return select(DeclarationDocument, Supersession.superseded_by).outerjoin(Supersession, later)
