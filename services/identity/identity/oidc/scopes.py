"""What a token can be asked for, each with what it opens; services look at the first and at those of programs."""

# For people. `openid` is also what opens the services' APIs to a person, whose rights then decide.
OF_PEOPLE = {
    "openid": "qui est la personne ; ouvre les API, dans la limite de ses droits",
    "profile": "son nom et son prénom",
    "email": "son adresse de courriel",
    "offline_access": "rester connecté après cinq minutes (jeton de rafraîchissement)",
}
# For programs: each opens the operations that name it in their OpenAPI document, and nothing else.
OF_PROGRAMS = {
    "declarations:read": "lire les déclarations de son organisme, dans la limite de ses groupes",
}
ALL = (*OF_PEOPLE, *OF_PROGRAMS)
