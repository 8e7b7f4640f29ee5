"""Tables of the declaration service, one module a subject."""

from declaration.models.base import Base
from declaration.models.campaigns import Asking, Campaign, NationalOpening, NationalOpeningLine
from declaration.models.declarations import DeclarationVersion, Passage, Receipt, RentDeclaration
from declaration.models.exchange import AnswerImport, AnswerImportError, CafAnswer, ExportBatch, ExportSeries
from declaration.models.many import DeclarationImport, DeclarationImportLine, Lot, LotLine
from declaration.models.paper import PaperReturn
from declaration.models.portfolio import Dwelling, Landlord, Organisation, Portfolio, Tenancy
from declaration.models.registry import RegistryImport, RegistryImportError, RegistrySlice, Staged
from declaration.models.reports import ReportPassage, TenantReport

__all__ = [
    "AnswerImport",
    "AnswerImportError",
    "Asking",
    "Base",
    "CafAnswer",
    "Campaign",
    "DeclarationImport",
    "DeclarationImportLine",
    "DeclarationVersion",
    "Dwelling",
    "ExportBatch",
    "ExportSeries",
    "Landlord",
    "Lot",
    "LotLine",
    "NationalOpening",
    "NationalOpeningLine",
    "Organisation",
    "PaperReturn",
    "Passage",
    "Portfolio",
    "Receipt",
    "RegistryImport",
    "RegistryImportError",
    "RegistrySlice",
    "RentDeclaration",
    "ReportPassage",
    "Staged",
    "Tenancy",
    "TenantReport",
]
