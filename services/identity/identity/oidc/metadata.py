"""The discovery document (OpenID Connect Discovery 1.0, RFC 8414)."""

from typing import Any

from identity.keys import ALGORITHM
from identity.oidc.clients import GRANTS
from identity.oidc.grants import AUTH_METHODS
from identity.oidc.request_validation import PROMPTS
from identity.oidc.scopes import ALL
from identity.settings import Settings


def metadata(settings: Settings) -> dict[str, Any]:
    at = f"{settings.issuer}/oidc"
    return {
        "issuer": settings.issuer,
        "authorization_endpoint": f"{at}/authorize",
        "token_endpoint": f"{at}/token",
        "jwks_uri": f"{at}/jwks",
        "userinfo_endpoint": f"{at}/userinfo",
        "revocation_endpoint": f"{at}/revoke",
        "introspection_endpoint": f"{at}/introspect",
        "end_session_endpoint": f"{at}/logout",
        "scopes_supported": list(ALL),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": list(GRANTS),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": AUTH_METHODS,
        "revocation_endpoint_auth_methods_supported": AUTH_METHODS,
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "claims_supported": ["sub", "name", "given_name", "family_name", "email", "kind", "org", "caf", "sid", "amr"],
        "ui_locales_supported": ["fr"],
        "prompt_values_supported": list(PROMPTS),
    }
