"""Campaigns, for Caf agents."""

from typing import Any

from chassis.http import agent, reading, transaction
from chassis.idempotency import idempotent

from declaration import campaigns, progress
from declaration.schemas import CampaignDatesSchema, NewCampaignSchema


def list_campaigns(caf_code: str | None = None) -> dict[str, Any]:
    with reading() as session:
        return {"items": [campaigns.shown(each) for each in campaigns.listed(session, agent(), caf_code)]}


@idempotent
def create_campaign(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    with transaction() as session:
        return campaigns.shown(campaigns.create(session, agent(), NewCampaignSchema().load(body))), 201


@idempotent
def open_campaign(year: int, caf_code: str | None = None) -> dict[str, int]:
    with transaction() as session:
        found = campaigns.find(session, agent(), year, caf_code)
        return campaigns.start(session, agent().sub, found)


@idempotent
def close_campaign(year: int, caf_code: str | None = None) -> dict[str, Any]:
    with transaction() as session:
        found = campaigns.find(session, agent(), year, caf_code)
        campaigns.close(session, agent(), found)
        return campaigns.shown(found)


def get_campaign(year: int, caf_code: str | None = None) -> dict[str, Any]:
    with reading() as session:
        return campaigns.shown(campaigns.find(session, agent(), year, caf_code))


def change_campaign_dates(year: int, body: dict[str, Any], caf_code: str | None = None) -> dict[str, Any]:
    with transaction() as session:
        found = campaigns.find(session, agent(), year, caf_code)
        campaigns.change_dates(session, agent(), found, CampaignDatesSchema().load(body))
        return campaigns.shown(found)


def get_progress(year: int, caf_code: str | None = None) -> dict[str, Any]:
    with reading() as session:
        found = campaigns.find(session, agent(), year, caf_code)
        return {"campaign": campaigns.shown(found), **progress.of(session, found)}


def get_progress_of_all(year: int) -> dict[str, Any]:
    with reading() as session:
        return progress.of_all(session, agent(), year)
