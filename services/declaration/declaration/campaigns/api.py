"""Campaigns, for Caf agents."""

from chassis.http import agent, read_only, transaction
from chassis.idempotency import idempotent

from declaration.api_types.campaigns import (
    Campaign,
    ChangeCampaignDatesBody,
    ListCampaignsAnswer,
    NewCampaign,
    Progress,
    ProgressOfAll,
)
from declaration.campaigns import commands, progress
from declaration.schemas import CampaignDatesSchema, NewCampaignSchema


def list_campaigns(caf_code: str | None = None) -> ListCampaignsAnswer:
    with read_only() as session:
        return {"items": [commands.shown(each) for each in commands.listed(session, agent(), caf_code)]}


@idempotent
def create_campaign(body: NewCampaign) -> tuple[Campaign, int]:
    with transaction() as session:
        return commands.shown(commands.create(session, agent(), NewCampaignSchema().load(body))), 201


@idempotent
def open_campaign(year: int, caf_code: str | None = None) -> dict[str, int]:
    with transaction() as session:
        found = commands.find(session, agent(), year, caf_code)
        return commands.start(session, agent().sub, found)


@idempotent
def close_campaign(year: int, caf_code: str | None = None) -> Campaign:
    with transaction() as session:
        found = commands.find(session, agent(), year, caf_code)
        commands.close(session, agent(), found)
        return commands.shown(found)


def get_campaign(year: int, caf_code: str | None = None) -> Campaign:
    with read_only() as session:
        return commands.shown(commands.find(session, agent(), year, caf_code))


def change_campaign_dates(year: int, body: ChangeCampaignDatesBody, caf_code: str | None = None) -> Campaign:
    with transaction() as session:
        found = commands.find(session, agent(), year, caf_code)
        commands.change_dates(session, agent(), found, CampaignDatesSchema().load(body))
        return commands.shown(found)


def get_progress(year: int, caf_code: str | None = None) -> Progress:
    with read_only() as session:
        found = commands.find(session, agent(), year, caf_code)
        return {"campaign": commands.shown(found), **progress.of(session, found)}


def get_progress_of_all(year: int) -> ProgressOfAll:
    with read_only() as session:
        return progress.of_all(session, agent(), year)
