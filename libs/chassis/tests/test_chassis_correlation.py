"""The guard over every statement that tests run: a subquery never takes an outer table for its own."""

from collections.abc import Iterator

import pytest
from chassis.db import any_row
from chassis.testing import correlation
from sqlalchemy import MetaData, and_, column, create_engine, delete, exists, or_, select, table, update
from sqlalchemy.exc import SAWarning
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column

ACCOUNT = table("account", column("id"), column("caf_code"), column("organisation_id"))
NUMBER = table("user_number", column("organisation_id"), column("caf_code"))
AGENT = ACCOUNT.alias("agent")


class Base(DeclarativeBase):
    metadata = MetaData()


class Toy(Base):
    __tablename__ = "toy"
    id: Mapped[int] = mapped_column(primary_key=True)
    box: Mapped[int]


class Box(Base):
    __tablename__ = "box"
    id: Mapped[int] = mapped_column(primary_key=True)


@pytest.fixture
def slips() -> Iterator[None]:
    """For a test that makes some on purpose."""
    yield
    assert correlation.taken() != []


def known_two_deep(link: bool) -> object:
    """The condition of supervision, as it was, and as it is when `link`."""
    same = and_(NUMBER.c.organisation_id == ACCOUNT.c.organisation_id, NUMBER.c.caf_code == AGENT.c.caf_code)
    known = any_row(NUMBER, same) if link else exists().where(same)
    acting = exists().where(AGENT.c.id == 1, or_(ACCOUNT.c.caf_code == AGENT.c.caf_code, known))
    return select(ACCOUNT.c.id).where(acting)


@pytest.mark.usefixtures("slips")
def test_a_table_of_the_statement_two_out_is_not_selected_from_again() -> None:
    with pytest.raises(correlation.NotCorrelated, match="account"):
        str(known_two_deep(link=False))


def test_any_row_links_however_deep() -> None:
    shown = str(known_two_deep(link=True))
    assert shown.count("FROM account") == 2  # the outer statement's, and the alias
    assert "FROM user_number \nWHERE" in shown


ELSEWHERE = ACCOUNT.c.caf_code == AGENT.c.caf_code
JOINED = select(NUMBER.c.caf_code).join(ACCOUNT, NUMBER.c.organisation_id == ACCOUNT.c.organisation_id)


@pytest.mark.usefixtures("slips")
@pytest.mark.parametrize(
    "statement",
    [
        select(ACCOUNT.c.id).where(exists().where(AGENT.c.id == 1, exists().where(ELSEWHERE))),
        select(ACCOUNT.c.id).where(
            exists().where(AGENT.c.id == 1, AGENT.c.id.in_(select(ACCOUNT.c.id).where(ELSEWHERE)))
        ),
        update(ACCOUNT).where(exists().where(AGENT.c.id == 1, exists().where(ELSEWHERE))).values(id=2),
        delete(ACCOUNT).where(exists().where(AGENT.c.id == 1, exists().where(ELSEWHERE))),
        select(Toy.id).where(exists().where(AGENT.c.id == 1, select(Box.id).where(Box.id == Toy.box).exists())),
    ],
)
def test_whoever_means_another_row_of_an_outer_table_names_it_anew(statement: object) -> None:
    with pytest.raises(correlation.NotCorrelated):
        str(statement)


@pytest.mark.parametrize(
    "statement",
    [
        select(ACCOUNT.c.id).where(exists().where(NUMBER.c.caf_code == ACCOUNT.c.caf_code)),
        select(ACCOUNT.c.id).where(ACCOUNT.c.id.in_(select(AGENT.c.id).where(AGENT.c.caf_code == ACCOUNT.c.caf_code))),
        # Of one table only: nothing of it can be meant as outer.
        select(ACCOUNT.c.id).where(ACCOUNT.c.id.in_(select(ACCOUNT.c.id).where(ACCOUNT.c.caf_code == "359"))),
        # A join is written out, and read as it stands.
        update(ACCOUNT).where(ACCOUNT.c.id == JOINED.scalar_subquery()).values(id=2),
        select(Toy.id).where(select(Box.id).join(Toy, Toy.box == Box.id).exists()),
        # What stands in FROM sees nothing beside it.
        select(JOINED.subquery().c.caf_code, ACCOUNT.c.id),
        select(Toy.id).where(select(aliased(Toy).id).exists()),
        select(ACCOUNT.c.id).union(JOINED),
    ],
)
def test_what_is_linked_or_named_twice_passes(statement: object) -> None:
    assert "FROM" in str(statement)


def test_tables_that_no_condition_links_are_an_error() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    other = aliased(Toy)
    with Session(engine) as session, pytest.raises(SAWarning, match="cartesian product"):
        session.scalars(select(Toy.id).where(select(other.id).where(aliased(Toy).box == 1).exists())).all()
