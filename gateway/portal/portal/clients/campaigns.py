"""Campaigns, a Caf's own and those of all of them."""

from collections.abc import Mapping
from typing import Any

from portal.clients.http import Service, json_body


class CampaignClient(Service):
    """Campaigns in the declaration service; shapes are those of its openapi.yaml."""

    name = "declaration"

    def every(self) -> list[dict[str, Any]]:
        """Newest first."""
        return list(self._get("campaigns")["items"])

    def create(self, campaign: Mapping[str, Any], key: str) -> dict[str, Any]:
        """A campaign in preparation."""
        return self._post("campaigns", body=campaign, key=key)

    def get(self, year: int, caf_code: str) -> dict[str, Any]:
        """Its phase and dates."""
        return self._get("campaigns", str(year), caf_code=caf_code)

    def change_dates(self, year: int, caf_code: str, change: Mapping[str, Any]) -> dict[str, Any]:
        """`change`: deadline, cut_off, reminders, reason. The same again changes nothing."""
        query = {"caf_code": caf_code} if caf_code else {}
        return json_body(self._call("PUT", "campaigns", str(year), "dates", params=query, json=change))

    def open(self, year: int, caf_code: str, key: str) -> dict[str, Any]:
        """`declarations`, `not_concerned` and `landlords` that the opening made."""
        return self._post("campaigns", str(year), "opening", key=key, caf_code=caf_code)

    def close(self, year: int, caf_code: str, key: str) -> dict[str, Any]:
        """The campaign, closed."""
        return self._post("campaigns", str(year), "closing", key=key, caf_code=caf_code)

    def progress(self, year: int, caf_code: str) -> dict[str, Any]:
        """Counts by state, type of dwelling, département and day."""
        return self._get("campaigns", str(year), "progress", caf_code=caf_code)

    def progress_of_all(self, year: int) -> dict[str, Any]:
        """The same for all Cafs that the person may see, and Caf by Caf."""
        return self._get("campaigns", str(year), "cafs")

    def open_all(self, year: int, key: str) -> dict[str, Any]:
        """The act asked for, or the one of that year under way; Refused 403 for who is no supervisor."""
        return self._post("campaign-openings", body={"year": year}, key=key)

    def list_openings(self) -> list[dict[str, Any]]:
        """The last acts for all Cafs, newest first."""
        return list(self._get("campaign-openings")["items"])

    def get_opening(self, opening: str) -> dict[str, Any]:
        """What became of each Caf."""
        return self._get("campaign-openings", opening)
