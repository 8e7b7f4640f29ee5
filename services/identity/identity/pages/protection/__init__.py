"""Pages of second factors: the second step of a sign-in, and managing an account's factors."""

from identity.pages.protection import applications, keys, overview, reauthentication, recovery_codes, second_step

BLUEPRINTS = tuple(
    part.blueprint for part in (second_step, reauthentication, overview, applications, keys, recovery_codes)
)
