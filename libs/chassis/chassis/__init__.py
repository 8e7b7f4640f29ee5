"""Shared code of the five services. Imports no other package of ours; identity is the only service to use webui too."""
