"""Tables of the declaration service, one module per subject."""

from declaration.models.base import Base
from declaration.models.batches import (
    BatchTransmission,
    BatchTransmissionLine,
    DeclarationImport,
    DeclarationImportLine,
)
from declaration.models.campaigns import Campaign, DeclarationRequest, NationalOpening, NationalOpeningLine
from declaration.models.declarations import DeclarationVersion, Recap, RentDeclaration, StateTransition
from declaration.models.exchange import AnswerImport, AnswerImportError, CafAnswer, ExportBatch, ExportSeries
from declaration.models.paper import PaperReturn
from declaration.models.portfolio import Dwelling, Landlord, Organisation, Portfolio, Tenancy
from declaration.models.registry import RegistryImport, RegistryImportError, RegistrySlice, Staged
from declaration.models.reports import ReportTransition, TenantReport

__all__ = [
    "AnswerImport",
    "AnswerImportError",
    "Base",
    "BatchTransmission",
    "BatchTransmissionLine",
    "CafAnswer",
    "Campaign",
    "DeclarationImport",
    "DeclarationImportLine",
    "DeclarationRequest",
    "DeclarationVersion",
    "Dwelling",
    "ExportBatch",
    "ExportSeries",
    "Landlord",
    "NationalOpening",
    "NationalOpeningLine",
    "Organisation",
    "PaperReturn",
    "Portfolio",
    "Recap",
    "RegistryImport",
    "RegistryImportError",
    "RegistrySlice",
    "RentDeclaration",
    "ReportTransition",
    "Staged",
    "StateTransition",
    "Tenancy",
    "TenantReport",
]
