"""Campaigns of one Caf and of all Cafs."""

from collections.abc import Mapping
from typing import Any

from portal.clients.http import Service, json_body


class CampaignClient(Service):
    """Campaigns in the declaration service; shapes are those of its openapi.yaml."""

    name = "declaration"

    def every(self) -> list[dict[str, Any]]:
        """All campaigns, newest first."""
        return list(self._get("campaigns")["items"])

    def create(self, campaign: Mapping[str, Any], key: str) -> dict[str, Any]:
        """A campaign in preparation."""
        return self._post("campaigns", body=campaign, key=key)

    def get(self, year: int, caf_code: str) -> dict[str, Any]:
        """The campaign, with its phase and dates."""
        return self._get("campaigns", str(year), caf_code=caf_code)

    def change_dates(self, year: int, caf_code: str, change: Mapping[str, Any]) -> dict[str, Any]:
        """`change`: deadline, cut_off, reminders, reason. Idempotent."""
        query = {"caf_code": caf_code} if caf_code else {}
        return json_body(self._call("PUT", "campaigns", str(year), "dates", params=query, json=change))

    def open(self, year: int, caf_code: str, key: str) -> dict[str, Any]:
        """Opens it; the numbers of `declarations`, `not_concerned` and `landlords` of that opening."""
        return self._post("campaigns", str(year), "opening", key=key, caf_code=caf_code)

    def close(self, year: int, caf_code: str, key: str) -> dict[str, Any]:
        """Closes it; the closed campaign."""
        return self._post("campaigns", str(year), "closing", key=key, caf_code=caf_code)

    def progress(self, year: int, caf_code: str) -> dict[str, Any]:
        """Counts by state, type of dwelling, département and day."""
        return self._get("campaigns", str(year), "progress", caf_code=caf_code)

    def progress_of_all(self, year: int) -> dict[str, Any]:
        """The same counts for all Cafs that the person may see, and per Caf."""
        return self._get("campaigns", str(year), "cafs")

    def open_all(self, year: int, key: str) -> dict[str, Any]:
        """Starts opening all Cafs, or returns that year's opening if under way; Refused 403 unless supervisor."""
        return self._post("campaign-openings", body={"year": year}, key=key)

    def list_openings(self) -> list[dict[str, Any]]:
        """The last openings for all Cafs, newest first."""
        return list(self._get("campaign-openings")["items"])

    def get_opening(self, opening: str) -> dict[str, Any]:
        """The outcome per Caf."""
        return self._get("campaign-openings", opening)
