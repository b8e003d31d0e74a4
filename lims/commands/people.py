"""user add, token create."""

from __future__ import annotations

import click

from lims.accounts.permissions import ROLES
from lims.commands.opening import open_installation


@click.group()
def user() -> None:
    """Add people."""


@user.command("add")
@click.argument("login")
@click.option("--name", required=True, help="The name that signs.")
@click.option("--laboratory", required=True, help="Code of the laboratory.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES))
def add(login: str, name: str, laboratory: str, roles: tuple[str, ...]) -> None:
    """Register a person and print the first password, which must be changed at the first sign-in."""
    from lims.accounts import queries, service
    from lims.accounts.passwords import random_password
    from lims.db.session import SYSTEM, reading
    from lims.errors import NotFound
    from lims.marks import N_

    with open_installation():
        with reading() as session:
            place = queries.laboratory_by_code(session, laboratory.upper())
        if place is None:
            raise NotFound("accounts.no_laboratory", N_("No laboratory has the code %(code)s."), code=laboratory)
        password = random_password()
        service.add_user(SYSTEM, login, name, place.id, list(roles), password)
    click.echo(f"{queries.stored_login(login)} {password}")


@click.group()
def token() -> None:
    """Make API tokens."""


@token.command("create")
@click.option("--user", "login", required=True, help="User name of the person for whom the program acts.")
@click.option("--name", default="command line", show_default=True, help="What the token is for.")
def create(login: str, name: str) -> None:
    """Print a new bearer token; it is shown once and ends after 180 days."""
    from lims.accounts import queries, service
    from lims.db.session import SYSTEM, reading
    from lims.errors import NotFound
    from lims.marks import N_

    with open_installation():
        with reading() as session:
            person = queries.user_by_login(session, login)
        if person is None:
            raise NotFound("accounts.no_user", N_("No user has the name %(login)s."), login=login)
        click.echo(service.create_token(SYSTEM, person.id, name))
