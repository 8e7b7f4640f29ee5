"""What tests read of events: provisional passwords, with what notification alone can open."""

from identity.published_types import CredentialsIssuedData, CredentialsIssuedPersonal


class Issued(CredentialsIssuedData, CredentialsIssuedPersonal):
    login: str
    password: str
