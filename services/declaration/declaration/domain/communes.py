"""The official list of communes, for the rules of this service: `chassis.french.communes`."""

from chassis.french.communes import codes, departement, label, name, names

__all__ = ["codes", "departement", "label", "name", "names"]
