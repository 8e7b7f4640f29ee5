"""Composes the declaration service."""

from chassis import account_status, rights
from chassis.runtime import Periodic, Service, Subscription

from declaration import consumes, publishes, registry
from declaration.answers import jobs as answers
from declaration.batch_transmissions import jobs as batch_transmissions
from declaration.batch_transmissions import purge
from declaration.campaigns import opening, reminders
from declaration.campaigns.nationwide import jobs as nationwide
from declaration.declaration_imports import jobs as declaration_imports
from declaration.exports import jobs as exports
from declaration.exports import scheduled as scheduled_exports
from declaration.models import Base
from declaration.settings import DeclarationSettings

service = Service(
    name="declaration",
    metadata=Base.metadata,
    settings=DeclarationSettings,
    subscriptions=(
        Subscription("habilitation.access_changed.v1", rights.access_changed, urgent=True),
        *account_status.SUBSCRIPTIONS,
        Subscription("documents.recap_ready.v1", consumes.recap_ready),
    ),
    published=publishes.PUBLISHED,
    periodic=(
        Periodic("read registry files", 2, registry.read_waiting, on_change=True),
        Periodic("help with registry files", 2, registry.help_merging, on_change=True),
        Periodic("publish the portfolio", 1, registry.portfolio.publish_changes, on_change=True),
        Periodic("open all campaigns", 2, nationwide.open_waiting, on_change=True),
        Periodic("ask landlords", 2, opening.ask_landlords, on_change=True),
        Periodic("remind landlords", 60, reminders.remind),
        Periodic("cut-off", 600, reminders.cut_off),
        Periodic("read answers", 2, answers.read_waiting, on_change=True),
        Periodic("write exports", 2, exports.make_waiting, on_change=True),
        Periodic("schedule exports", 60, scheduled_exports.make_scheduled),
        Periodic("purge exports", 3600, scheduled_exports.purge),
        Periodic("read and apply files of rows", 1, declaration_imports.work, on_change=True),
        Periodic("transmit batches", 1, batch_transmissions.transmit_waiting, on_change=True),
        Periodic("purge files of rows and batches", 3600, purge.purge),
    ),
)
