"""What a landlord declares: the one table of its fields, step by step, in the order of the forms.

Drafts, rows, files, exports and comparisons follow from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from chassis.french import money

from declaration.domain.fields import (
    Address,
    Agreement,
    Amount,
    Cell,
    Choice,
    Commune,
    Day,
    Declared,
    Export,
    FieldTable,
    Flag,
    Follows,
    Number,
    Option,
)
from declaration.domain.readers import MOST_CO_TENANTS

WHOLE_RENT = "whole"
TENANT_SHARE = "tenant_share"
_EUROS = "euros, deux décimales"
_EXPORTED_FLAG = "`0` (non) ou `1` (oui)"
_EXPORTED_ADDRESS = "lignes jointes par une barre verticale"
_PRESENT = "Le locataire est dit toujours là : effacez {}, ou dites qu’il est parti."
_UP_TO_DATE = "Le loyer est dit à jour : effacez {}, ou dites qu’il ne l’est pas."


class Step(FieldTable):
    """A step of the journey."""

    step: ClassVar[str]


class InformationStep(Step):
    """What the Caf knows of the dwelling and the lease, verified by the landlord."""

    step = "information"

    address = Address(
        "l’adresse du logement",
        label="Adresse du logement",
        hint="Une ligne de l’adresse par ligne, 6 lignes de 38 caractères au plus",
        corrected="Adresse du logement",
        export=Export(
            f"adresse du logement vérifiée par le bailleur, {_EXPORTED_ADDRESS}",
            "APPARTEMENT 4|2 RUE GINA PANE|35000 RENNES",
        ),
    )
    commune_insee = Commune(
        "la commune du logement",
        label="Commune",
        hint="Son nom ou son code Insee, par exemple Rennes, ou Saint-Denis (93) quand plusieurs communes portent ce"
        " nom",
        corrected="Commune",
        export=Export("commune vérifiée, code Insee", "35238"),
    )
    furnished = Flag(
        "si le logement est meublé",
        label="Logement meublé",
        question="Le logement est-il loué meublé\u00a0?",
        example="oui",
        corrected="Meublé",
        export=Export(f"logement meublé, {_EXPORTED_FLAG}", "0"),
    )
    single_room = Flag(
        "si le logement est une chambre",
        label="Chambre",
        question="Le logement est-il une chambre\u00a0?",
        example="non",
        corrected="Chambre",
        export=Export(f"chambre, {_EXPORTED_FLAG}", "0"),
    )
    lease_start = Day(
        "la date d’entrée dans le logement",
        label="Entrée du locataire",
        question="Date d’entrée du locataire",
        hint="Par exemple\u00a0: 1 9 2016",
        example="2016-09-01",
        corrected="Date d’entrée",
        export=Export("entrée dans le logement, AAAA-MM-JJ", "2016-09-01"),
    )
    # Neither compared nor exported: it says that the others were read.
    confirmed = Agreement(
        "si ces informations sont exactes",
        question="Je confirme que ces informations sont exactes",
        example="oui",
        cell=Cell(
            "Informations exactes",
            "Informations connues exactes",
            "oui si l’adresse, l’entrée et le logement sont exacts ; sinon corrigez-les sur la page du locataire",
        ),
    )


class SituationStep(Step):
    """The tenant's situation."""

    step = "situation"

    present = Flag(
        "si le locataire occupe toujours le logement",
        label="Toujours dans le logement",
        question="Ce locataire occupe-t-il toujours le logement\u00a0?",
        example="oui",
        cell=Cell("Toujours locataire", "Toujours locataire"),
        export=Export(f"locataire toujours là, {_EXPORTED_FLAG}", "1"),
    )
    left_on = Day(
        "la date de départ du locataire",
        label="Date de départ",
        hint="Par exemple\u00a0: 15 7 {year}",
        example="2026-07-15",
        follows=Follows("present", _PRESENT.format("la date de départ")),
        cell=Cell("Date de départ", "Parti le (JJ/MM/AAAA)"),
        export=Export("départ, AAAA-MM-JJ, ou vide", "2026-08-15"),
    )
    new_address = Address(
        "la nouvelle adresse du locataire",
        label="Nouvelle adresse",
        question="Nouvelle adresse du locataire, si vous la connaissez",
        hint="Facultatif. Une ligne de l’adresse par ligne",
        follows=Follows("present", _PRESENT.format("sa nouvelle adresse")),
        optional=True,
        export=Export(f"nouvelle adresse si elle est connue, {_EXPORTED_ADDRESS}", "3 RUE DES LILAS|35000 RENNES"),
    )
    co_tenants = Number(
        "le nombre de colocataires",
        label="Titulaires du bail",
        question="Nombre de titulaires du bail",
        hint="Le locataire compris. En colocation, comptez toutes les personnes qui ont signé le bail",
        lowest=1,
        highest=MOST_CO_TENANTS,
        refused=("co_tenants", "Ce nombre de colocataires n’est pas possible."),
        rule=f"un nombre entier de 1 à {MOST_CO_TENANTS}, le locataire compris",
        example="2",
        cell=Cell("Titulaires du bail", "Titulaires du bail"),
        export=Export("titulaires du bail, le locataire compris", "1"),
    )
    rent_up_to_date = Flag(
        "si le loyer est à jour",
        label="Loyer à jour",
        question="Le loyer est-il à jour\u00a0?",
        example="oui",
        cell=Cell("Loyer à jour", "Loyer à jour"),
        export=Export(f"loyer à jour, {_EXPORTED_FLAG}", "0"),
    )
    arrears_amount = Amount(
        "le montant de la dette",
        label="Montant de la dette",
        question="Montant total de la dette",
        hint="Loyers et charges restant dus, par exemple\u00a0: 650,00",
        example="650,00",
        follows=Follows("rent_up_to_date", _UP_TO_DATE.format("la dette")),
        cell=Cell("Montant de la dette", "Dette (€)"),
        export=Export(f"dette, {_EUROS}, ou vide", "650.00"),
    )
    first_default_on = Day(
        "la date du premier impayé",
        label="Premier impayé",
        question="Date du premier impayé",
        hint="Par exemple\u00a0: 5 5 {year}",
        example="2026-05-05",
        follows=Follows("rent_up_to_date", _UP_TO_DATE.format("le premier impayé")),
        cell=Cell("Premier impayé", "Premier impayé (JJ/MM/AAAA)"),
        export=Export("premier impayé, AAAA-MM-JJ, ou vide", "2026-05-05"),
    )


class RentStep(Step):
    """July's rent in euros, without charges, and the charges separately."""

    step = "rent"

    rent = Amount(
        "le loyer de juillet, hors charges",
        label="Loyer de juillet, hors charges",
        hint=f"Sans les charges, par exemple\u00a0: {money.EXAMPLE}",
        example=money.EXAMPLE,
        cell=Cell("Loyer de juillet hors charges", "Loyer hors charges (€)"),
        export=Export(f"loyer de juillet hors charges, {_EUROS}", "512.30"),
    )
    charges = Amount(
        "les charges de juillet (0 s’il n’y en a pas)",
        label="Charges de juillet",
        hint="0 s’il n’y en a pas, par exemple\u00a0: 38,00",
        example="38,00",
        cell=Cell("Charges de juillet", "Charges (€)"),
        export=Export(f"charges de juillet, {_EUROS}", "38.00"),
    )
    share = Choice(
        "s’il s’agit du loyer entier ou de la part du locataire",
        label="Loyer entier ou part du locataire",
        question="Ce montant est",
        options={
            WHOLE_RENT: Option("Le loyer entier du logement", "loyer entier", "entier"),
            TENANT_SHARE: Option("La part de ce locataire seulement", "part du locataire", "part"),
        },
        cell=Cell(
            "Entier ou part",
            "Entier ou part",
            "« entier » pour le loyer du logement, « part » pour celle de ce locataire",
        ),
        export=Export("`whole` (loyer entier) ou `tenant_share` (part du locataire)", WHOLE_RENT),
    )
    full_month = Flag(
        "si le loyer couvre tout le mois de juillet",
        label="Mois de juillet complet",
        question="Ce loyer couvre-t-il tout le mois de juillet\u00a0?",
        example="oui",
        cell=Cell("Mois complet", "Mois complet"),
        export=Export(f"mois complet, {_EXPORTED_FLAG}", "1"),
    )
    furnished = Flag(
        "si le logement est loué meublé",
        label="Loué meublé",
        question="Le logement est-il loué meublé\u00a0?",
        example="non",
        cell=Cell("Loué meublé", "Meublé"),
        export=Export(f"loué meublé en juillet, {_EXPORTED_FLAG}", "0", name="let_furnished"),
    )


INFORMATION = InformationStep().declared
SITUATION = SituationStep().declared
RENT = RentStep().declared
STEPS: dict[str, Mapping[str, Declared[Any]]] = {
    InformationStep.step: INFORMATION,
    SituationStep.step: SITUATION,
    RentStep.step: RENT,
}
