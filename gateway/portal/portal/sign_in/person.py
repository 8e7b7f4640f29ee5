"""Who is signed in, and which pages require which kind of person."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import wraps
from typing import Any, NotRequired, ParamSpec, TypedDict, TypeVar

from flask import Response, abort, redirect, request, session, url_for
from webui.kept_forms import keeper

PERSON = "person"
P = ParamSpec("P")
R = TypeVar("R")


class IdentityClaims(TypedDict):
    """Of a verified id token."""

    sub: str
    kind: str
    org: NotRequired[str]
    caf: NotRequired[str]
    supervisor: NotRequired[bool]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The id token claims that pages use; `organisation` and `caf` are mutually exclusive."""

    account_id: str
    name: str
    kind: str
    organisation: str | None
    caf: str | None
    supervisor: bool

    @classmethod
    def from_claims(cls, claims: IdentityClaims) -> "SignedIn":
        """From a verified id token; the name is not in it."""
        return cls(
            account_id=claims["sub"],
            name="Mon compte",
            kind=claims["kind"],
            organisation=claims.get("org"),
            caf=claims.get("caf"),
            supervisor=bool(claims.get("supervisor")),
        )

    @property
    def is_agent(self) -> bool:
        """A Caf agent, a supervisor included."""
        return self.kind == "agent"


def remember(person: SignedIn) -> None:
    """Stores the person in the session."""
    session[PERSON] = asdict(person)


def signed_in() -> SignedIn | None:
    """The person of this session."""
    kept = session.get(PERSON)
    return SignedIn(**kept) if kept else None


def current_user() -> SignedIn:
    """The person signed in, on a page that requires one."""
    return signed_in() or abort(403)


def sign_in_page() -> Any:
    """Redirects to sign-in and back here; a submitted form is kept, and the page says so first."""
    if request.method == "POST" and (said := keeper().signed_out()) is not None:
        return said
    address = url_for("sign_in.start", suite=keeper().way_back())
    if request.headers.get("HX-Request"):
        # For an htmx fragment, the whole page must be redirected, not the fragment.
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, 303)


def login_required(kind: str | None = None, *, takes_file: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The page requires sign-in, as that kind (`landlord` or `agent`) if given; 404 for other kinds.

    Only pages with `takes_file` accept bodies larger than a form, see `portal.uploads`.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            person = signed_in()
            if person is None:
                refused: R = sign_in_page()
                return refused
            if kind is not None and person.kind != kind:
                abort(404)
            return view(*args, **kwargs)

        if takes_file:
            guarded.takes_file_of = kind  # type: ignore[attr-defined]  # of a function
        return guarded

    return decorate
