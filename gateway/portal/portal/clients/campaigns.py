"""Campaigns of one Caf and of all Cafs."""

from collections.abc import Mapping

from portal.api_types.declaration.campaigns import (
    Campaign,
    ListCampaignsAnswer,
    ListOpeningsAnswer,
    NationalOpening,
    NationalOpeningHead,
    OpenCampaignAnswer,
    Progress,
    ProgressOfAll,
)
from portal.clients.http import Service, read_body


class CampaignClient(Service):
    """Campaigns in the declaration service; shapes are those of its openapi.yaml."""

    name = "declaration"

    def every(self) -> list[Campaign]:
        """All campaigns, newest first."""
        return self._get(ListCampaignsAnswer, "campaigns")["items"]

    def create(self, campaign: Mapping[str, object], key: str) -> Campaign:
        """A campaign in preparation."""
        return self._post(Campaign, "campaigns", body=campaign, key=key)

    def get(self, year: int, caf_code: str) -> Campaign:
        """The campaign, with its phase and dates."""
        return self._get(Campaign, "campaigns", str(year), caf_code=caf_code)

    def change_dates(self, year: int, caf_code: str, change: Mapping[str, object]) -> Campaign:
        """`change`: deadline, cut_off, reminders, reason. Idempotent."""
        query = {"caf_code": caf_code} if caf_code else {}
        return read_body(Campaign, self._call("PUT", "campaigns", str(year), "dates", params=query, json=change))

    def open(self, year: int, caf_code: str, key: str) -> OpenCampaignAnswer:
        """Opens it; the numbers of `declarations`, `not_concerned` and `landlords` of that opening."""
        return self._post(OpenCampaignAnswer, "campaigns", str(year), "opening", key=key, caf_code=caf_code)

    def close(self, year: int, caf_code: str, key: str) -> Campaign:
        """Closes it; the closed campaign."""
        return self._post(Campaign, "campaigns", str(year), "closing", key=key, caf_code=caf_code)

    def progress(self, year: int, caf_code: str) -> Progress:
        """Counts by state, type of dwelling, département and day."""
        return self._get(Progress, "campaigns", str(year), "progress", caf_code=caf_code)

    def progress_of_all(self, year: int) -> ProgressOfAll:
        """The same counts for all Cafs that the person may see, and per Caf."""
        return self._get(ProgressOfAll, "campaigns", str(year), "cafs")

    def open_all(self, year: int, key: str) -> NationalOpening:
        """Starts opening all Cafs, or returns that year's opening if under way; Refused 403 unless supervisor."""
        return self._post(NationalOpening, "campaign-openings", body={"year": year}, key=key)

    def list_openings(self) -> list[NationalOpeningHead]:
        """The last openings for all Cafs, newest first."""
        return self._get(ListOpeningsAnswer, "campaign-openings")["items"]

    def get_opening(self, opening: str) -> NationalOpening:
        """The outcome per Caf."""
        return self._get(NationalOpening, "campaign-openings", opening)
