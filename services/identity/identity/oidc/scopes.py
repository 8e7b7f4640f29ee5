"""The scopes and what each gives access to; services check `openid` and the scopes of programs."""

# For people. `openid` also gives access to the services' APIs, within the person's rights.
OF_PEOPLE = {
    "openid": "qui est la personne ; ouvre les API, dans la limite de ses droits",
    "profile": "son nom et son prénom",
    "email": "son adresse de courriel",
    "offline_access": "rester connecté après cinq minutes (jeton de rafraîchissement)",
}
# For programs: each gives access only to the operations that list it in their OpenAPI document.
OF_PROGRAMS = {
    "declarations:read": "lire les déclarations de son organisme, dans la limite de ses groupes",
}
ALL = (*OF_PEOPLE, *OF_PROGRAMS)
