"""A browser without JavaScript: it keeps cookies, follows redirections and submits forms as they are."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin, urlsplit

import httpx

from launcher.demo.failures import StepFailed, expect
from launcher.demo.web.forms import Form, PageContent, read_page
from launcher.demo.web.site import Site

MOST_REDIRECTIONS = 12


@dataclass(frozen=True)
class Page:
    """The page reached; `callback` is the external URL that the product redirected to, if any."""

    url: str
    status: int
    html: str = ""
    callback: str = ""

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @cached_property
    def content(self) -> PageContent:
        return read_page(self.html)

    def form_with(self, *names: str) -> Form:
        """The form with these fields. Raises StepFailed when there is none."""
        for form in self.content.forms:
            if form.offered.issuperset(names):
                return form
        raise StepFailed(f"un formulaire avec {', '.join(names)} à {self.path}", self.described)

    @property
    def described(self) -> str:
        """A summary of the page, for a person who reads why a step failed."""
        errors = " ".join(" ".join(error.split()) for error in self.content.errors)
        return f"{self.path} ({self.status}) {' '.join(self.content.title.split())} {errors}".strip()


class Browser:
    """`callback`: prefixes of external URLs, which are not followed."""

    def __init__(self, site: Site, callback: str | tuple[str, ...] = "") -> None:
        self._client = site.client()
        self._callback = callback

    def get(self, url: str) -> Page:
        return self._follow(self._client.get(url))

    def send(self, page: Page, **values: str) -> Page:
        """Submits the form with these fields, keeping its other values, to its own action."""
        form = page.form_with(*values)
        return self.post(urljoin(page.url, form.action), {**form.fields, **values})

    def post(self, url: str, fields: dict[str, str]) -> Page:
        return self._follow(self._client.post(url, data=fields))

    def _follow(self, response: httpx.Response) -> Page:
        for _hop in range(MOST_REDIRECTIONS):
            if not response.is_redirect:
                return Page(str(response.url), response.status_code, response.text)
            target = urljoin(str(response.url), response.headers["location"])
            if self._callback and target.startswith(self._callback):
                return Page(target, response.status_code, callback=target)
            response = self._client.get(target)
        raise StepFailed("une page", f"{MOST_REDIRECTIONS} redirections, la dernière vers {response.url.path}")


def on(page: Page, path: str) -> Page:
    """The page itself. Raises StepFailed when it is another one."""
    expect(page.path == path and page.status < 400, f"la page {path}", page.described)
    return page
