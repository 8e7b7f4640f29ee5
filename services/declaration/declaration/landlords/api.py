"""A landlord of the registry, and its changes of company or Caf, for agents."""

from uuid import UUID

from chassis.http import agent, read_only, transaction
from chassis.idempotency import idempotent

from declaration.api_types.registry import ChangeCafBody, ChangeCompanyBody, MakePersonBody, RegisteredLandlord
from declaration.landlords import commands


def get_landlord(landlord_id: str) -> RegisteredLandlord:
    with read_only() as session:
        return commands.shown(session, commands.find(session, agent(), UUID(landlord_id)))


@idempotent
def change_company(landlord_id: str, body: ChangeCompanyBody) -> RegisteredLandlord:
    with transaction() as session:
        return commands.shown(session, commands.change_company(session, agent(), UUID(landlord_id), body))


@idempotent
def make_person(landlord_id: str, body: MakePersonBody) -> RegisteredLandlord:
    with transaction() as session:
        return commands.shown(session, commands.make_person(session, agent(), UUID(landlord_id), body))


@idempotent
def change_caf(landlord_id: str, body: ChangeCafBody) -> RegisteredLandlord:
    with transaction() as session:
        landlord = commands.change_caf(session, agent(), UUID(landlord_id), body)
        return commands.shown(session, landlord)
