"""The two kinds of dwellings that the rules and rights distinguish."""

CONVENTIONED, PRIVATE = "conventioned", "private"
# Of one dwelling, and of the dwellings of a group.
HOUSING_TYPES = {CONVENTIONED: "Conventionné", PRIVATE: "Privé"}
HOUSING_GROUPS = {CONVENTIONED: "Logements conventionnés", PRIVATE: "Logements privés"}
