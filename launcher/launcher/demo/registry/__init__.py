"""An invented registry file: the same seed gives the same bytes. Nobody in it is real."""

from launcher.demo.registry.faulty import FaultyFile, faulty_file
from launcher.demo.registry.file import COLUMNS, encode, write
from launcher.demo.registry.landlords import Landlord
from launcher.demo.registry.large import large_rows
from launcher.demo.registry.small import Registry, demonstration

__all__ = [
    "COLUMNS",
    "FaultyFile",
    "Landlord",
    "Registry",
    "demonstration",
    "encode",
    "faulty_file",
    "large_rows",
    "write",
]
