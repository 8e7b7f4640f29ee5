"""Commands on a campaign: create, change dates, open for a whole Caf in a few statements, close."""

from datetime import date
from uuid import UUID

from chassis import clock, journal
from chassis.auth import Caller
from chassis.db import changed, insert_new
from chassis.ids import new_id
from chassis.problems import BadRequest, Conflict, FieldError, NotFound
from sqlalchemy import null, select, update
from sqlalchemy.orm import Session

from declaration import publishes
from declaration.api_types.campaigns import Campaign as ShownCampaign
from declaration.api_types.campaigns import Contact
from declaration.campaigns import opening
from declaration.domain import campaign as rules
from declaration.domain.campaign import Phase, Trigger
from declaration.models import Campaign
from declaration.perimeter import of_caf
from declaration.schemas import AskedCampaign, AskedDates

# The national phone number of all Cafs.
CAF_TELEPHONE = "3230"


def caf_of(caller: Caller, caf_code: str | None) -> str:
    """The Caf an agent acts for: their own, or the one a supervisor names. Raises NotFound, BadRequest."""
    if not caller.supervisor:
        if caller.caf is None or caf_code not in (None, caller.caf):
            raise NotFound
        return caller.caf
    if caf_code is None:
        detail = "Indiquez pour quelle Caf vous agissez."
        error = FieldError(pointer="/caf_code", code="required", detail=detail, rule="3 chiffres", example="359")
        raise BadRequest(errors=[error])
    return caf_code


def create(session: Session, caller: Caller, new: AskedCampaign) -> Campaign:
    """Raises Invalid for dates out of order, Conflict when the year already has its campaign."""
    caf_code = caf_of(caller, new["caf_code"])
    dates = rules.planned(new["year"], new["deadline"], new["cut_off"], new["opens_on"], today=clock.today())
    values = {
        "id": new_id(),
        "caf_code": caf_code,
        "year": dates.year,
        "phase": Phase.DRAFT.value,
        "opens_on": dates.opens_on,
        "deadline": dates.deadline,
        "cut_off": dates.cut_off,
        "reminders": _reminders(new["reminders"], dates),
        "contact": new["contact"] or _contact(session, caf_code),
    }
    # The unique key decides: when two agents create it together, the second gets the conflict.
    if not insert_new(session, Campaign, values):
        raise Conflict(f"La campagne {dates.year} de cette Caf existe déjà.")
    made = session.get_one(Campaign, values["id"])
    _journal(session, caller.sub, made, "campaign.created")
    return made


def _reminders(given: list[date] | None, dates: rules.Dates) -> list[str]:
    days = rules.usual_reminders(dates) if given is None else rules.checked_reminders(given, dates)
    return [day.isoformat() for day in days]


def change_dates(session: Session, caller: Caller, campaign: Campaign, change: AskedDates) -> None:
    """
    Moves the deadline, the last day and the reminders; the same dates again change nothing and leave no journal line.

    Raises Invalid for dates out of order.
    """
    was = _moving(campaign)
    dates = rules.planned(campaign.year, change["deadline"], change["cut_off"], campaign.opens_on, today=clock.today())
    campaign.deadline, campaign.cut_off = dates.deadline, dates.cut_off
    campaign.reminders = _reminders(change["reminders"], dates)
    if dates.cut_off >= clock.today():
        # The unfinished declarations are counted again when the new last day has passed.
        campaign.unfinished = null()
    session.flush()
    now = _moving(campaign)
    moved = [name for name in was if was[name] != now[name]]
    if not moved:
        return
    journal.record(
        session,
        actor=caller.sub,
        action="campaign.dates_changed",
        subject=campaign.id,
        perimeter=campaign.caf_code,
        before={name: was[name] for name in moved},
        after={name: now[name] for name in moved},
        reason=change["reason"],
    )


def _moving(campaign: Campaign) -> dict[str, object]:
    deadline, cut_off = campaign.deadline.isoformat(), campaign.cut_off.isoformat()
    return {"deadline": deadline, "cut_off": cut_off, "reminders": campaign.reminders}


def _contact(session: Session, caf_code: str) -> Contact:
    """Last year's contact, else the default of any Caf."""
    last = select(Campaign.contact).where(Campaign.caf_code == caf_code).order_by(Campaign.year.desc()).limit(1)
    default: Contact = {
        "name": f"Caf {caf_code}",
        "telephone": CAF_TELEPHONE,
        "address": [f"CAF {caf_code}"],
        "reference": f"CAF {caf_code}",
    }
    return session.execute(last).scalar_one_or_none() or default


def listed(session: Session, caller: Caller, caf_code: str | None) -> list[Campaign]:
    """Newest first."""
    statement = select(Campaign).where(of_caf(caller)).order_by(Campaign.year.desc(), Campaign.caf_code)
    if caf_code:
        statement = statement.where(Campaign.caf_code == caf_code)
    return list(session.execute(statement).scalars())


def find(session: Session, caller: Caller, year: int, caf_code: str | None) -> Campaign:
    """Raises NotFound."""
    found = _one(session, caf_of(caller, caf_code), year)
    if found is None:
        raise NotFound
    return found


def _one(session: Session, caf_code: str, year: int) -> Campaign | None:
    statement = select(Campaign).where(Campaign.caf_code == caf_code, Campaign.year == year)
    return session.execute(statement).scalar_one_or_none()


def start(session: Session, actor: UUID, campaign: Campaign) -> dict[str, int]:
    """Opens: one declaration per tenancy, one request per landlord; returns the counts. Raises Conflict."""
    if campaign.phase == Phase.DRAFT.value:
        rules.require_time_left(dates_of(campaign), clock.today())
    _transition(session, campaign, Trigger.OPENING)
    counts = opening.complete(session, campaign, actor=str(actor))
    publishes.campaign_opened(session, campaign, counts)
    _journal(session, actor, campaign, "campaign.opened")
    return counts


def dates_of(campaign: Campaign) -> rules.Dates:
    """The dates as the domain rules take them."""
    return rules.Dates(campaign.year, campaign.opens_on, campaign.deadline, campaign.cut_off)


def close(session: Session, caller: Caller, campaign: Campaign) -> None:
    """From now on transmissions are late, until the cut-off. Raises Conflict."""
    _transition(session, campaign, Trigger.CLOSING)
    _journal(session, caller.sub, campaign, "campaign.closed")


def _transition(session: Session, campaign: Campaign, act: Trigger) -> None:
    """When two agents click together, only one succeeds."""
    before = Phase(campaign.phase)
    after = rules.advance(before, act)
    moved = update(Campaign).where(Campaign.id == campaign.id, Campaign.phase == before.value)
    if not changed(session.execute(moved.values(phase=after.value))):
        raise Conflict("Quelqu’un d’autre vient de le faire.")
    campaign.phase = after.value


def _journal(session: Session, actor: UUID, campaign: Campaign, action: str) -> None:
    after = {"year": campaign.year, "phase": campaign.phase}
    journal.record(session, actor=actor, action=action, subject=campaign.id, perimeter=campaign.caf_code, after=after)


def shown(campaign: Campaign) -> ShownCampaign:
    return {
        "id": str(campaign.id),
        "caf_code": campaign.caf_code,
        "year": campaign.year,
        "phase": campaign.phase,
        "opens_on": campaign.opens_on.isoformat(),
        "deadline": campaign.deadline.isoformat(),
        "cut_off": campaign.cut_off.isoformat(),
        "reminders": campaign.reminders,
        "unfinished": campaign.unfinished,
    }
