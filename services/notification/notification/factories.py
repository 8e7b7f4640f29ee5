"""Builds the mailer and the sender from the settings."""

from pathlib import Path

from notification.emails import Sender
from notification.mailers import CaughtMailer, Mailer, SmtpMailer, SmtpServer
from notification.settings import Settings


def mailer_for(settings: Settings) -> Mailer:
    if settings.mailer == "caught":
        return CaughtMailer(Path(settings.mailbox_dir))
    return SmtpMailer(
        SmtpServer(
            host=settings.smtp_host,
            port=settings.smtp_port,
            security=settings.smtp_security,
            username=settings.smtp_username or None,
            password=settings.smtp_password or None,
            timeout=settings.smtp_timeout_seconds,
        )
    )


def sender_for(settings: Settings) -> Sender:
    return Sender(settings.mail_from_name, settings.mail_from_address, settings.message_id_domain)
