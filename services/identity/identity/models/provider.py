"""Tables of the OpenID provider: codes, token families, refresh tokens, signing keys."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from identity.models.base import Base


class AuthorizationCode(Base):
    __tablename__ = "authorization_code"

    # SHA-256 of the code: 288 random bits need no slow hash.
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    client_id: Mapped[str] = mapped_column(String(60))
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sign_in_session.id", ondelete="CASCADE"))
    family_id: Mapped[UUID]
    redirect_uri: Mapped[str] = mapped_column(String(500))
    scope: Mapped[str] = mapped_column(String(200))
    nonce: Mapped[str | None] = mapped_column(String(500))
    code_challenge: Mapped[str] = mapped_column(String(128))
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class TokenFamily(Base):
    """All refresh tokens derived from one code: they expire and are revoked together (RFC 9700 §4.14.2)."""

    __tablename__ = "token_family"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(String(60))
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sign_in_session.id", ondelete="CASCADE"), index=True)
    scope: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    revocation_reason: Mapped[str | None] = mapped_column(String(30))


class RefreshToken(Base):
    __tablename__ = "refresh_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    family_id: Mapped[UUID] = mapped_column(ForeignKey("token_family.id", ondelete="CASCADE"), index=True)
    issued_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SigningKey(Base):
    __tablename__ = "signing_key"

    kid: Mapped[str] = mapped_column(String(60), primary_key=True)
    # Any JWK (RFC 7517); the mapping to a JSON column is declared for this type.
    public_jwk: Mapped[dict[str, Any]]
    # The private JWK as a JWE under the key of the settings.
    private_sealed: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    # Published before and after it signs, since verifiers cache keys.
    signs_from: Mapped[datetime]
    signs_until: Mapped[datetime]
    published_until: Mapped[datetime] = mapped_column(index=True)
