"""The PostgreSQL that the tests start is a real one: it has the extensions, survives a kill, and can be backed up."""

import subprocess

import psycopg

from tests.postgres import Server, pg_dump, pg_restore, server_url


def plain(url: str) -> str:
    """The address without the name of SQLAlchemy's driver."""
    return url.replace("+psycopg", "", 1)


def test_has_the_extensions_that_search_needs() -> None:
    with psycopg.connect(plain(server_url("extensions"))) as connection:
        connection.execute("create extension if not exists pg_trgm")
        connection.execute("create extension if not exists unaccent")
        row = connection.execute("select unaccent('Peña Ávila'), 'ñandú' % 'ñandu', version()").fetchone()
    assert row is not None
    assert row[:2] == ("Pena Avila", True)
    assert row[2].startswith("PostgreSQL 18.")


def test_what_was_committed_survives_a_killed_postmaster(own_postgres: Server) -> None:
    url = plain(own_postgres.url("kept"))
    with psycopg.connect(url) as connection:
        connection.execute("create table notes (text text)")
        connection.execute("insert into notes values ('kept')")
    cut_off = psycopg.connect(url)
    cut_off.execute("insert into notes values ('never committed')")
    own_postgres.kill()
    own_postgres.start()
    cut_off.close()
    with psycopg.connect(url) as connection:
        assert connection.execute("select text from notes").fetchall() == [("kept",)]


def test_is_backed_up_and_restored_with_the_client_programs() -> None:
    source, target = plain(server_url("backup_source")), plain(server_url("backup_target"))
    with psycopg.connect(source) as connection:
        connection.execute("create table notes (text text)")
        connection.execute("insert into notes values ('año')")
    backup = subprocess.run([pg_dump(), "--format=custom", source], stdout=subprocess.PIPE, check=True).stdout
    subprocess.run([pg_restore(), "--no-owner", "--dbname", target], input=backup, check=True)
    with psycopg.connect(target) as connection:
        assert connection.execute("select text from notes").fetchall() == [("año",)]
