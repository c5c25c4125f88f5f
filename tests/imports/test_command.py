"""`flask --app wsgi purchases import` and `figures rebuild`."""

import json
from pathlib import Path

from flask import Flask

from portal.purchases import figures
from tests.cast import Cast

FILES = Path(__file__).parent / "files"
MAP = "customer=customer,date=date,amount=amount_usd"


def test_import_prints_its_counts(app: Flask, cast: Cast) -> None:
    run = app.test_cli_runner().invoke
    for new, known in ((12, 0), (0, 12)):
        done = run(args=["purchases", "import", str(FILES / "shop.csv"), "--map", MAP, "--currency", "USD", "--json"])
        assert done.exit_code == 0, done.output
        counts = json.loads(done.stdout)
        assert list(counts) == ["rows", "purchases", "customers", "refused", "unchanged", "seconds"]
        assert counts["seconds"] > 0
        del counts["seconds"]
        assert counts == {
            "rows": 12, "purchases": new, "customers": 5 if new else 0, "refused": 0, "unchanged": known,
        }  # fmt: skip


def test_import_stops_with_a_word(app: Flask, cast: Cast, tmp_path: Path) -> None:
    run = app.test_cli_runner().invoke
    file = tmp_path / "x.csv"
    file.write_text("Cliente;Fecha;Importe\nA;03/04/2025;1.234\n")
    assert "--day-first or --month-first" in run(args=["purchases", "import", str(file)]).output
    assert "--decimal" in run(args=["purchases", "import", str(file), "--day-first"]).output
    assert run(args=["purchases", "import", str(file), "--day-first", "--decimal", ","]).exit_code == 0
    assert "no such currency" in run(args=["purchases", "import", str(file), "--currency", "QQQ"]).output
    for mapping, said in (
        ("date=Día", "The file has no column Día."),
        ("number=Fecha", "There is no field number. There are: date, amount, customer,"),
        ("date", "Write --map as customer=Cliente,date=Fecha,amount=Importe. This is not so: date"),
    ):
        assert said in run(args=["purchases", "import", str(file), "--map", mapping]).output
    file.write_bytes(b"PK\x03\x04")
    done = run(args=["purchases", "import", str(file)])
    assert done.exit_code == 1
    assert "compressed" in done.output


def test_figures_are_rebuilt(app: Flask, cast: Cast) -> None:
    run = app.test_cli_runner().invoke
    run(args=["purchases", "import", str(FILES / "shop.csv")])
    done = run(args=["figures", "rebuild", "--json"])
    assert json.loads(done.stdout) | {"seconds": 0} == {"customers": 5, "changed": 0, "seconds": 0}
    assert figures.rebuild() == (5, 0)
    assert "5 customers" in run(args=["figures", "rebuild"]).output
