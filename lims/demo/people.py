"""The cast of the demonstration: neutral bodies and persons, random passwords."""

from __future__ import annotations

from dataclasses import dataclass, field

from lims import clock
from lims.accounts import queries, service
from lims.accounts.models import Laboratory
from lims.accounts.passwords import random_password
from lims.db.session import SYSTEM, Actor, reading

ORGANISATIONS = (("CUS", "Customs Authority", "海关", "customs"), ("CDC", "Disease Control Authority", "疾病预防控制机构", "cdc"))
LABORATORIES = (
    ("CUSA", "CUS", "Customs Laboratory A", "海关实验室A"), ("CUSB", "CUS", "Customs Laboratory B", "海关实验室B"),
    ("CUSC", "CUS", "Customs Laboratory C", "海关实验室C"), ("CDCA", "CDC", "CDC Laboratory A", "疾控实验室A"),
    ("CDCB", "CDC", "CDC Laboratory B", "疾控实验室B"), ("CDCC", "CDC", "CDC Laboratory C", "疾控实验室C"),
)  # fmt: skip
#: one person per role and organisation, at the organisation's first laboratory
OFFICES = (
    ("qa", "QA manager", "qa_manager"), ("coordinator", "Coordinator", "coordinator"), ("reviewer", "Expert reviewer", "reviewer"),
    ("reviewer2", "Expert reviewer 2", "reviewer"),
    ("auditor", "Auditor", "auditor"), ("admin", "Administrator", "administrator"),
)  # fmt: skip
BENCH = (("tech1", "Technician 1", "technician"), ("tech2", "Technician 2", "technician"), ("auth", "Authoriser", "authoriser"))


@dataclass(frozen=True)
class Person:
    """A sign-in of the demonstration."""

    login: str
    password: str
    roles: tuple[str, ...]
    laboratory: str
    actor: Actor


@dataclass
class Cast:
    """Laboratories by code and persons by login (``tech1.cusa``, ``qa.cus``)."""

    places: dict[str, Laboratory] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def actor(self, login: str) -> Actor:
        return self.people[login].actor

    def password(self, login: str) -> str:
        return self.people[login].password


def logins() -> frozenset[str]:
    """The user names of everybody whom ``hire`` makes."""
    bench = [f"{prefix}.{code.lower()}" for code, *_rest in LABORATORIES for prefix, _title, _role in BENCH]
    offices = [f"{prefix}.{organisation.lower()}" for organisation, *_rest in ORGANISATIONS for prefix, _title, _role in OFFICES]
    return frozenset([*bench, *offices])


def hire() -> Cast:
    """Make organisations, laboratories and persons."""
    cast = Cast()
    owners = {code: service.add_organisation(SYSTEM, code, en, zh, side).id for code, en, zh, side in ORGANISATIONS}
    for code, owner, en, zh in LABORATORIES:
        cast.places[code] = service.add_laboratory(SYSTEM, owners[owner], code, en, zh)
        for prefix, title, role in BENCH:
            _hire(cast, f"{prefix}.{code.lower()}", f"{title}, {code}", role, code)
    for organisation, first in (("CUS", "CUSA"), ("CDC", "CDCA")):
        for prefix, title, role in OFFICES:
            _hire(cast, f"{prefix}.{organisation.lower()}", f"{title}, {organisation}", role, first)
    return cast


def _hire(cast: Cast, login: str, name: str, role: str, code: str) -> None:
    place, password = cast.places[code], random_password()
    user = service.add_user(SYSTEM, login, name, place.id, [role], password, must_change_password=False)
    with reading() as session:
        actor = queries.actor_for(session, user, place.id, clock.now())
    cast.people[login] = Person(login, password, (role,), code, actor)
