"""Every page of the portal."""

from flask import Flask

from portal.pages import (
    api_documents,
    habilitation,
    habilitation_delegates,
    habilitation_users,
    help,
    home,
    kept_forms,
    reports,
    verification,
)
from portal.pages.agent import (
    accounts,
    answers,
    campaign_dates,
    campaign_openings,
    campaigns,
    exports,
    factor_resets,
    landlord_moves,
    landlords,
    letters,
    messages,
    paper_decision,
    papers,
    registry,
)
from portal.pages.agent import home as agent_home
from portal.pages.declare import (
    abandonment,
    amendment,
    batch_transmissions,
    confirmation,
    files,
    grid,
    history,
    listing,
    recap,
    steps,
    summary,
)
from portal.sign_in import views as sign_in

MODULES = (
    sign_in,
    home,
    help,
    kept_forms,
    # These register their routes on one blueprint.
    listing,
    grid,
    files,
    batch_transmissions,
    steps,
    summary,
    confirmation,
    recap,
    amendment,
    abandonment,
    history,
    habilitation,
    habilitation_users,
    habilitation_delegates,
    agent_home,
    registry,
    campaigns,
    campaign_dates,
    campaign_openings,
    messages,
    landlords,
    landlord_moves,
    letters,
    accounts,
    exports,
    answers,
    papers,
    paper_decision,
    factor_resets,
    reports,
    verification,
    api_documents,
)


def add_pages(app: Flask) -> None:
    """Registers each blueprint once."""
    for blueprint in dict.fromkeys(module.pages for module in MODULES):
        app.register_blueprint(blueprint)
